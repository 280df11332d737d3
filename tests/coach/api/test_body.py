"""A body that is not what a client can have meant is refused, and the answer says what to do."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from coach.api.body import MAX_BODY_BYTES
from tests.coach.api.test_problems import assert_problem
from tests.fake_model import FakeModel
from tests.served import served

JSON = {"content-type": "application/json"}
PATHS = pytest.mark.parametrize("path", ["/v1/replies", "/v1/checks"])


@PATHS
@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b"", "empty; send a JSON object", id="nothing"),
        pytest.param(b" \n", "empty; send a JSON object", id="white space"),
        pytest.param(b'{"text": "a"', "not JSON: Expecting ',' delimiter at line 1, column 13", id="cut off"),
        pytest.param(b"text=a", "not JSON", id="a form"),
        pytest.param(b'{"text": "a"} {}', "not JSON: Extra data", id="two objects"),
        pytest.param(b'\xef\xbb\xbf{"text": "a"}', "not JSON", id="a byte order mark"),
        pytest.param(b'{"text": "\xff"}', "not UTF-8: byte 10", id="not UTF-8"),
        pytest.param('{"text": "ä"}'.encode("utf-16"), "not UTF-8", id="UTF-16"),
        pytest.param(b'{"text": "\xed\xa0\x80"}', "not UTF-8", id="half a pair in UTF-8"),
        pytest.param(b"[" * 100_000, "nested too deeply", id="deep"),
        pytest.param(b'{"a":' * 100_000, "nested too deeply", id="deep objects"),
        pytest.param(b'[{"text": "a"}]', "must be a JSON object", id="a list"),
        pytest.param(b"null", "must be a JSON object", id="null"),
        pytest.param(b'{"deadline_ms": NaN}', "NaN is not a value", id="NaN"),
        pytest.param(b'{"deadline_ms": -Infinity}', "-Infinity is not a value", id="infinity"),
        pytest.param(b'{"deadline_ms": 1' + b"0" * 5000 + b"}", "number that is too long", id="a very long number"),
    ],
)
async def test_what_is_no_json_object_is_refused(client: httpx.AsyncClient, path: str, body: bytes, says: str) -> None:
    """The detail names what is wrong with the body, and where."""
    problem = assert_problem(await client.post(path, content=body, headers=JSON), 400)
    assert says in problem["detail"]


async def test_no_depth_is_a_crash(client: httpx.AsyncClient) -> None:
    """Whatever the depth, it is the client's mistake: also where Python's own reader has just managed."""
    for depth in range(900, 1000):
        nested = b"[" * depth + b'"\\u0041"' + b"]" * depth
        assert_problem(await client.post("/v1/checks", content=b'{"text":' + nested + b"}", headers=JSON), 400)


@PATHS
@pytest.mark.parametrize(
    ("headers", "says"),
    [
        pytest.param({}, "Content-Type: application/json", id="none"),
        pytest.param({"content-type": ""}, "Content-Type: application/json", id="empty"),
        pytest.param({"content-type": "text/plain"}, "Content-Type: application/json", id="text"),
        pytest.param({"content-type": "application/x-www-form-urlencoded"}, "application/json", id="a form"),
        pytest.param({"content-type": "x;;=;"}, "Content-Type: application/json", id="rubbish"),
        pytest.param({"content-type": "application/json; charset=utf-16"}, "UTF-8", id="UTF-16"),
        pytest.param({"content-type": "application/json; charset=latin-1"}, "UTF-8", id="Latin-1"),
    ],
)
async def test_what_is_not_sent_as_json_is_refused(
    client: httpx.AsyncClient, path: str, headers: dict[str, str], says: str
) -> None:
    """Any web page may send plain text to a service on this machine; JSON it may not."""
    problem = assert_problem(await client.post(path, content=b'{"text": "a"}', headers=headers), 415)
    assert says in problem["detail"]


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", 'Application/JSON; charset="UTF-8"']
)
async def test_json_is_json_however_it_is_spelt(client: httpx.AsyncClient, content_type: str) -> None:
    """Case, quotation marks and the charset that JSON has anyway do no harm."""
    response = await client.post("/v1/checks", content='{"text": "Größe"}', headers={"content-type": content_type})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        pytest.param(rb'{"text": "a", "text": "b"}', "text", "twice", id="a field twice"),
        pytest.param(rb'{"text": "a", "policies": [{"id": "a", "id": "b"}]}', "id", "twice", id="twice, inside"),
        pytest.param(rb'{"text": "\ud83d"}', "text", "half of a surrogate pair", id="half a pair"),
        pytest.param(rb'{"text": "a", "facts": ["b", "\ude00"]}', "facts[1]", "half of a", id="half a pair in a list"),
    ],
)
async def test_what_json_readers_let_pass_is_refused(
    client: httpx.AsyncClient, body: bytes, field: str, says: str
) -> None:
    """A client that sends it cannot have meant it; the wrong field is named."""
    problem = assert_problem(await client.post("/v1/checks", content=body, headers=JSON), 400)
    ((named, message),) = [(error["field"], error["message"]) for error in problem["errors"]]
    assert named == field
    assert says in message


async def test_a_whole_surrogate_pair_is_a_character(client: httpx.AsyncClient) -> None:
    """Escaped emoji are what JSON libraries write all day."""
    response = await client.post("/v1/checks", content=rb'{"text": "\ud83d\ude00"}', headers=JSON)
    assert response.status_code == 200


@PATHS
async def test_a_large_body_is_refused(client: httpx.AsyncClient, path: str) -> None:
    """The limit stands in the answer."""
    body = json.dumps({"text": "x" * 10_000_000})
    problem = assert_problem(await client.post(path, content=body, headers=JSON), 413)
    assert str(MAX_BODY_BYTES) in problem["detail"]


async def test_a_large_body_in_chunks_is_refused() -> None:
    """A body that does not say how long it is, is cut at the limit; the service goes on."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 100_000

    async with served(FakeModel()) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        problem = assert_problem(await client.post("/v1/checks", content=chunks(), headers=JSON), 413)
        assert str(MAX_BODY_BYTES) in problem["detail"]
        assert (await client.get("/health/live")).status_code == 200


async def test_a_body_that_stalls_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends half a body and falls silent holds no connection for ever."""
    monkeypatch.setattr("coach.api.body._READ_S", 0.05)
    async with served(FakeModel()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = "POST /v1/checks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
        writer.write(head.encode() + b'{"text": ')
        answer = (await asyncio.wait_for(reader.readuntil(b"}"), 5)).decode()
        writer.close()
        await writer.wait_closed()
    assert answer.startswith("HTTP/1.1 408 ")
    assert "application/problem+json" in answer
    assert "did not arrive within 0.05 s" in answer
