"""`coach models` tells which models there are, which one the settings choose, and what is running."""

import json
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from coach.errors import ModelUnavailable
from coach.logs import configure_logs
from tests.fake_model import FakeModel
from tests.fake_upstream import FakeUpstream, replying
from tests.served import served
from tests.terminal import run_beside, type_in

DEFAULT = "qwen2.5-coder-1.5b-instruct-q4_k_m"


@pytest.fixture(autouse=True)
def free_port(monkeypatch: pytest.MonkeyPatch) -> int:
    """A port on which nothing runs; it is the one that the settings name."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    monkeypatch.setenv("COACH_PORT", str(port))
    return port


def models() -> dict[str, dict[str, Any]]:
    """The models by name."""
    screen = type_in("coach", "models", "--json")
    assert (screen.code, screen.err) == (0, "")
    return {model["name"]: model for model in json.loads(screen.out)["models"]}


def chosen() -> list[str]:
    """The names of those that the settings choose."""
    return [name for name, model in models().items() if model["chosen"]]


def test_with_nothing_set_the_embedded_model_is_chosen(tmp_path: Path) -> None:
    """It tells what it is, where its file will be and what that weighs."""
    default = models()[DEFAULT]
    assert (default["kind"], default["chosen"], default["size_bytes"]) == ("embedded", True, 1_117_320_768)
    assert default["where"] == str(tmp_path / "cache" / f"{DEFAULT}.gguf")
    assert default["state"].startswith(("not installed (", "installed; "))


def test_a_joined_model_is_on_disk(tmp_path: Path) -> None:
    """Whoever wonders whether the first start is behind them can see it."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / f"{DEFAULT}.gguf").touch()
    assert models()[DEFAULT]["state"] == "on disk"


def test_a_server_is_chosen_by_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a server of one's own, or a key alone, the embedded model is there but not chosen."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    assert chosen() == ["gpt-5-mini"]
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("COACH_MODEL", "m1")
    assert chosen() == ["m1"]
    assert models()["m1"]["where"] == "http://127.0.0.1:1/v1"
    assert DEFAULT in models()


def test_other_model_files_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was fetched before and what the settings name, there or not, with what it weighs."""
    folder = tmp_path / "cache" / "hub" / "owner" / "repo"
    folder.mkdir(parents=True)
    (folder / "old.gguf").write_bytes(b"GGUF")
    monkeypatch.setenv("COACH_LOCAL_MODEL", "hf:owner/repo/new.gguf")
    listed = {name: (model["state"], model["size_bytes"], model["chosen"]) for name, model in models().items()}
    assert listed["old"] == ("on disk", 4, False)
    assert listed["new"] == ("not fetched yet", None, True)
    assert not listed[DEFAULT][2]


async def test_a_running_service_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs on the configured address tells its model, and whether it is ready."""
    configure_logs(level="error")  # the service's, which would share the command's screen
    for model, status in [
        (FakeModel(name="m7"), "ready"),
        (FakeModel(name="m7", fails_to_start=ModelUnavailable("no")), "not ready"),
    ]:
        async with served(model) as port:
            monkeypatch.setenv("COACH_PORT", str(port))
            printed = await run_beside("coach", "models", "--json")
            shown = await run_beside("coach", "models")
        assert json.loads(printed.out)["running"] == {"model": "m7", "status": status}
        assert f"Running on 127.0.0.1:{port}: m7 ({status})." in shown.words


def test_nothing_running_is_told(free_port: int) -> None:
    """The table is for people: what is chosen has a star, and no service is no error."""
    screen = type_in("coach", "models")
    assert screen.code == 0
    assert f"* {DEFAULT} 1.12 GB" in screen.words
    assert f"No service is running on 127.0.0.1:{free_port}." in screen.words


@pytest.mark.parametrize("body", ["[]", "{}", "<html>"])
async def test_another_service_is_not_taken_for_this_one(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Whatever else answers on that port, it is not a coach."""
    async with FakeUpstream(models=replying(200, body)) as upstream:
        monkeypatch.setenv("COACH_PORT", upstream.url.rpartition(":")[2].removesuffix("/v1"))
        screen = await run_beside("coach", "models", "--json")
    assert (screen.code, json.loads(screen.out)["running"]) == (0, None)


def test_what_speaks_no_http_is_not_taken_for_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Port 8000 is popular: a server of another kind there is no reason for a traceback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")

        greeter = threading.Thread(target=greet)
        greeter.start()
        monkeypatch.setenv("COACH_PORT", str(listener.getsockname()[1]))
        screen = type_in("coach", "models", "--json")
        greeter.join()
    assert (screen.code, json.loads(screen.out)["running"]) == (0, None)
