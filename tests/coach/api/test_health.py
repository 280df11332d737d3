"""`GET /health/...`: alive is not ready."""

import httpx
import pytest

from coach.errors import ModelBadAnswer, ModelError, ModelTimeout, ModelUnavailable
from tests.coach.api.test_problems import assert_problem
from tests.fake_model import FakeModel
from tests.served import client_of


async def test_a_service_with_its_model_is_ready(client: httpx.AsyncClient) -> None:
    """Both answers name the model."""
    assert (await client.get("/health/live")).json() == {"status": "live", "model": "fake"}
    assert (await client.get("/health/ready")).json() == {"status": "ready", "model": "fake"}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ModelUnavailable("The model is loading.", 2.5), 503),
        (ModelTimeout("The model's server did not answer in time."), 504),
        (ModelBadAnswer("The model's server sent something that is not a chat completion."), 502),
    ],
)
async def test_a_service_without_its_model_is_alive_and_not_ready(error: ModelError, status: int) -> None:
    """The reason is in the answer, and when to come back where that is known."""
    async with client_of(FakeModel(fails_to_start=error)) as client:
        assert (await client.get("/health/live")).status_code == 200
        response = await client.get("/health/ready")
    assert assert_problem(response, status)["detail"] == str(error)
    assert response.headers.get("retry-after") == ("3" if error.retry_after_s else None)
