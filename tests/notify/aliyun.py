"""Aliyun's SMS gateway on the loopback, speaking the format its SDK expects."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = dict[str, Any] | bytes


@dataclass
class Gateway:
    """answers: what SendSms says, in order; then OK. inbox: what was accepted."""

    address: str = ""
    answers: list[tuple[int, Answer]] = field(default_factory=list)
    inbox: list[dict[str, str]] = field(default_factory=list)
    calls: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    before_answer: Callable[[], None] = lambda: None
    send_status: int = 3

    def send_sms(self, asked: dict[str, str]) -> tuple[int, Answer]:
        if self.answers:
            return self.answers.pop(0)
        self.inbox.append(asked)
        return 200, {"Code": "OK", "Message": "OK", "BizId": f"biz^{len(self.inbox)}", "RequestId": "r"}

    def query_send_details(self, asked: dict[str, str]) -> tuple[int, Answer]:
        found = [
            {"OutId": sms["OutId"], "PhoneNum": sms["PhoneNumbers"], "SendStatus": self.send_status}
            for sms in self.inbox
            if sms["PhoneNumbers"] == asked["PhoneNumber"]
        ]
        details = {"SmsSendDetailDTO": found}
        return 200, {"Code": "OK", "SmsSendDetailDTOs": details, "TotalCount": len(found), "RequestId": "r"}


@contextmanager
def serve(path: str = "/sandbox/sms") -> Iterator[Gateway]:
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            url = urlsplit(self.path)
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            action = self.headers["x-acs-action"]
            gateway.calls.append((action, url.path, asked, self.headers["Authorization"] or ""))
            status, answer = {"SendSms": gateway.send_sms, "QuerySendDetails": gateway.query_send_details}[action](
                asked
            )
            gateway.before_answer()
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:  # a client that does not wait is meant
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    gateway.address = f"http://127.0.0.1:{server.server_port}{path}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
