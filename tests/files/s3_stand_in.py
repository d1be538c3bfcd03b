"""As much of S3 as the room asks for, on a port of this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PAGE = 1000


class StandIn(ThreadingHTTPServer):
    blobs: dict[str, bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StandIn

    def _key(self) -> str:
        """The name behind the bucket's; "" for the bucket itself. Every request must be signed."""
        assert self.headers["Authorization"].startswith("AWS4-HMAC-SHA256")
        return [*urlsplit(self.path).path.split("/", 2), ""][2]

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _fault(self, status: int, code: str) -> None:
        self._answer(status, f"<Error><Code>{code}</Code></Error>".encode())

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.startswith("/forbidden"):
            return self._fault(403, "AccessDenied")
        self.server.blobs[self._key()] = body
        return self._answer(200)

    def do_GET(self) -> None:
        key = self._key()
        if not key:
            return self._list()
        if key not in self.server.blobs:
            return self._fault(404, "NoSuchKey")
        return self._answer(200, self.server.blobs[key])

    def do_DELETE(self) -> None:
        self.server.blobs.pop(self._key(), None)
        self._answer(204)

    def _list(self) -> None:
        after = parse_qs(urlsplit(self.path).query).get("continuation-token", [""])[0]
        names = [name for name in sorted(self.server.blobs) if name > after]
        page, more = names[:PAGE], len(names) > PAGE
        items = "".join(
            f"<Contents><Key>{name}</Key><LastModified>{self._now()}</LastModified></Contents>" for name in page
        )
        token = f"<NextContinuationToken>{page[-1]}</NextContinuationToken>" if more else ""
        self._answer(
            200,
            f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{token}{items}</ListBucketResult>".encode(),
        )

    def _now(self) -> str:
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def standing_in() -> Iterator[StandIn]:
    server = StandIn(("127.0.0.1", 0), Handler)
    server.blobs = {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
