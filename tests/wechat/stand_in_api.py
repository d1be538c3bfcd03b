"""Tencent's API on the loopback: answers prepared, calls remembered."""

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
class StandInApi:
    """answers: by path, what is answered in order; the last one stays."""

    address: str = ""
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    before: Callable[[str], None] = lambda path: None

    def called(self, path: str) -> int:
        return sum(1 for called, *_ in self.calls if called == path)

    def answer_to(self, path: str) -> Answer:
        prepared = self.answers.get(path, [{"errcode": 0, "errmsg": "ok"}])
        return prepared.pop(0) if len(prepared) > 1 else prepared[0]


@contextmanager
def serve() -> Iterator[StandInApi]:
    api = StandInApi()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = url.path.removeprefix("/cgi-bin/")
            token = parse_qs(url.query).get("access_token", [""])[0]
            api.calls.append((path, json.loads(body or b"{}"), token))
            api.before(path)
            answer = api.answer_to(path)
            sent = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST

        def log_message(self, *_: Any) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    api.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield api
    server.shutdown()
    server.server_close()
