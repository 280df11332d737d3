"""As much of llama.cpp's Python package as the child process uses.

The model file says, in JSON, how it behaves:

says       the pieces of every answer; after a piece that is null there is silence
fails      with which words loading fails
waits_for  a file that must be there before loading ends
deaf       whether SIGTERM does nothing

What happens is told, a line of JSON each, in a file beside the model: `started` with the environment's names and the
parameters, `asked` with each request's body.
"""

import json
import os
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any


class CommonParams:
    """The parameters: whatever the child sets."""

    def __init__(self) -> None:
        self.model = SimpleNamespace(path="")
        self.cpuparams = SimpleNamespace()
        self.cpuparams_batch = SimpleNamespace()
        self.hostnames: list[str] = []
        self.port = 0
        self.api_keys: list[str] = []


class Server:
    """The server: it listens once it is made."""

    def __init__(self, params: CommonParams) -> None:
        model = Path(params.model.path)
        behaviour = json.loads(model.read_text())
        self._notes = model.with_suffix(".notes")
        self._note("started", pid=os.getpid(), environment=sorted(os.environ), params=_plain(params))
        while "waits_for" in behaviour and not Path(behaviour["waits_for"]).exists():
            time.sleep(0.01)
        if "fails" in behaviour:
            raise RuntimeError(behaviour["fails"])
        if behaviour.get("deaf"):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        handler = _handler(params.api_keys, behaviour["says"], self._note)
        http = ThreadingHTTPServer((params.hostnames[0], params.port), handler)
        self.listening_address = f"http://{params.hostnames[0]}:{http.server_port}"
        self._note("listening", address=self.listening_address)
        threading.Thread(target=http.serve_forever, daemon=True).start()

    def _note(self, event: str, **details: Any) -> None:
        with self._notes.open("a") as notes:
            notes.write(json.dumps({"event": event, **details}) + "\n")


def _plain(params: CommonParams) -> Any:
    return json.loads(
        json.dumps(vars(params), default=lambda value: sorted(value) if isinstance(value, set) else vars(value))
    )


def _handler(keys: list[str], says: list[str | None], note: Any) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Answer a chat completion with an event stream."""
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.headers.get("Authorization") not in {f"Bearer {key}" for key in keys}:
                self.send_error(401)
                return
            note("asked", body=body)
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for piece in says:
                if piece is None:
                    threading.Event().wait()
                self._event([{"index": 0, "delta": {"content": piece}, "finish_reason": None}])
            self._event([{"index": 0, "delta": {}, "finish_reason": "stop"}])
            self._event([], {"prompt_tokens": 9, "completion_tokens": len(says), "total_tokens": 9 + len(says)})
            self.wfile.write(b"data: [DONE]\n\n")

        def _event(self, choices: list[dict[str, Any]], usage: dict[str, int] | None = None) -> None:
            event = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "local", "choices": choices}
            self.wfile.write(f"data: {json.dumps(event | {'usage': usage})}\n\n".encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class calls it so
            """Say nothing."""

    return Handler
