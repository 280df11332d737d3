"""Whatever a model's server does, the coach hears one of its own errors, and the key stays where it is."""

import asyncio
import json
import socket
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import httpx2
import pytest

from coach.errors import CoachError, ModelBadAnswer, ModelTimeout, ModelUnavailable, TooLongError
from coach.model import Chunk, Message
from coach.openai_model import OpenAIModel
from coach.schemas import Usage
from tests.fake_upstream import (
    Behaviour,
    Connection,
    FakeUpstream,
    answering,
    chunk,
    cutting,
    failing,
    hanging,
    replying,
    slamming,
    streaming,
    usage_chunk,
)

KEY = "sk-very-secret-4711"
CUSTOMER = "my parcel is late"
MESSAGES = [Message("system", "Be kind."), Message("user", CUSTOMER)]
HTML = replying(200, "<html>Welcome!</html>", "text/html")
HELLO = answering("Hello", " Dana.")
SAID_HELLO = ["Hello", " Dana."]


class Stage:
    """A fake server and a model that talks to it."""

    def __init__(self, upstream: FakeUpstream) -> None:
        self.upstream = upstream
        self.model = OpenAIModel("m", base_url=upstream.url, api_key=KEY)

    async def ask(self) -> list[str]:
        """The pieces of an answer."""
        return [piece.text async for piece in self.model.stream(MESSAGES, max_tokens=50) if piece.text]

    async def fail(self) -> CoachError:
        """The error that comes in place of an answer."""
        with pytest.raises(CoachError) as caught:
            await self.ask()
        assert KEY not in "".join(traceback.format_exception(caught.value))
        assert CUSTOMER not in str(caught.value)
        return caught.value


@asynccontextmanager
async def staged(*behaviours: Behaviour, models: Behaviour | None = None) -> AsyncIterator[Stage]:
    """A server that behaves as told, and a model."""
    async with FakeUpstream(*behaviours, models=models) as upstream:
        stage = Stage(upstream)
        yield stage
        await stage.model.close()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.openai_model._RETRY_AFTER_DEFAULT_S", 0.0)


async def test_an_answer_comes_piece_by_piece_with_its_usage_last() -> None:
    """Each piece is passed on as it came; the last chunk carries what the server counted."""
    async with staged(HELLO) as stage:
        chunks = [piece async for piece in stage.model.stream(MESSAGES, max_tokens=50)]
    assert chunks == [
        Chunk("Hello"),
        Chunk(" Dana."),
        Chunk(usage=Usage(input_tokens=20, cached_tokens=8, output_tokens=5)),
    ]


async def test_the_request_says_what_any_server_understands() -> None:
    """A server of one's own is asked for a stream with usage, and told no settings that were not made."""
    async with staged(HELLO) as stage:
        await stage.ask()
    (request,) = stage.upstream.requests
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": CUSTOMER}],
        "max_tokens": 50,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def test_a_grammar_goes_where_llama_cpp_looks_for_it() -> None:
    """Beside what the SDK knows of, and only where there is one: other servers refuse what they do not know."""
    async with staged(HELLO, HELLO) as stage:
        for grammar in ('root ::= "Hi."', None):
            async with aclosing(stage.model.stream(MESSAGES, max_tokens=50, grammar=grammar)) as chunks:
                assert [piece async for piece in chunks]
    held, free = stage.upstream.requests
    assert held.body == {**free.body, "grammar": 'root ::= "Hi."'}
    assert "grammar" not in free.body


async def test_openai_itself_gets_room_to_think() -> None:
    """OpenAI's models know `max_completion_tokens` only, and spend some of it before they write."""
    bodies = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        bodies.append((str(request.url), json.loads(request.content)))
        events = [chunk("Hi."), chunk(finish="stop")]
        text = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, text=text)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as client:
        model = OpenAIModel("gpt", api_key=KEY, temperature=0.0, seed=7, http_client=client)
        assert [piece.text async for piece in model.stream(MESSAGES, max_tokens=50)] == ["Hi.", ""]
    ((url, body),) = bodies
    assert url == "https://api.openai.com/v1/chat/completions"
    assert body["max_completion_tokens"] > 50
    assert "max_tokens" not in body
    assert (body["temperature"], body["seed"]) == (0.0, 7)


