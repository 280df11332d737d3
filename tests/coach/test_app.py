"""The parts put together: what is described, what is started, and what the settings choose."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from coach import __version__
from coach.app import create_app, make_coach, model_for
from coach.errors import ModelUnavailable, SettingsError
from coach.local_model import LocalModel
from coach.openai_model import OpenAIModel
from coach.schemas import CheckRequest, CheckResponse, Problem, ReplyRequest, ReplyResponse
from coach.settings import OPENAI_DEFAULT_MODEL, Settings
from tests.fake_model import FakeModel
from tests.served import app_with, client_of

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def openapi() -> dict[str, Any]:
    """The description of the API."""
    return app_with(FakeModel()).openapi_schema.to_schema()


def operations(openapi: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation with its path and method."""
    for path, item in openapi["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def references(value: Any) -> Iterator[str]:
    """Whatever is referred to anywhere."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from references(inner)


def referred(content: dict[str, Any], media_type: str) -> str:
    """The name of the schema of a content."""
    return next(references(content[media_type]["schema"])).removeprefix("#/components/schemas/")


async def test_the_description_is_served() -> None:
    """Clients are generated from it."""
    async with client_of(FakeModel()) as client:
        response = await client.get("/openapi.json")
    assert response.status_code == 200
    assert response.json()["openapi"].startswith("3.1.")
    assert response.json()["info"]["version"] == __version__


def test_the_description_is_whole(openapi: dict[str, Any]) -> None:
    """Every reference leads somewhere, every operation says what it does and answers, and has a name of its own."""
    names = openapi["components"]["schemas"]
    for reference in references(openapi):
        assert reference.removeprefix("#/components/schemas/") in names
    ids = Counter(operation["operationId"] for _, _, operation in operations(openapi))
    assert set(ids.values()) == {1}
    for path, _, operation in operations(openapi):
        assert operation["responses"]
        for response in operation["responses"].values():
            assert response["description"], path
    assert {"/v1/replies", "/v1/checks", "/v1/rules", "/v1/rules/{rule_id}", "/health/live", "/health/ready"} <= set(
        openapi["paths"]
    )


@pytest.mark.parametrize(
    ("path", "request_", "response", "problems"),
    [
        ("/v1/replies", ReplyRequest, ReplyResponse, {"400", "408", "413", "415", "502", "503", "504"}),
        ("/v1/checks", CheckRequest, CheckResponse, {"400", "408", "413", "415"}),
    ],
)
def test_the_description_tells_what_goes_in_and_out(
    openapi: dict[str, Any], path: str, request_: type, response: type, problems: set[str]
) -> None:
    """The body, the answer, and each problem with its own media type; every field of the contract is there."""
    operation = openapi["paths"][path]["post"]
    schemas = openapi["components"]["schemas"]
    body = referred(operation["requestBody"]["content"], "application/json")
    assert set(schemas[body]["properties"]) == set(request_.model_fields)  # type: ignore[attr-defined]
    answer = referred(operation["responses"]["200"]["content"], "application/json")
    assert set(schemas[answer]["properties"]) == set(response.model_fields)  # type: ignore[attr-defined]
    assert set(operation["responses"]) == {"200", *problems}
    for status in problems:
        assert set(operation["responses"][status]["content"]) == {PROBLEM}
        problem = referred(operation["responses"][status]["content"], PROBLEM)
        assert set(schemas[problem]["properties"]) == set(Problem.model_fields)


async def test_the_model_is_started_and_closed_with_the_service() -> None:
    """Nothing that the model started outlives the service."""
    model = FakeModel()
    async with client_of(model):
        await model.started.wait()
        assert not model.closed
    assert model.closed


async def test_a_model_that_does_not_start_takes_nothing_down() -> None:
    """The service lives, says that it is not ready and why, and the log says it too; checks go on."""
    model = FakeModel(fails_to_start=ModelUnavailable("The model's file is gone."))
    with capture_logs() as events:
        async with client_of(model) as client:
            await model.started.wait()
            assert (await client.get("/health/live")).status_code == 200
            ready = await client.get("/health/ready")
            assert (await client.post("/v1/checks", json={"text": "x"})).status_code == 200
    assert ready.status_code == 503
    assert ready.json()["detail"] == "The model's file is gone."
    assert {"event": "model.start_failed", "log_level": "error", "reason": "The model's file is gone."} in events
    assert model.closed


async def test_replies_are_counted() -> None:
    """The metrics tell how many replies were given, and how many of them can be sent."""
    request = {"customer_message": "x", "facts": ["We sent the wrong size", "A large leaves today"]}
    async with client_of(FakeModel("I'm sorry we sent the wrong size. A large leaves today.")) as client:
        await client.post("/v1/replies", json=request)
        metrics = (await client.get("/metrics")).text
    assert 'coach_replies_total{outcome="rewritten",ready="true"}' in metrics
    assert 'path="/v1/replies"' in metrics


def test_the_settings_choose_the_model() -> None:
    """A key means OpenAI, a server's address that server, nothing the embedded model."""
    openai = model_for(Settings(_env_file=None, openai_api_key="sk-x"))
    assert isinstance(openai, OpenAIModel)
    assert openai.name == OPENAI_DEFAULT_MODEL
    own = model_for(Settings(_env_file=None, openai_base_url="http://127.0.0.1:9/v1", model="m", context_tokens=2048))
    assert isinstance(own, OpenAIModel)
    assert (own.name, own.context_tokens) == ("m", 2048)
    assert isinstance(model_for(Settings(_env_file=None)), LocalModel)


def test_the_settings_reach_the_coach(tmp_path: Path) -> None:
    """The policy book and the deadline are those of the settings."""
    (tmp_path / "swaps.md").write_text("# Swaps\n\nSwaps are free.\n")
    coach = make_coach(Settings(_env_file=None, policies=tmp_path, deadline_ms=1234), FakeModel())
    assert [policy.id for policy in coach.policies] == ["swaps"]
    assert coach.deadline_ms == 1234


def test_a_wrong_setting_stops_the_start(tmp_path: Path) -> None:
    """A policy book that is not there is found before a port is opened."""
    with pytest.raises(SettingsError, match="COACH_POLICIES"):
        create_app(Settings(_env_file=None, policies=tmp_path / "nope"), FakeModel())
