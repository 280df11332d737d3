"""Recordings: what a model's server answered, kept below the openai SDK, and played back as if it answered again.

So prompts, parsing, checks and repair all run for real without a model. A file is JSON Lines: first what was recorded
(model, settings, prompt version), then an answer a line, sorted. An answer is known by its request and the number of
the sample; neither hosts nor keys are kept. What was not recorded cannot be measured: it is never made up.
"""

import hashlib
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar

import httpx2
from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from coach.errors import InputError

FORMAT = 1
_WRITES = "/chat/completions"
_PIECES_AN_EVENT = 8  # played back so many at a time, as a server may send them: the SDK takes its time over each event
_NOT_RECORDED = 404  # what a server would say of a thing that it does not have


class Asking(NamedTuple):
    """For whom the model is being asked: a case and a sample."""

    case: str
    sample: int


Model = TypeVar("Model", bound=BaseModel)
asking: ContextVar[Asking | None] = ContextVar("asking", default=None)


class RecordingsError(InputError):
    """Recordings cannot be read, written or used."""


class Header(BaseModel):
    """What was recorded.

    Attributes:
        recordings: The format's number.
        model: The model's name, as people call it.
        embedded: Whether it is the embedded one.
        asked_as: What requests call it.
        own_server: Whether a server other than OpenAI's answered: requests to it look otherwise.
        context_tokens: How many tokens prompt and answer may have together.
        temperature: What it was asked with.
        seed: The same.
        prompt_version: The version of the prompts at the time.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    recordings: int = FORMAT
    model: str
    embedded: bool
    asked_as: str
    own_server: bool
    context_tokens: int
    temperature: float | None
    seed: int | None
    prompt_version: str


class Answer(BaseModel):
    """What the model answered to a request.

    Attributes:
        case: The case that asked first.
        sample: The number of the sample, from 0.
        key: The request's hash.
        pieces: The answer, in the pieces in which it came.
        finish: Why it ended.
        usage: Tokens as the server counted them.
        ms: Milliseconds that it took.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    case: str
    sample: int
    key: str
    pieces: tuple[str, ...]
    finish: str | None
    usage: dict[str, Any]
    ms: int


@dataclass(slots=True)
class Recordings:
    """The answers of one file, and what a run made of them.

    Attributes:
        path: The file.
        header: What was recorded.
        answers: By request and sample.
        used: Which of them were asked for.
        sent: The answers that came from the server in this run.
        model_ms: How long the model took for whoever asked.
        missing: Who asked for what is not there.
        failed: What went wrong with the last call for somebody, where calls are sent.
    """

    path: Path
    header: Header
    answers: dict[tuple[str, int], Answer]
    used: set[tuple[str, int]] = field(default_factory=set)
    sent: list[Answer] = field(default_factory=list)
    model_ms: Counter[Asking] = field(default_factory=Counter)
    missing: set[Asking] = field(default_factory=set)
    failed: dict[Asking, str] = field(default_factory=dict)

    @classmethod
    def new(cls, path: Path, header: Header) -> Self:
        """Recordings without an answer."""
        return cls(path, header, {})

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file.

        Raises:
            RecordingsError: There is none, or a line is not of the form; it names file and line.
        """
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            raise RecordingsError(f"There are no recordings at {path}: make some with 'evals run --record'.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise RecordingsError(f"{path} cannot be read: {error}.") from None
        if not lines:
            raise RecordingsError(f"{path} is empty: record anew with 'evals run --record'.")
        read = cls.new(path, parsed_line(Header, path, 1, lines[0]))
        for number, line in enumerate(lines[1:], 2):
            if line.strip():
                answer = parsed_line(Answer, path, number, line)
                read.answers[answer.key, answer.sample] = answer
        return read

    @property
    def unused(self) -> list[Answer]:
        """The answers that nobody asked for."""
        return [answer for key, answer in self.answers.items() if key not in self.used]

    def find(self, who: Asking, key: str) -> Answer | None:
        """The answer to somebody's request; None where there is none."""
        if answer := self.answers.get((key, who.sample)):
            self.used.add((key, who.sample))
            self.model_ms[who] += answer.ms
        return answer

    def keep(self, answer: Answer) -> None:
        """Add an answer, in the file too: what has been paid for is never lost."""
        self.answers[answer.key, answer.sample] = answer
        self.used.add((answer.key, answer.sample))
        self.sent.append(answer)
        self.model_ms[Asking(answer.case, answer.sample)] += answer.ms
        with _writing(self.path):
            begun = self.path.exists()
            with self.path.open("a", encoding="utf-8") as file:
                if not begun:
                    file.write(json_line(self.header))
                file.write(json_line(answer))

    def write(self, *, only_used: bool = False) -> None:
        """Write the file anew, sorted; all of it or nothing."""
        answers = [a for key, a in self.answers.items() if key in self.used or not only_used]
        write_lines(
            self.path,
            [json_line(self.header), *map(json_line, sorted(answers, key=lambda a: (a.case, a.sample, a.key)))],
        )


class Player(httpx2.AsyncBaseTransport):
    """Answers from recordings alone."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Play an answer back, a few of the pieces in which it came at a time."""
        who = asking.get()
        answer = self._recordings.find(who, key_of(request)) if who else None
        if answer is None:
            if who:
                self._recordings.missing.add(who)
            return httpx2.Response(_NOT_RECORDED, json={"error": {"message": "not recorded"}})
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=_as_events(answer))


