"""`coach serve` says where it listens, ends when told to, and does not start when it cannot."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import uvicorn

from coach.cli import serve
from coach.settings import Settings
from tests.terminal import type_in

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _a_server_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("COACH_MODEL", "m1")


@pytest.fixture(autouse=True)
def _never_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_server: uvicorn.Server, **_: object) -> None:
        raise AssertionError("it serves, and would do so until the end of the tests")

    monkeypatch.setattr(uvicorn.Server, "run", run)


def test_it_serves_until_it_is_stopped() -> None:
    """It greets with its address, answers there, and Ctrl-C is no error."""
    program = [sys.executable, "-m", "coach", "serve", "--port", "0"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True, env=environment) as service:
        try:
            assert service.stderr is not None
            greeting = "".join(service.stderr.readline() for _ in range(4))
            address = re.search(r"Write a reply: +(http://127\.0\.0\.1:\d+)/\n +Try the API: +\1/docs\n", greeting)
            assert address, greeting
            assert "coach serves with the model behind http://127.0.0.1:1/v1." in greeting
            with urllib.request.urlopen(f"{address[1]}/health/live", timeout=20) as response:
                assert b'"m1"' in response.read()
            service.send_signal(signal.SIGINT)
            assert service.wait(20) == 0
            assert "Traceback" not in service.stderr.read()
        finally:
            service.kill()


@pytest.mark.parametrize("embedded", [True, False])
def test_a_port_in_use_is_told(embedded: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything slow is begun: which port, and how to choose another."""
    if embedded:
        monkeypatch.delenv("OPENAI_BASE_URL")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        screen = type_in("coach", "serve", "--port", str(port))
    assert (screen.code, screen.out) == (2, "")
    assert screen.err == (
        f"coach: Cannot listen on 127.0.0.1, port {port}: Address already in use. "
        "Stop what listens there, or choose another with --port or COACH_PORT (0 takes a free one).\n"
    )
    assert not (tmp_path / "cache").exists()


def test_the_port_is_taken_before_the_model_is_made() -> None:
    """Of two that start together the second is told at once, not after a gigabyte has been joined."""
    with serve._listener(Settings(_env_file=None, port=0)) as first:
        screen = type_in("coach", "serve", "--port", str(first.getsockname()[1]))
    assert screen.code == 2
    assert "Address already in use" in screen.err


def test_an_address_that_is_none_is_told() -> None:
    """A slip in the host is wrong use."""
    screen = type_in("coach", "serve", "--host", "127.0.0.256.1")
    assert screen.code == 2
    assert screen.err.startswith("coach: Cannot listen on 127.0.0.256.1, port 8000: ")


def test_options_go_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed in wins over what is set."""
    monkeypatch.setenv("COACH_PORT", "1")
    monkeypatch.setenv("COACH_HOST", "127.0.0.256.1")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        screen = type_in("coach", "serve", "--host", "127.0.0.1", "--port", str(port))
    assert f"Cannot listen on 127.0.0.1, port {port}" in screen.err


def test_a_model_that_cannot_be_had_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that could not answer is not started: the setting is named."""
    monkeypatch.delenv("OPENAI_BASE_URL")
    monkeypatch.setenv("COACH_LOCAL_MODEL", str(tmp_path / "nowhere.gguf"))
    screen = type_in("coach", "serve", "--port", "0")
    assert screen.code == 2
    assert screen.err.endswith("nowhere.gguf cannot be read: No such file or directory.\n")
