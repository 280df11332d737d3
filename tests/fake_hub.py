"""A model hub on loopback: as much of its API as fetching one file takes, over real HTTP.

    with FakeHub({"owner/repo/file.gguf": b"GGUF..."}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)

What was asked for is in `requests`, as method and path.
"""

import hashlib
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

_COMMIT = "0123456789abcdef0123456789abcdef01234567"


class FakeHub:
    """The hub. `with` starts and stops it."""

    def __init__(self, files: Mapping[str, bytes], *, breaks_off: bool = False) -> None:
        """Set up; nothing listens yet.

        Args:
            files: Contents by `owner/repo/file`.
            breaks_off: Whether each download ends in the middle.
        """
        self.requests: list[tuple[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, files, breaks_off=breaks_off))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """What goes into HF_ENDPOINT."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(hub: FakeHub, files: Mapping[str, bytes], *, breaks_off: bool) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            """Tell of a file."""
            self._head()

        def do_GET(self) -> None:
            """Hand a file out, from where the client left off."""
            content = self._head()
            self.wfile.write(content[: len(content) // 2] if breaks_off else content)

        def _head(self) -> bytes:
            hub.requests.append((self.command, self.path))
            name = self.path.lstrip("/").replace("/resolve/main/", "/")
            content = files.get(name)
            if content is None:
                self.send_response(404)
                self.send_header("X-Error-Code", "EntryNotFound")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return b""
            first = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
            self.send_response(206 if first else 200)
            self.send_header("X-Repo-Commit", _COMMIT)
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("X-Linked-Size", str(len(content)))
            self.send_header("Content-Length", str(len(content) - first))
            if first:
                self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
            self.end_headers()
            return content[first:]

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class calls it so
            """Say nothing."""

    return Handler
