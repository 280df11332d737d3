"""Whatever goes wrong is a problem after RFC 9457, names every wrong field and says what to do."""

from typing import Any

import httpx
import pytest

REPLY = {"customer_message": "Where is it?"}


def assert_problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """That a response is a problem, whole, and with the id that its header carries."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["type"] == "about:blank"
    assert problem["title"] == response.reason_phrase
    assert problem["status"] == status
    assert problem["request_id"] == response.headers["x-request-id"]
    assert problem["detail"].endswith((".", "?"))
    return problem


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        pytest.param({"customer_message": None}, {"customer_message": "valid string"}, id="null"),
        pytest.param({"customer_message": ""}, {"customer_message": "blank"}, id="empty"),
        pytest.param({"customer_message": " \n\t\u200b"}, {"customer_message": "blank"}, id="blank"),
        pytest.param({"customer_message": "a\0b"}, {"customer_message": "NUL"}, id="NUL"),
        pytest.param({"customer_message": 5}, {"customer_message": "valid string"}, id="a number"),
        pytest.param({"customer_message": "x" * 20_001}, {"customer_message": "at most 20000"}, id="too long"),
        pytest.param({"mesage": "x"}, {"mesage": "no such field"}, id="an unknown field"),
        pytest.param({"policies": [{"id": "a"}]}, {"policies[0].text": "required"}, id="a policy without a text"),
        pytest.param(
            {"policies": [{"id": "a", "text": "x"}, {"id": "b", "text": " "}]},
            {"policies[1].text": "blank"},
            id="a policy with a blank text",
        ),
        pytest.param(
            {"policies": [{"id": "a", "text": "x"}, {"id": "a", "text": "y"}]},
            {"policies": "two policies have the id 'a'; ids must differ"},
            id="two policies with one id",
        ),
        pytest.param({"policies": {"id": "a"}}, {"policies": "valid list"}, id="no list"),
        pytest.param({"facts": ["x", ""]}, {"facts[1]": "blank"}, id="a blank fact"),
        pytest.param({"facts": "x"}, {"facts": "valid list"}, id="facts that are no list"),
        pytest.param({"facts": ["x"] * 101}, {"facts": "at most 100"}, id="too many facts"),
        pytest.param({"channel": "fax"}, {"channel": "'email', 'chat', 'marketplace' or 'public'"}, id="a channel"),
        pytest.param({"deadline_ms": "100"}, {"deadline_ms": "valid integer"}, id="a number in quotes"),
        pytest.param({"deadline_ms": 1.5}, {"deadline_ms": "valid integer"}, id="a fraction"),
        pytest.param({"deadline_ms": 0}, {"deadline_ms": "greater than or equal to 1"}, id="no time at all"),
        pytest.param({"deadline_ms": True}, {"deadline_ms": "valid integer"}, id="a yes"),
        pytest.param({"voice": {"max_words": 5, "language": "English", "x": 1}}, {
            "voice.max_words": "20",
            "voice.language": "pattern",
            "voice.x": "no such field",
        }, id="all wrong fields at once"),
        pytest.param({"rules_off": ["blame", "blam"]}, {"rules_off[1]": "GET /v1/rules"}, id="an unknown rule"),
    ],
)  # fmt: skip
async def test_every_wrong_field_is_named(
    client: httpx.AsyncClient, fields: dict[str, Any], wrong: dict[str, str]
) -> None:
    """The path to each wrong field, and what is wrong with it; nothing else is complained about."""
    problem = assert_problem(await client.post("/v1/replies", json=REPLY | fields), 400)
    assert [error["field"] for error in problem["errors"]] == list(wrong)
    for error in problem["errors"]:
        assert wrong[error["field"]] in error["message"]


async def test_a_missing_field_is_named(client: httpx.AsyncClient) -> None:
    """An object without anything tells what it needs."""
    problem = assert_problem(await client.post("/v1/replies", json={}), 400)
    assert [error["field"] for error in problem["errors"]] == ["customer_message"]


async def test_a_problem_does_not_repeat_what_was_sent(client: httpx.AsyncClient) -> None:
    """Clients log problems; the customer's words stay out of them."""
    secret = "quincunx"
    body = {"customer_message": [secret], "draft": 7, "facts": [{secret: secret}], "voice": secret}
    response = await client.post("/v1/replies", json=body)
    assert len(assert_problem(response, 400)["errors"]) == 4
    assert secret not in response.text


@pytest.mark.parametrize(
    "path", ["/nope", "/v1", "/v1/reply", "/v2/replies", "/page/../../app.py", "/%00", "/a\u2028b"]
)
async def test_an_unknown_path_is_a_problem(client: httpx.AsyncClient, path: str) -> None:
    """It says where to look."""
    problem = assert_problem(await client.get(path), 404)
    assert "/docs" in problem["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/v1/replies", "POST"), ("PUT", "/v1/checks", "POST"), ("DELETE", "/v1/rules", "GET")],
)
async def test_a_wrong_method_is_a_problem(client: httpx.AsyncClient, method: str, path: str, allowed: str) -> None:
    """It says which methods there are."""
    response = await client.request(method, path)
    assert "Allow" in assert_problem(response, 405)["detail"]
    assert allowed in response.headers["allow"]
