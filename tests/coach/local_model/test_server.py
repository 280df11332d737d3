"""The child process: started once, warmed up, restarted once, ended with its parent. Only llama.cpp is a stand-in."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from coach.errors import ModelError, ModelUnavailable, SettingsError
from coach.local_model import LocalModel, LocalWeights, Progress
from coach.local_model import server as local_server
from coach.model import Message
from tests import fake_llama

FAKE_LLAMA = Path(fake_llama.__file__).parent
ROOT = Path(__file__).parents[3]
OPENING = [Message("system", "Be kind.")]
MESSAGES = [*OPENING, Message("user", "my parcel is late")]
SECRET = "sk-very-secret-4711"


class Stage:
    """A model file for the stand-in, and a model that runs it."""

    def __init__(self, path: Path, **behaviour: Any) -> None:
        path.write_text(json.dumps({"says": ["Hello", " Dana."]} | behaviour))
        self.path = path
        self.model = LocalModel(LocalWeights("tiny", path, self._prepare), opening=OPENING, threads=3)
        self.prepared = 0

    def _prepare(self, _progress: Progress) -> None:
        self.prepared += 1

    def notes(self, event: str) -> list[dict[str, Any]]:
        """What the stand-in has told of one kind of event."""
        path = self.path.with_suffix(".notes")
        lines = path.read_text().splitlines() if path.exists() else []
        return [note for note in map(json.loads, lines) if note["event"] == event]

    async def ask(self) -> str:
        """An answer."""
        return "".join([piece.text async for piece in self.model.stream(MESSAGES, max_tokens=50)])

    async def kill(self) -> None:
        """Kill the child behind the model's back, and wait until it is noticed."""
        pid = self.model.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await until(lambda: not alive(pid))


async def until(true: Callable[[], bool]) -> None:
    """Wait for something, but not for ever."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110  another process tells of no event
            await asyncio.sleep(0.005)


def alive(pid: int | None) -> bool:
    """Whether there is such a process."""
    assert pid is not None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(autouse=True)
def _llama_is_a_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(FAKE_LLAMA)
    monkeypatch.setenv("PYTHONPATH", str(FAKE_LLAMA))


@asynccontextmanager
async def staged(tmp_path: Path, **behaviour: Any) -> AsyncIterator[Stage]:
    """A stage, and nothing left of it afterwards."""
    stage = Stage(tmp_path / "tiny.gguf", **behaviour)
    try:
        yield stage
    finally:
        await stage.model.close()


async def test_a_started_model_answers(tmp_path: Path) -> None:
    """Once started, it is ready and speaks; the file was prepared first, and each answer counts its tokens."""
    async with staged(tmp_path) as stage:
        await stage.model.start()
        await stage.model.check_ready()
        chunks = [chunk async for chunk in stage.model.stream(MESSAGES, max_tokens=50)]
        assert [chunk.text for chunk in chunks] == ["Hello", " Dana.", ""]
        assert chunks[-1].usage is not None
        assert (chunks[-1].usage.input_tokens, chunks[-1].usage.output_tokens) == (9, 2)
        assert stage.prepared == len(stage.notes("started")) == 1
        assert stage.model.name == "tiny"


async def test_the_child_is_held_to_a_grammar(tmp_path: Path) -> None:
    """Where there is one; what it has read before anybody asks has none."""
    async with staged(tmp_path) as stage:
        async with aclosing(stage.model.stream(MESSAGES, max_tokens=50, grammar='root ::= "Hi."')) as chunks:
            assert [chunk async for chunk in chunks]
        assert [note["body"].get("grammar") for note in stage.notes("asked")] == [None, 'root ::= "Hi."']


async def test_the_opening_is_read_before_anybody_asks(tmp_path: Path) -> None:
    """The part of the prompt that never changes is in the model's cache when the first request comes."""
    async with staged(tmp_path) as stage:
        await stage.model.start()
        asked = [note["body"] for note in stage.notes("asked")]
        assert [(body["messages"], body["max_tokens"]) for body in asked] == [
            ([{"role": "system", "content": "Be kind."}], 1)
        ]
        await stage.ask()
        request = stage.notes("asked")[1]["body"]
        assert request["messages"][0] == asked[0]["messages"][0]
        assert (request["max_tokens"], request["temperature"], request["seed"]) == (50, 0.2, 1)


