"""Starts the child process, watches it, restarts it once, and ends it."""

import asyncio
import os
import secrets
import sys
import tempfile
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import httpx2
import structlog

from coach.errors import ModelError, ModelUnavailable, SettingsError
from coach.local_model.weights import LocalWeights, Progress, silent
from coach.model import Chunk, Message
from coach.openai_model import OpenAIModel

CONTEXT_TOKENS = 8192
TEMPERATURE = 0.2
SEED = 1
_RESTARTS = 1
_RETRY_LATER_S = 5.0
_END_S = 3.0
_CHILD = Path(__file__).with_name("child.py")

log: structlog.stdlib.BoundLogger = structlog.get_logger("coach.model")


class LocalModel:
    """A model that runs on this machine, in a child process."""

    context_tokens = CONTEXT_TOKENS
    small = True

    def __init__(
        self,
        weights: LocalWeights,
        *,
        opening: Sequence[Message] = (),
        threads: int | None = None,
        progress: Progress = silent,
        http_client: Callable[[], httpx2.AsyncClient] | None = None,
    ) -> None:
        """Set up; nothing is started yet.

        Args:
            weights: The model file.
            opening: Messages that every conversation begins with: read once at the start, remembered from then on.
            threads: Threads to write with; half the cores where left out (more wait for each other).
            progress: Told how the file's making comes along.
            http_client: Makes what to ask the child with; evals put a transport of their own in it.
        """
        self.name = weights.name
        self.pid: int | None = None
        self._weights = weights
        self._opening = opening
        self._threads = threads or max(1, (os.cpu_count() or 2) // 2)
        self._progress = progress
        self._http_client = http_client
        self._settled = asyncio.Event()  # there is a client to ask, or an error to raise
        self._client: OpenAIModel | None = None
        self._error: ModelError | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self._begun = False

    async def start(self) -> None:
        """Make the file if need be, start the child and have it read the opening.

        Raises:
            SettingsError: The file cannot be had, or llama.cpp is not installed.
            ModelUnavailable: The child does not start.
        """
        self._begun = True
        try:
            _expect_llama_cpp()
            await asyncio.to_thread(self._weights.prepare, self._progress)
        except SettingsError as error:
            self._settle(error=ModelUnavailable(str(error)))
            raise
        self._supervisor = asyncio.create_task(self._supervise())
        await self._ready_client()

    async def check_ready(self) -> None:
        """Raise what stands in the way of an answer right now."""
        if not self._settled.is_set():
            raise ModelUnavailable("The embedded model is still loading.", _RETRY_LATER_S)
        await self._ready_client()

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None
    ) -> AsyncGenerator[Chunk, None]:
        """Write an answer. A model that was not started yet is started; while it is loading, the answer waits.

        Raises:
            ModelError: No answer, or there is no child to ask any more.
        """
        if not self._begun:
            await self.start()
        client = await self._ready_client()
        async with aclosing(client.stream(messages, max_tokens=max_tokens, grammar=grammar)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def close(self) -> None:
        """End the child."""
        if self._supervisor:
            self._supervisor.cancel()
            with suppress(asyncio.CancelledError):
                await self._supervisor
        self._settle()

    async def _ready_client(self) -> OpenAIModel:
        await self._settled.wait()
        if self._client is None:
            error = self._error or ModelUnavailable("The embedded model was stopped.")
            raise error.with_traceback(None)  # it is raised again and again, and would keep the frames of every time
        return self._client

    def _settle(self, client: OpenAIModel | None = None, error: ModelError | None = None) -> None:
        self._client, self._error = client, error
        self._settled.set()

    async def _supervise(self) -> None:
        for lives_left in reversed(range(1 + _RESTARTS)):
            try:
                await self._live()
            except ModelError as error:
                self._settle(error=error)
                return
            log.error("model.child_died", lives_left=lives_left)
            self._settled.clear()
        self._settle(error=ModelUnavailable("The embedded model has died twice and stays down: restart the service."))

    async def _live(self) -> None:
        """One life of the child, from its start until it dies.

        Raises:
            ModelError: It does not come to life at all.
        """
        key = secrets.token_hex(16)
        with tempfile.TemporaryFile() as errors:
            child = await self._spawn(key, errors)
            try:
                client = await self._connect(child, key, errors)
                try:
                    await self._warm_up(client)
                    self._settle(client)
                    log.info("model.ready", model=self.name, pid=child.pid, threads=self._threads)
                    await child.wait()
                finally:
                    await client.close()
            finally:
                await _end(child)

    async def _spawn(self, key: str, errors: IO[bytes]) -> Process:
        program = (sys.executable, "-P", str(_CHILD))
        arguments = (str(self._weights.path), str(CONTEXT_TOKENS), str(self._threads))
        environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENAI_")} | {"COACH_CHILD_KEY": key}
        child = await create_subprocess_exec(
            *program, *arguments, stdin=PIPE, stdout=PIPE, stderr=errors, env=environment
        )
        self.pid = child.pid
        return child

    async def _connect(self, child: Process, key: str, errors: IO[bytes]) -> OpenAIModel:
        """The client for a child, as soon as it says where it listens."""
        address = (await child.stdout.readline()).decode().strip() if child.stdout else ""
        if not address:
            errors.seek(0)
            last_words = errors.read().decode(errors="replace").strip().splitlines()[-1:]
            raise ModelUnavailable(f"The embedded model did not start. {' '.join(last_words)}".strip())
        return OpenAIModel(
            "local",
            base_url=f"{address}/v1",
            api_key=key,
            context_tokens=CONTEXT_TOKENS,
            temperature=TEMPERATURE,
            seed=SEED,
            http_client=self._http_client() if self._http_client else None,
        )

    async def _warm_up(self, client: OpenAIModel) -> None:
        """Have the opening read once: from then on it comes out of the cache, which saves most of the wait."""
        if self._opening:
            with suppress(ModelError):  # one token is not an answer, and need not be
                async with aclosing(client.stream(self._opening, max_tokens=1)) as chunks:
                    async for _ in chunks:
                        pass


def _expect_llama_cpp() -> None:
    if find_spec("xllamacpp") is None:
        raise SettingsError(
            "The embedded model needs llama.cpp: pip install 'reply-coach[local]'. "
            "Or set OPENAI_API_KEY, or OPENAI_BASE_URL and COACH_MODEL."
        )


async def _end(child: Process) -> None:
    if child.returncode is not None:
        return
    child.terminate()
    try:
        await asyncio.wait_for(child.wait(), _END_S)
    except TimeoutError:
        child.kill()
        await child.wait()