class Recorder(httpx2.AsyncBaseTransport):
    """Answers from recordings where it can, and asks the server for the rest, and keeps it."""

    def __init__(self, recordings: Recordings, server: httpx2.AsyncBaseTransport) -> None:
        self._recordings = recordings
        self._server = server

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Play an answer back, or pass the request on and listen."""
        who = asking.get()
        if who is None or not request.url.path.endswith(_WRITES):
            return await self._server.handle_async_request(request)
        key = key_of(request)
        if answer := self._recordings.find(who, key):
            return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=_as_events(answer))
        started = time.perf_counter()
        try:
            response = await self._server.handle_async_request(_with_seed(request, who.sample))
        except httpx2.HTTPError as error:
            self._recordings.failed[who] = f"the model's server cannot be reached: {type(error).__name__}"
            raise
        if response.status_code != 200:
            self._recordings.failed[who] = f"the model's server answered {response.status_code}"
            return response
        self._recordings.failed.pop(who, None)

        def heard(body: bytes) -> None:
            if answer := _answer_in(body, who, key, round((time.perf_counter() - started) * 1000)):
                self._recordings.keep(answer)

        response.stream = _Listening(response.stream, heard)
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._server.aclose()


class _Listening(httpx2.AsyncByteStream):
    """A response's bytes on their way, overheard."""

    def __init__(self, stream: Any, heard: Callable[[bytes], None]) -> None:  # noqa: ANN401
        self._stream, self._heard, self._body = stream, heard, b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            self._body += piece
            if b"data: [DONE]" in self._body[-len(piece) - 16 :]:
                self._heard(self._body)
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def key_of(request: httpx2.Request) -> str:
    """A request's hash: of its path and its body, whatever host it goes to and whoever sends it."""
    body = json.loads(request.content) if request.content else None
    path = request.url.path.rpartition("/v1")[2]
    whole = json.dumps([request.method, path, body], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()[:20]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file for one run alone.

    Raises:
        RecordingsError: Another run holds it.
    """
    with _writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise RecordingsError(f"Another run is writing {path}: wait for it, or name another file.") from None
    try:
        yield
    finally:
        lock.release()


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a file anew: all of it or nothing.

    Raises:
        RecordingsError: It cannot be written; what stood there before still does.
    """
    new = path.with_name(f".{path.name}.new")
    try:
        with _writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            new.write_text("".join(lines), encoding="utf-8")
            new.replace(path)
    finally:
        with suppress(OSError):
            new.unlink()


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RecordingsError(
            f"{path} cannot be written: {error.strerror or error}. What was there before is still there."
        ) from None


def parsed_line(model: type[Model], name: object, number: int, line: str) -> Model:
    """A line of JSON Lines as what it has to be.

    Raises:
        RecordingsError: It is not; the message names file, line and field.
    """
    try:
        return model.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise RecordingsError(f"{name}, line {number}: {where or 'the line'}: {first['msg']}.") from None


def json_line(model: BaseModel, *, defaults: bool = True) -> str:
    """A line of JSON Lines: sorted, with or without what is as it is by default."""
    return (
        json.dumps(model.model_dump(mode="json", exclude_defaults=not defaults), ensure_ascii=False, sort_keys=True)
        + "\n"
    )


def _with_seed(request: httpx2.Request, sample: int) -> httpx2.Request:
    """Another sample is asked for with another seed, where there is one: else a local model would repeat itself."""
    body = json.loads(request.content)
    if not sample or body.get("seed") is None:
        return request
    body["seed"] += sample
    headers = [(k, v) for k, v in request.headers.items() if k.lower() != "content-length"]
    return httpx2.Request(request.method, request.url, headers=headers, json=body, extensions=request.extensions)


def _answer_in(body: bytes, who: Asking, key: str, ms: int) -> Answer | None:
    """The answer in an event stream; none where it is no stream of an answer's pieces."""
    pieces, finish, usage = [], None, dict[str, Any]()
    try:
        for line in body.decode().splitlines():
            if not line.startswith("data: ") or line == "data: [DONE]":
                continue
            event = json.loads(line.removeprefix("data: "))
            usage = event.get("usage") or usage
            for choice in event.get("choices") or []:
                finish = choice.get("finish_reason") or finish
                if piece := (choice.get("delta") or {}).get("content"):
                    pieces.append(piece)
    except (ValueError, AttributeError):
        return None
    kept: dict[str, Any] = {
        name: usage[name] for name in ("prompt_tokens", "completion_tokens", "total_tokens") if name in usage
    }
    if cached := (usage.get("prompt_tokens_details") or {}).get("cached_tokens"):
        kept["prompt_tokens_details"] = {"cached_tokens": cached}
    return Answer(
        case=who.case,
        sample=who.sample,
        key=key,
        pieces=tuple(pieces),
        finish=finish,
        usage=kept,
        ms=ms,
    )


def _as_events(answer: Answer) -> bytes:
    """An answer as the server would stream it."""
    common = {"id": "recorded", "object": "chat.completion.chunk", "created": 0, "model": "recorded"}

    def event(**fields: Any) -> str:  # noqa: ANN401
        return f"data: {json.dumps({**common, **fields})}\n\n"

    def choice(content: str | None, finish: str | None) -> list[dict[str, Any]]:
        return [{"index": 0, "delta": {"content": content} if content else {}, "finish_reason": finish}]

    starts = range(0, len(answer.pieces), _PIECES_AN_EVENT)
    pieces = ["".join(answer.pieces[start : start + _PIECES_AN_EVENT]) for start in starts]
    events = [event(choices=choice(piece, None)) for piece in pieces]
    events.append(event(choices=choice(None, answer.finish)))
    if answer.usage:
        events.append(event(choices=[], usage=answer.usage))
    return "".join([*events, "data: [DONE]\n\n"]).encode()
