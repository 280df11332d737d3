"""Round every request: an id, one line in the log, and headers that keep browsers on the safe side."""

import re

import httpx
import pytest
from structlog.testing import capture_logs

from tests.fake_model import FakeModel
from tests.served import client_of

BLAME = "You should have read the listing."
GOOD = "I'm sorry we sent the wrong size. A large leaves today."


@pytest.mark.parametrize("given", ["a", "7f3b2c.A-1_x", "x" * 64])
async def test_a_clients_request_id_is_kept(client: httpx.AsyncClient, given: str) -> None:
    """Two systems' logs can be laid side by side; a problem carries the same id."""
    response = await client.post("/v1/checks", json={}, headers={"x-request-id": given})
    assert response.headers["x-request-id"] == response.json()["request_id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", "ä", '"};{', "%0a"])
async def test_an_id_that_is_none_is_replaced(client: httpx.AsyncClient, given: str) -> None:
    """Nobody writes into our logs what he likes."""
    response = await client.get("/health/live", headers={b"x-request-id": given.encode()})
    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["x-request-id"])


async def test_every_request_has_an_id_of_its_own(client: httpx.AsyncClient) -> None:
    """Ids are made where none is given."""
    ids = {(await client.get("/health/live")).headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3


async def test_a_request_is_one_line_in_the_log() -> None:
    """The whole event: the route, what came of it, and what it cost."""
    async with client_of(FakeModel(GOOD)) as client:
        with capture_logs() as events:
            request = {"customer_message": "Too small!", "draft": f"{GOOD} {BLAME}"}
            reply = (await client.post("/v1/replies", json=request, headers={"x-request-id": "r1"})).json()
    (event,) = events
    assert event.pop("ms") >= 0
    assert event == {
        "event": "request.done",
        "log_level": "info",
        "method": "POST",
        "path": "/v1/replies",
        "status": 200,
        "reply_id": reply["id"],
        "outcome": "rewritten",
        "ready": True,
        "attempts": 1,
        "model": "fake",
        "prompt_version": reply["prompt_version"],
        "draft_findings": 1,
        "reply_findings": 0,
        "input_tokens": 100,
        "cached_tokens": 60,
        "output_tokens": 7,
    }


async def test_a_check_is_one_line_in_the_log(client: httpx.AsyncClient) -> None:
    """How many findings, not which words."""
    with capture_logs() as events:
        await client.post("/v1/checks", json={"text": BLAME})
    (event,) = events
    assert event.pop("ms") >= 0
    assert event == {
        "event": "request.done",
        "log_level": "info",
        "method": "POST",
        "path": "/v1/checks",
        "status": 200,
        "findings": 1,
        "language": "en",
    }


async def test_the_log_names_the_route_and_not_the_path(client: httpx.AsyncClient) -> None:
    """A path may hold anything."""
    with capture_logs() as events:
        await client.get("/v1/rules/quincunx?quincunx=quincunx")
    assert [event["path"] for event in events] == ["/v1/rules/{rule_id}"]
    assert "quincunx" not in str(events)


async def test_a_crash_is_logged_as_one() -> None:
    """Where it happened is told; what the exception says is left out."""
    async with client_of(FakeModel([KeyError("quincunx")])) as client:
        with capture_logs() as events:
            await client.post("/v1/replies", json={"customer_message": "x", "draft": BLAME})
    crashed, done = events
    assert (crashed["event"], crashed["log_level"]) == ("request.crashed", "error")
    assert isinstance(crashed["exc"], KeyError)  # `coach.logs` makes places in the code of it
    assert (done["event"], done["status"]) == ("request.done", 500)


@pytest.mark.parametrize(
    "path",
    [
        "/", "/docs", "/openapi.json", "/metrics", "/health/live", "/health/ready", "/v1/rules", "/page/composer.js",
        "/swagger/swagger-ui.css", "/v1/rules/nope", "/nope", "/v1/replies",
    ],
)  # fmt: skip
async def test_every_response_has_the_security_headers(client: httpx.AsyncClient, path: str) -> None:
    """Pages, answers and problems alike: nothing is sniffed, framed, or fetched from another host."""
    response = await client.get(path)
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert re.fullmatch(r"[\w.-]{1,64}", response.headers["x-request-id"])
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert ("unsafe-inline" in policy) == (path == "/docs")
    assert "http" not in policy


async def test_a_browser_extension_may_ask(client: httpx.AsyncClient) -> None:
    """Extensions may, other web pages may not."""
    extension = f"chrome-extension://{'a' * 32}"
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    allowed = await client.options("/v1/checks", headers={"origin": extension, **asked})
    assert allowed.headers["access-control-allow-origin"] == extension
    for origin in ("https://evil.example", f"{extension}.evil.example", f"https://evil.example/{extension}"):
        refused = await client.options("/v1/checks", headers={"origin": origin, **asked})
        assert refused.status_code == 400
        assert "access-control-allow-origin" not in refused.headers