async def test_a_server_without_a_key_is_asked_without_fuss() -> None:
    """Servers of one's own want no key, and the environment's is not theirs to see."""
    async with FakeUpstream(HELLO) as upstream:
        model = OpenAIModel("m", base_url=upstream.url)
        assert [piece.text async for piece in model.stream(MESSAGES, max_tokens=50)] == [*SAID_HELLO, ""]
        await model.close()
    assert upstream.requests[0].headers["authorization"] == "Bearer none"


@pytest.mark.parametrize(
    ("behaviour", "pieces"),
    [
        pytest.param(streaming(chunk("Hi."), chunk(finish="stop"), "[DONE]"), ["Hi."], id="no usage"),
        pytest.param(streaming(chunk("Hi."), chunk(finish="stop"), usage_chunk()), ["Hi."], id="no [DONE]"),
        pytest.param(streaming(chunk(""), chunk("Hi."), chunk("", "stop")), ["Hi."], id="empty pieces"),
        pytest.param(streaming(usage_chunk(), chunk("Hi.", "stop")), ["Hi."], id="usage first"),
        pytest.param(answering("👍🏽 ", "é\r\n"), ["👍🏽 ", "é\r\n"], id="emoji and line ends"),
    ],
)
async def test_servers_differ_in_what_they_leave_out(behaviour: Behaviour, pieces: list[str]) -> None:
    """What is not needed need not be sent."""
    async with staged(behaviour) as stage:
        assert await stage.ask() == pieces
    assert len(stage.upstream.completions) == 1


@pytest.mark.parametrize(
    ("behaviour", "kind", "says"),
    [
        pytest.param(failing(400, f"bad: {CUSTOMER}"), ModelBadAnswer, "refused the request .*400", id="400"),
        pytest.param(failing(401, f"Bad key: {CUSTOMER}"), ModelUnavailable, "check OPENAI_API_KEY", id="401"),
        pytest.param(failing(403), ModelUnavailable, "check OPENAI_API_KEY", id="403"),
        pytest.param(failing(404), ModelUnavailable, "check COACH_MODEL and OPENAI_BASE_URL", id="404"),
        pytest.param(replying(404, "not found", "text/plain"), ModelUnavailable, "COACH_MODEL", id="404 in words"),
        pytest.param(failing(422), ModelBadAnswer, "422", id="422"),
        pytest.param(HTML, ModelBadAnswer, "text/html in place of an event stream.*OPENAI_BASE_URL", id="HTML"),
        pytest.param(replying(200, {}), ModelBadAnswer, "application/json in place", id="not streamed"),
        pytest.param(streaming('{"choices": [{'), ModelBadAnswer, "not a chat completion", id="broken JSON"),
        pytest.param(streaming("[1]"), ModelBadAnswer, "not a chat completion", id="JSON of another kind"),
        pytest.param(streaming({"choices": 7}), ModelBadAnswer, "not a chat completion", id="other fields"),
        pytest.param(streaming({"choices": [{}]}), ModelBadAnswer, "nothing at all|not a chat", id="no delta"),
        pytest.param(streaming(usage_chunk(), "[DONE]"), ModelBadAnswer, "nothing at all", id="no choices"),
        pytest.param(streaming(chunk(finish="stop"), "[DONE]"), ModelBadAnswer, "nothing at all", id="no words"),
        pytest.param(streaming(), ModelBadAnswer, "nothing at all", id="no events"),
        pytest.param(answering("Hi", finish="length"), ModelBadAnswer, "token limit", id="cut by the limit"),
        pytest.param(answering("Hi", finish="content_filter"), ModelBadAnswer, "content filter", id="filtered"),
        pytest.param(answering("Hi", finish=None), ModelBadAnswer, "broke off before its end", id="no end"),
        pytest.param(
            streaming(chunk("Hi"), {"error": {"message": CUSTOMER, "type": "server_error"}}),
            ModelBadAnswer,
            "error in the middle",
            id="error event",
        ),
        pytest.param(streaming(chunk("Hi"), "{nonsense"), ModelBadAnswer, "not a chat", id="broken JSON in the middle"),
        pytest.param(cutting("Hi"), ModelUnavailable, "broke the connection off", id="cut in the middle"),
    ],
)
async def test_a_failure_that_will_not_pass_is_told_at_once(
    behaviour: Behaviour, kind: type[CoachError], says: str
) -> None:
    """Each failure has its error and its advice, and is not tried again."""
    async with staged(behaviour, HELLO) as stage:
        error = await stage.fail()
        assert type(error) is kind
        assert len(stage.upstream.completions) == 1
    with pytest.raises(kind, match=says):
        raise error


