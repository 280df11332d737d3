"""The service as its clients meet it: in this process, or behind a real socket on loopback.

Litestar's own test client runs the service on a thread and blocks the test's loop meanwhile: whatever a test plays
on that loop (a fake upstream, a second request) stands still. httpx's transport runs it on the loop itself.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import httpx
import uvicorn
from litestar import Litestar

from coach.app import create_app
from coach.check import Checker
from coach.model import Model
from coach.settings import Settings

_one_checker = cache(Checker)  # it holds nothing but the rules, and takes a third of a second to make


def app_with(model: Model, **settings: Any) -> Litestar:
    """The service with a model of the test's."""
    with patch("coach.app.Checker", _one_checker):
        return create_app(Settings(_env_file=None, **settings), model)


@asynccontextmanager
async def client_of(model: Model, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """The started service, and a client that talks to it without a socket."""
    app = app_with(model, **settings)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    up, over = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            up.set()
            await over.wait()

    living = asyncio.create_task(live())  # a fixture begins and ends in two tasks, which a lifespan must not
    await up.wait()
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://coach.test") as client:
            yield client
    finally:
        over.set()
        await living


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave Ctrl-C to pytest."""
        yield


@asynccontextmanager
async def served(model: Model) -> AsyncIterator[int]:
    """The service behind uvicorn; gives the port."""
    config = uvicorn.Config(app_with(model), log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = _Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.001)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await serving