async def test_the_child_is_shut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It listens on loopback, for whoever knows a key that is made for it; the keys of others it never gets."""
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    async with staged(tmp_path) as stage:
        await stage.model.start()
        started = stage.notes("started")[0]
        assert not [name for name in started["environment"] if name.startswith("OPENAI_")]
        params = started["params"]
        assert params["hostnames"] == ["127.0.0.1"]
        assert (params["ui"], params["cors_origins"], params["port"]) == (False, "", 0)
        assert len(params["api_keys"]) == 1
        assert len(params["api_keys"][0]) == 32
        assert (params["n_ctx"], params["n_parallel"]) == (stage.model.context_tokens, 1)
        assert params["cpuparams"]["n_threads"] == 3


async def test_while_it_loads_it_is_not_ready(tmp_path: Path) -> None:
    """A health check is told when to come again; a request waits and is answered."""
    async with staged(tmp_path, waits_for=str(tmp_path / "go")) as stage:
        starting = asyncio.create_task(stage.model.start())
        asking = asyncio.create_task(stage.ask())
        await until(lambda: bool(stage.notes("started")))
        with pytest.raises(ModelUnavailable, match="still loading") as caught:
            await stage.model.check_ready()
        assert caught.value.retry_after_s == 5
        (tmp_path / "go").touch()
        await starting
        assert await asking == "Hello Dana."
        await stage.model.check_ready()


async def test_the_first_request_starts_it(tmp_path: Path) -> None:
    """On the command line nobody starts the model first; of requests that come together one starts it."""
    async with staged(tmp_path) as stage:
        assert list(await asyncio.gather(stage.ask(), stage.ask())) == ["Hello Dana.", "Hello Dana."]
        assert len(stage.notes("started")) == 1


async def test_a_child_that_dies_is_restarted_once(tmp_path: Path) -> None:
    """After the first death it answers again; after the second it stays down and says what to do."""
    async with staged(tmp_path) as stage:
        await stage.model.start()
        first = stage.model.pid
        await stage.kill()
        await until(lambda: stage.model.pid != first)
        assert await stage.ask() == "Hello Dana."
        assert len(stage.notes("started")) == 2
        assert len(stage.notes("asked")) == 3  # warmed up, warmed up again, asked
        await stage.kill()
        with pytest.raises(ModelUnavailable, match="has died twice and stays down: restart the service"):
            await until_it_fails(stage)
        with pytest.raises(ModelUnavailable, match="restart the service"):
            await stage.ask()
        assert len(stage.notes("started")) == 2


async def until_it_fails(stage: Stage) -> None:
    """Ask whether the model is ready until it is not."""
    async with asyncio.timeout(20):
        while True:
            await stage.model.check_ready()
            await asyncio.sleep(0.005)


async def test_a_child_that_dies_in_mid_answer_is_an_error(tmp_path: Path) -> None:
    """Half an answer is never taken for a whole one."""
    async with staged(tmp_path, says=["Hello", None]) as stage:
        stage.model._opening = ()  # it would never end
        await stage.model.start()
        async with aclosing(stage.model.stream(MESSAGES, max_tokens=50)) as chunks:
            assert (await anext(chunks)).text == "Hello"
            await stage.kill()
            with pytest.raises(ModelError):
                await anext(chunks)


async def test_a_child_that_does_not_start_leaves_its_last_words(tmp_path: Path) -> None:
    """Why it did not start is told by whoever knows, llama.cpp; it is not tried again and again."""
    async with staged(tmp_path, fails="failed to load model") as stage:
        for ask in (stage.model.start, stage.model.check_ready, stage.ask):
            with pytest.raises(ModelUnavailable) as caught:
                await ask()
            assert str(caught.value) == "The embedded model did not start. RuntimeError: failed to load model"
        assert len(stage.notes("started")) == 1
        assert not alive(stage.model.pid)


async def test_a_model_that_is_down_does_not_hoard_requests(tmp_path: Path) -> None:
    """Its error, raised for every request, keeps no traceback of those before, and none of their texts."""
    async with staged(tmp_path, fails="no") as stage:
        lengths = []
        for _ in range(3):
            with pytest.raises(ModelUnavailable) as caught:
                await stage.ask()
            lengths.append(len(caught.traceback))
        assert lengths[1] == lengths[2]


async def test_without_llama_cpp_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told before a gigabyte is joined, with each way out; whoever asks later hears the same."""
    monkeypatch.setattr(local_server, "find_spec", lambda _name: None)
    async with staged(tmp_path) as stage:
        with pytest.raises(SettingsError) as caught:
            await stage.model.start()
        for way_out in ("pip install 'reply-coach[local]'", "OPENAI_API_KEY", "OPENAI_BASE_URL and COACH_MODEL"):
            assert way_out in str(caught.value)
        assert stage.prepared == 0
        with pytest.raises(ModelUnavailable, match="The embedded model needs llama"):
            await stage.model.check_ready()