@pytest.mark.parametrize(
    ("behaviour", "needed", "limit"),
    [
        pytest.param(
            replying(
                400,
                {
                    "error": {
                        "code": 400,
                        "message": "request (5025 tokens) exceeds the available context size (4096 tokens)",
                        "type": "exceed_context_size_error",
                        "n_prompt_tokens": 5025,
                        "n_ctx": 4096,
                    }
                },
            ),
            5025,
            4096,
            id="llama.cpp",
        ),
    ],
)
async def test_a_prompt_too_long_for_the_server_says_by_how_much(behaviour: Behaviour, needed: int, limit: int) -> None:
    """A server that counts for itself is believed: the caller hears both numbers."""
    async with staged(behaviour) as stage:
        error = await stage.fail()
    assert isinstance(error, TooLongError)
    assert (error.needed_tokens, error.limit_tokens) == (needed, limit)


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(failing(400, "too long", "invalid_request_error", "context_length_exceeded"), id="OpenAI"),
        pytest.param(failing(413, "too large"), id="413"),
    ],
)
async def test_a_prompt_too_long_without_numbers_names_the_setting(behaviour: Behaviour) -> None:
    """Where the server does not count, the setting to lower is named."""
    async with staged(behaviour) as stage:
        error = await stage.fail()
    assert isinstance(error, ModelBadAnswer)
    assert "COACH_CONTEXT_TOKENS" in str(error)


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(failing(429, Retry_After="0"), id="429"),
        pytest.param(failing(429, Retry_After="Wed, 21 Oct 2026 07:28:00 GMT"), id="429 with a date"),
        pytest.param(failing(500), id="500"),
        pytest.param(replying(503, "<html>busy</html>", "text/html"), id="503 in HTML"),
        pytest.param(slamming(), id="no answer"),
        pytest.param(cutting(), id="cut before the first piece"),
    ],
)
async def test_a_passing_failure_is_tried_once_more(behaviour: Behaviour) -> None:
    """Before its first piece a call may fail once and nobody need know; the second time is the last."""
    async with staged(behaviour, HELLO) as stage:
        assert await stage.ask() == SAID_HELLO
    async with staged(behaviour) as stage:
        assert isinstance(await stage.fail(), ModelUnavailable)
        assert len(stage.upstream.completions) == 2


async def test_the_second_try_may_fail_in_its_own_way() -> None:
    """The error told is that of the last try."""
    async with staged(failing(500), failing(401)) as stage:
        assert "OPENAI_API_KEY" in str(await stage.fail())


async def test_nothing_is_tried_again_once_something_was_said() -> None:
    """A second try would say the first words twice."""
    async with staged(cutting("Hel", "lo"), HELLO) as stage:
        said: list[str] = []

        async def listen() -> None:
            async for piece in stage.model.stream(MESSAGES, max_tokens=50):
                said.append(piece.text)  # noqa: PERF401  what came before the error is what counts

        with pytest.raises(ModelUnavailable):
            await listen()
        assert said == ["Hel", "lo"]
        assert len(stage.upstream.completions) == 1


async def test_a_short_retry_after_is_waited_for() -> None:
    """The server knows best when it will be free."""
    async with staged(failing(429, Retry_After="0.2"), HELLO) as stage:
        started = time.perf_counter()
        assert await stage.ask() == SAID_HELLO
        assert time.perf_counter() - started >= 0.2


