"""`POST /v1/replies`: one answer or a stream of events; a failure is a problem, a client that leaves stops it."""

import asyncio
import json
from typing import Any

import pytest

from coach.errors import ModelBadAnswer, ModelUnavailable
from coach.openai_model import OpenAIModel
from coach.schemas import ReplyResponse
from tests.coach.api.test_problems import assert_problem
from tests.fake_model import HANG, Answer, FakeModel
from tests.fake_upstream import Behaviour, FakeUpstream, answering, cutting, failing, hanging, replying, slamming
from tests.served import client_of, served

BLAME = "You should have read the listing."
WALL = "It is our policy that we cannot do that."
SORRY = "I'm sorry we sent the wrong size."
TODAY = "A large leaves today."
GOOD = f"{SORRY} {TODAY}"
FACTS = ["We sent the wrong size", "A large leaves today"]
REQUEST = {"customer_message": "I had ordered a large!", "draft": f"{GOOD} {BLAME}"}
STREAM = {"accept": "text/event-stream"}


def events_in(body: str) -> list[tuple[str, Any]]:
    """The events of a stream."""
    events = []
    for block in body.replace("\r\n", "\n").strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        events.append((fields["event"], json.loads(fields["data"])))
    return events


async def test_a_reply_is_the_whole_response() -> None:
    """A client gets every field of the contract, in JSON."""
    async with client_of(FakeModel(GOOD)) as client:
        response = await client.post("/v1/replies", json=REQUEST)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    reply = ReplyResponse.model_validate_json(response.content)
    assert set(response.json()) == set(ReplyResponse.model_fields)
    assert (reply.outcome, reply.ready, reply.reply) == ("rewritten", True, GOOD)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("😡😡😡", id="only emoji"),
        pytest.param("أين طلبي؟ لقد انتظرت أسبوعين", id="right to left"),
        pytest.param("x", id="one letter"),
        pytest.param("Zoe\u0301 \u202ewrote\u202c 👩‍👩‍👧 ﷺ", id="marks and joiners"),
        pytest.param("x" * 20_000, id="the longest"),
    ],
)
async def test_any_text_is_answered(message: str) -> None:
    """Whatever people write, it reaches the model as they wrote it."""
    model = FakeModel(GOOD)
    request = {"customer_message": message, "facts": FACTS, "voice": {"language": "en"}}
    async with client_of(model) as client:
        response = await client.post("/v1/replies", json=request)
    assert response.status_code == 200
    assert response.json()["ready"] is True
    assert message in model.told


async def test_the_servers_own_policies_are_the_default(tmp_path: Any) -> None:
    """With a policy book on the server, a client need not send one."""
    (tmp_path / "swaps.md").write_text("# Swaps\n\nSwaps are free.\n")
    model = FakeModel(SORRY)
    async with client_of(model, policies=tmp_path) as client:
        assert (await client.post("/v1/replies", json=REQUEST)).status_code == 200
    assert "Swaps are free." in model.told


async def test_a_stream_tells_what_happens_as_it_happens() -> None:
    """First what the draft's check found, then sentences that have passed, last the whole response."""
    async with client_of(FakeModel(f"{SORRY} {WALL}", GOOD)) as client:
        response = await client.post("/v1/replies", json=REQUEST, headers=STREAM)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_in(response.text)
    assert [name for name, _ in events] == ["check", "sentence", "sentence", "result"]
    assert [finding["rule"] for finding in events[0][1]["findings"]] == ["blame"]
    assert [data for name, data in events if name == "sentence"] == [
        {"index": 0, "text": SORRY},
        {"index": 1, "text": f" {TODAY}"},
    ]
    result = ReplyResponse.model_validate(events[-1][1])
    assert (result.ready, result.reply, result.attempts) == (True, GOOD, 2)


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        pytest.param([ModelUnavailable("Gone.", 7)], ["check", "problem"], id="at once"),
        pytest.param([f"{SORRY} A", ModelUnavailable("Gone.", 7)], ["check", "sentence", "problem"], id="later"),
    ],
)
async def test_a_stream_ends_with_the_problem(answer: Answer, names: list[str]) -> None:
    """What the model's failure is, comes as the last event: the same problem as without a stream."""
    async with client_of(FakeModel(answer)) as client:
        response = await client.post("/v1/replies", json=REQUEST, headers=STREAM)
    events = events_in(response.text)
    assert [name for name, _ in events] == names
    problem = events[-1][1]
    assert (problem["status"], problem["detail"], problem["retry_after_s"]) == (503, "Gone.", 7)
    assert problem["request_id"] == response.headers["x-request-id"]
    assert [finding["rule"] for finding in problem["draft_findings"]] == ["blame"]


async def test_a_stream_that_cannot_begin_is_a_plain_problem() -> None:
    """A request that only the core finds wrong is refused as any other, whatever was asked for."""
    async with client_of(FakeModel()) as client:
        response = await client.post("/v1/replies", json={**REQUEST, "rules_off": ["blam"]}, headers=STREAM)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["errors"][0]["field"] == "rules_off[0]"


async def test_a_wrong_body_is_no_stream() -> None:
    """Nothing has begun yet: the status can still say it."""
    async with client_of(FakeModel()) as client:
        assert_problem(await client.post("/v1/replies", json={}, headers=STREAM), 400)