async def test_a_file_that_cannot_be_had_is_told_to_everybody(tmp_path: Path) -> None:
    """The one who starts it hears of the setting; requests hear that there is no model, in the same words."""

    def prepare(_progress: Progress) -> None:
        raise SettingsError("no room")

    model = LocalModel(LocalWeights("tiny", tmp_path / "tiny.gguf", prepare))
    with pytest.raises(SettingsError, match="no room"):
        await model.start()
    with pytest.raises(ModelUnavailable, match="no room"):
        await model.check_ready()
    await model.close()


async def test_closing_ends_the_child(tmp_path: Path) -> None:
    """No process is left, also in the middle of an answer; whoever asks afterwards is told so."""
    async with staged(tmp_path, says=["Hello", None]) as stage:
        stage.model._opening = ()  # it would never end
        await stage.model.start()
        async with aclosing(stage.model.stream(MESSAGES, max_tokens=50)) as chunks:
            await anext(chunks)
            await stage.model.close()
        assert not alive(stage.model.pid)
        with pytest.raises(ModelUnavailable, match="was stopped"):
            await stage.ask()


async def test_closing_does_not_wait_for_a_load(tmp_path: Path) -> None:
    """A service may be stopped while the model loads; a request that waited for it is told so."""
    async with staged(tmp_path, waits_for=str(tmp_path / "never")) as stage:
        asking = asyncio.create_task(stage.ask())
        await until(lambda: bool(stage.notes("started")))
        await stage.model.close()
        with pytest.raises(ModelUnavailable, match="was stopped"):
            await asyncio.wait_for(asking, 10)
        assert not alive(stage.model.pid)


async def test_a_child_that_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked to end and given time for it, it is ended."""
    monkeypatch.setattr(local_server, "_END_S", 0.1)
    async with staged(tmp_path, deaf=True) as stage:
        await stage.model.start()
        await stage.model.close()
        assert not alive(stage.model.pid)


async def test_closing_what_was_never_started_does_nothing(tmp_path: Path) -> None:
    """A command that needs no model in the end can close it all the same."""
    async with staged(tmp_path) as stage:
        await stage.model.close()
        await stage.model.close()
        assert stage.notes("started") == []


_PARENT = """
import asyncio, sys
from pathlib import Path
from coach.local_model import LocalModel, LocalWeights

async def main():
    model = LocalModel(LocalWeights("tiny", Path(sys.argv[1]), lambda _progress: None))
    await model.start()
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_the_child_ends_with_its_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a parent that is killed and can do nothing about it leaves no model behind that holds two gigabytes."""
    monkeypatch.setenv("PYTHONPATH", f"{FAKE_LLAMA}{os.pathsep}{ROOT}")
    stage = Stage(tmp_path / "tiny.gguf")
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", _PARENT, str(stage.path), stdout=PIPE)
    try:
        await until(lambda: bool(stage.notes("listening")))
        port = urlsplit(stage.notes("listening")[0]["address"]).port
        assert listens(port)
    finally:
        parent.kill()
        await parent.communicate()
    await until(lambda: not listens(port))


def listens(port: int | None) -> bool:
    """Whether something listens on a port of this machine."""
    assert port is not None
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
