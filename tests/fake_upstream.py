"""A model's server on loopback that does what a test tells it to: real HTTP over a real socket, no mocks.

    async with FakeUpstream(answering("Hi ", "Dana.")) as upstream:
        model = OpenAIModel("m", base_url=upstream.url)

Each request for a completion takes the next of the behaviours; the last one serves all that come after. A
behaviour is a function that writes to the connection. What came in is in `requests`; `asked` is set once a
request has come in, `hung_up` once a client has left before its answer was at an end.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

USAGE = {
    "prompt_tokens": 20,
    "completion_tokens": 5,
    "total_tokens": 25,
    "prompt_tokens_details": {"cached_tokens": 8},
}
_PHRASES = {200: "OK", 400: "Bad Request", 404: "Not Found", 429: "Too Many Requests"}


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent; header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class Connection:
    """One client's connection, for a behaviour to write its answer to."""

    def __init__(self, upstream: "FakeUpstream", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._upstream = upstream
        self._reader = reader
        self._writer = writer

    async def head(self, status: int, content_type: str, **headers: str) -> None:
        """Send status and headers; the body that follows comes in chunks."""
        lines = [
            f"HTTP/1.1 {status} {_PHRASES.get(status, 'Whatever')}",
            f"Content-Type: {content_type}",
            "Transfer-Encoding: chunked",
            "Connection: close",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        await self._writer.drain()

    async def send(self, data: str | bytes) -> None:
        """Send a piece of the body."""
        raw = data.encode() if isinstance(data, str) else data
        self._writer.write(b"%x\r\n%s\r\n" % (len(raw), raw))
        await self._writer.drain()

    async def event(self, data: object) -> None:
        """Send an event of an event stream; what is no string goes out as JSON."""
        await self.send(f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n")

    async def end(self) -> None:
        """End the body as it should be ended."""
        self._writer.write(b"0\r\n\r\n")
        await self._writer.drain()

    async def wait_for_hang_up(self) -> None:
        """Do nothing until the client closes the connection."""
        while await self._reader.read(1024):
            pass
        self._upstream.hung_up.set()


Behaviour = Callable[[Connection], Awaitable[None]]


class FakeUpstream:
    """The server. `async with` starts and stops it."""

    def __init__(self, *behaviours: Behaviour, models: Behaviour | None = None) -> None:
        """Set up; nothing listens yet.

        Args:
            behaviours: What becomes of the requests for a completion, one after the other.
            models: What becomes of requests for the list of models; an empty list where left out.
        """
        self.requests: list[Request] = []
        self.asked = asyncio.Event()
        self.hung_up = asyncio.Event()
        self.open_connections = 0
        self._behaviours = list(behaviours)
        self._models = models or replying(200, {"object": "list", "data": []})
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """What goes into OPENAI_BASE_URL."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    @property
    def completions(self) -> list[Request]:
        """The requests for a completion."""
        return [request for request in self.requests if request.path.endswith("/chat/completions")]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.open_connections += 1
        try:
            behave = self._behaviour_for(await _read_request(reader))
            await behave(Connection(self, reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError):
            self.hung_up.set()
        except asyncio.CancelledError:
            pass  # the test is over
        finally:
            self.open_connections -= 1
            self._tasks.discard(task)
            writer.close()

    def _behaviour_for(self, request: Request) -> Behaviour:
        self.requests.append(request)
        self.asked.set()
        if not request.path.endswith("/chat/completions"):
            return self._models
        return self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]


async def _read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    raw = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, json.loads(raw) if raw else None)


def chunk(text: str | None = None, finish: str | None = None) -> dict[str, Any]:
    """An event of a chat completion's stream that carries a piece of text, or the end."""
    delta = {} if text is None else {"content": text}
    return _completion([{"index": 0, "delta": delta, "finish_reason": finish}])


def usage_chunk(usage: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The event that carries no text, only what was counted."""
    return {**_completion([]), "usage": usage or USAGE}


def _completion(choices: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "m",
        "choices": list(choices),
    }


def answering(*pieces: str, finish: str | None = "stop", usage: Mapping[str, Any] | None = None) -> Behaviour:
    """A whole answer in pieces, with usage, as it should be."""
    end = [] if finish is None else [chunk(finish=finish)]
    return streaming(*(chunk(piece) for piece in pieces), *end, usage_chunk(usage), "[DONE]")


def streaming(*events: object) -> Behaviour:
    """Any events, and the end of the stream."""

    async def behave(connection: Connection) -> None:
        await connection.head(200, "text/event-stream; charset=utf-8")
        for event in events:
            await connection.event(event)
        await connection.end()

    return behave


def replying(status: int, body: object, content_type: str = "application/json", **headers: str) -> Behaviour:
    """One body, not a stream; what is no string goes out as JSON."""

    async def behave(connection: Connection) -> None:
        await connection.head(status, content_type, **headers)
        await connection.send(body if isinstance(body, str) else json.dumps(body))
        await connection.end()

    return behave


def failing(status: int, message: str = "no", kind: str = "x", code: object = None, **headers: str) -> Behaviour:
    """An error as OpenAI's servers word it."""
    return replying(status, {"error": {"message": message, "type": kind, "param": None, "code": code}}, **headers)


def cutting(*pieces: str) -> Behaviour:
    """Some pieces, and then the connection is gone."""

    async def behave(connection: Connection) -> None:
        await connection.head(200, "text/event-stream")
        for piece in pieces:
            await connection.event(chunk(piece))

    return behave


def slamming() -> Behaviour:
    """The connection is gone before a word is said."""

    async def behave(_: Connection) -> None:
        pass

    return behave


def hanging(*pieces: str, head: bool = True) -> Behaviour:
    """Some pieces, and then silence until the client hangs up; without `head` there is nothing at all."""

    async def behave(connection: Connection) -> None:
        if head:
            await connection.head(200, "text/event-stream")
        for piece in pieces:
            await connection.event(chunk(piece))
        await connection.wait_for_hang_up()

    return behave