@pytest.mark.parametrize(
    ("behaviour", "status", "retry_after"),
    [
        pytest.param(failing(503, Retry_After="60"), 503, "60", id="overloaded"),
        pytest.param(failing(429, Retry_After="30.2"), 503, "31", id="too many requests"),
        pytest.param(failing(401), 503, None, id="key rejected"),
        pytest.param(slamming(), 503, None, id="hangs up"),
        pytest.param(hanging("Hel"), 504, None, id="hangs"),
        pytest.param(hanging(head=False), 504, None, id="says nothing"),
        pytest.param(cutting("Hel"), 503, None, id="cuts off"),
        pytest.param(answering("Hel", finish=None), 502, None, id="ends too early"),
        pytest.param(replying(200, "<html>Welcome!</html>", "text/html"), 502, None, id="HTML"),
        pytest.param(failing(400), 502, None, id="refuses the request"),
    ],
)
async def test_a_model_that_fails_is_a_problem(
    monkeypatch: pytest.MonkeyPatch, behaviour: Behaviour, status: int, retry_after: str | None
) -> None:
    """Which one says whose turn it is, and the work on the draft is not lost."""
    monkeypatch.setattr("coach.openai_model._RETRY_AFTER_DEFAULT_S", 0.0)
    async with FakeUpstream(behaviour) as upstream:
        model = OpenAIModel("m", base_url=upstream.url, api_key="sk-secret-wxyz")
        async with client_of(model) as client:
            response = await client.post("/v1/replies", json=REQUEST | ({"deadline_ms": 1000} if status == 504 else {}))
    problem = assert_problem(response, status)
    assert [finding["rule"] for finding in problem["draft_findings"]] == ["blame"]
    assert response.headers.get("retry-after") == retry_after
    assert ("retry_after_s" in problem) == (retry_after is not None)
    assert "wxyz" not in response.text  # no letters that a random id may have


async def test_what_does_not_fit_is_too_large() -> None:
    """The answer says how much there is and how much room, and no model is asked."""
    model = FakeModel(context_tokens=1500)
    async with client_of(model) as client:
        problem = assert_problem(await client.post("/v1/replies", json=REQUEST), 413)
    assert "Shorten" in problem["detail"]
    assert model.conversations == []


async def test_a_crash_tells_nothing_of_the_request() -> None:
    """A mistake of ours is a problem like others, in one answer and in a stream, and holds nobody's words."""
    async with client_of(FakeModel([KeyError("I had ordered a large!")])) as client:
        plain = assert_problem(await client.post("/v1/replies", json=REQUEST), 500)
        stream = await client.post("/v1/replies", json=REQUEST, headers=STREAM)
    *_, (name, streamed) = events_in(stream.text)
    assert (name, streamed["status"]) == ("problem", 500)
    for problem in (plain, streamed):
        assert "ordered" not in problem["detail"]
        assert "KeyError" not in problem["detail"]
        assert "request id" in problem["detail"]


def _raw(**headers: str) -> bytes:
    body = json.dumps(REQUEST).encode()
    lines = [
        "POST /v1/replies HTTP/1.1",
        "Host: x",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


@pytest.mark.parametrize("answer", [pytest.param([HANG], id="at once"), pytest.param([f"{SORRY} A", HANG], id="later")])
async def test_a_client_that_leaves_stops_the_model(answer: Answer) -> None:
    """Nobody pays for an answer that nobody waits for."""
    model = FakeModel(answer)
    async with served(model) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_raw())
        await asyncio.wait_for(model.hangs.wait(), 5)
        assert not model.stopped.is_set()
        writer.close()
        await writer.wait_closed()
        await asyncio.wait_for(model.stopped.wait(), 5)


async def test_a_client_that_leaves_a_stream_stops_the_model() -> None:
    """The same where events have been read already."""
    model = FakeModel([f"{SORRY} A", HANG])
    async with served(model) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_raw(Accept="text/event-stream"))
        await asyncio.wait_for(reader.readuntil(b"event: sentence"), 5)
        await asyncio.wait_for(model.hangs.wait(), 5)
        assert not model.stopped.is_set()
        writer.close()
        await writer.wait_closed()
        await asyncio.wait_for(model.stopped.wait(), 5)


async def test_a_stream_is_not_held_back() -> None:
    """What the check found is there before the model has said a word."""
    model = FakeModel([HANG])
    async with served(model) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_raw(Accept="text/event-stream"))
        seen = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        assert b"200 OK" in seen
        seen = await asyncio.wait_for(reader.readuntil(b"blame"), 5)
        assert b"event: check" in seen
        writer.close()
        await writer.wait_closed()


async def test_replies_do_not_wait_for_one_another() -> None:
    """A request that hangs holds up no other."""
    model = FakeModel([HANG], GOOD)
    async with client_of(model) as client:
        waiting = asyncio.create_task(client.post("/v1/replies", json=REQUEST))
        await model.hangs.wait()
        assert (await client.post("/v1/replies", json=REQUEST)).json()["ready"] is True
        assert not waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


async def test_the_models_failure_is_told_by_its_kind() -> None:
    """An answer that is no answer is a bad gateway."""
    async with client_of(FakeModel([ModelBadAnswer("The model's answer says nothing.")])) as client:
        assert_problem(await client.post("/v1/replies", json=REQUEST), 502)