@pytest.mark.parametrize("status", [429, 503])
async def test_a_long_retry_after_is_told_and_not_waited_for(status: int) -> None:
    """The caller may come back then; nobody holds a connection open for a minute."""
    async with staged(failing(status, Retry_After="60"), HELLO) as stage:
        error = await stage.fail()
        assert isinstance(error, ModelUnavailable)
        assert error.retry_after_s == 60
        assert len(stage.upstream.completions) == 1


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    """A refused connection is the server's fault, not a crash."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        model = OpenAIModel("m", base_url=f"http://127.0.0.1:{closed.getsockname()[1]}/v1", api_key=KEY)
        with pytest.raises(ModelUnavailable, match="cannot be reached"):
            await anext(model.stream(MESSAGES, max_tokens=50))
        with pytest.raises(ModelUnavailable, match="cannot be reached"):
            await model.check_ready()
        await model.close()


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(hanging(head=False), id="before the headers"),
        pytest.param(hanging(), id="before the first piece"),
        pytest.param(hanging("Hel"), id="in the middle"),
    ],
)
async def test_silence_is_a_timeout_and_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch, behaviour: Behaviour
) -> None:
    """A server that has gone silent for so long is not asked to be silent once more."""
    monkeypatch.setattr("coach.openai_model._SILENCE_S", 0.1)
    async with staged(behaviour) as stage:
        assert isinstance(await stage.fail(), ModelTimeout)
        assert len(stage.upstream.completions) == 1
        await asyncio.wait_for(stage.upstream.hung_up.wait(), 1)


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(hanging(head=False), id="before the headers"),
        pytest.param(hanging(), id="before the first piece"),
    ],
)
async def test_whoever_stops_waiting_frees_the_server(behaviour: Behaviour) -> None:
    """Cancelled before its first piece, a call hangs up at once: that is what makes a server stop."""
    async with staged(behaviour) as stage:
        waiting = asyncio.create_task(stage.ask())
        await stage.upstream.asked.wait()
        assert not stage.upstream.hung_up.is_set()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await asyncio.wait_for(stage.upstream.hung_up.wait(), 1)
        assert len(stage.upstream.completions) == 1


async def test_a_deadline_around_the_next_piece_frees_the_server() -> None:
    """A deadline as the coach sets it ends the call, and the generator is over."""
    async with staged(hanging()) as stage:
        pieces = stage.model.stream(MESSAGES, max_tokens=50)

        async def in_time() -> None:
            async with asyncio.timeout(None) as deadline:
                asked = asyncio.create_task(stage.upstream.asked.wait())
                asked.add_done_callback(lambda _: deadline.reschedule(0))  # over as soon as the server is at it
                await anext(pieces)

        with pytest.raises(TimeoutError):
            await in_time()
        await asyncio.wait_for(stage.upstream.hung_up.wait(), 10)
        assert await anext(pieces, None) is None


async def test_whoever_closes_the_answer_frees_the_server() -> None:
    """Closed after a piece, the connection is closed too, and nothing is tried again."""
    async with staged(hanging("Hel"), HELLO) as stage:
        pieces = stage.model.stream(MESSAGES, max_tokens=50)
        assert await anext(pieces) == Chunk("Hel")
        await pieces.aclose()
        await asyncio.wait_for(stage.upstream.hung_up.wait(), 1)
        assert len(stage.upstream.completions) == 1


async def test_answers_do_not_wait_for_one_another() -> None:
    """A call that hangs holds up no other."""
    async with staged(hanging(), HELLO) as stage:
        waiting = asyncio.create_task(stage.ask())
        await stage.upstream.asked.wait()
        assert await stage.ask() == SAID_HELLO
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_readiness_is_asked_for_at_most_once_in_ten_seconds() -> None:
    """A probe each second does not become a request each second."""
    async with staged(HELLO) as stage:
        await stage.model.start()
        await stage.model.check_ready()
        await stage.model.check_ready()
        assert [request.path for request in stage.upstream.requests] == ["/v1/models"]


async def test_a_server_without_a_list_of_models_is_ready() -> None:
    """Not every server has that list."""
    async with staged(HELLO, models=failing(404)) as stage:
        await stage.model.check_ready()
        await stage.model.check_ready()
        assert len(stage.upstream.requests) == 1


@pytest.mark.parametrize(
    ("models", "kind"),
    [
        pytest.param(failing(401), ModelUnavailable, id="401"),
        pytest.param(failing(500), ModelUnavailable, id="500"),
        pytest.param(slamming(), ModelUnavailable, id="no answer"),
        pytest.param(HTML, ModelBadAnswer, id="HTML"),
    ],
)
async def test_what_is_not_ready_is_asked_again(models: Behaviour, kind: type[CoachError]) -> None:
    """Only good news is remembered: a server that comes back is ready at the next question."""
    async with staged(HELLO, models=models) as stage:
        for _ in range(2):
            with pytest.raises(kind):
                await stage.model.check_ready()
        assert len(stage.upstream.requests) == 2


async def test_a_silent_server_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """A probe gets its answer before the prober gives up."""
    monkeypatch.setattr("coach.openai_model._CONNECT_S", 0.1)

    async def silence(connection: Connection) -> None:
        await connection.wait_for_hang_up()

    async with staged(HELLO, models=silence) as stage:
        with pytest.raises(ModelTimeout):
            await stage.model.check_ready()
