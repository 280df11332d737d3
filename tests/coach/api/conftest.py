"""The service without a socket, for all that needs no answer from a model."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fake_model import FakeModel
from tests.served import client_of


@pytest.fixture
def model() -> FakeModel:
    """A model that must not be asked."""
    return FakeModel()


@pytest.fixture
async def client(model: FakeModel) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the started service."""
    async with client_of(model) as client:
        yield client
