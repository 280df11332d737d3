"""What all commands share: exit codes, a sentence for what goes wrong, and imports that wait until they are needed."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from coach import __version__
from coach.cli import run
from coach.errors import InputError, ModelUnavailable, SettingsError
from tests.terminal import type_in

ROOT = Path(__file__).parents[3]


def test_help_names_every_command() -> None:
    """Whoever types `coach --help` sees what there is and what the exit codes mean."""
    screen = type_in("coach", "--help")
    assert screen.code == 0
    for command in ("serve", "reply", "check", "rules", "models"):
        assert f"\n  {command} " in screen.out
    assert "Exit codes: 0 clean or ready, 1 findings or not ready, 2 wrong use or settings, 3 no answer" in screen.words


@pytest.mark.parametrize("command", ["serve", "reply", "check", "rules", "models"])
def test_every_command_has_help(command: str) -> None:
    """Each says in a sentence what it does, and `-h` is enough to ask."""
    screen = type_in("coach", command, "-h")
    assert screen.code == 0
    assert screen.out.startswith(f"Usage: coach {command}")


def test_the_version_is_the_packages() -> None:
    """A report of a bug can say which version it is about."""
    assert type_in("coach", "--version").out == f"coach, version {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Usage: coach"),
        (["chek"], "No such command 'chek'"),
        (["check", "--jsn"], "No such option '--jsn'"),
        (["check", "a.txt", "b.txt"], "unexpected extra argument"),
        (["serve", "--port", "70000"], "70000 is not in the range"),
    ],
)
def test_wrong_use_is_told(arguments: list[str], message: str) -> None:
    """A slip in the command line exits with 2, and says what is wrong on standard error."""
    screen = type_in("coach", *arguments)
    assert screen.code == 2
    assert message in screen.err
    assert screen.out == ""


@pytest.mark.parametrize("command", ["serve", "reply --message message.txt", "models"])
def test_an_unknown_setting_is_told(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt variable stops every command that reads settings, and the one that was meant is named."""
    (tmp_path / "message.txt").write_text("Where is it?")
    monkeypatch.setenv("COACH_POLICY", "policies")
    screen = type_in("coach", *command.split())
    assert screen.code == 2
    assert screen.err.strip() == "coach: COACH_POLICY is not a setting: did you mean COACH_POLICIES?"


@pytest.mark.parametrize("command", ["serve", "reply --message message.txt"])
def test_a_missing_policy_folder_is_told(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No reply is written, and no service started, without the policies that somebody asked for."""
    (tmp_path / "message.txt").write_text("Where is it?")
    monkeypatch.setenv("COACH_POLICIES", "nowhere")
    screen = type_in("coach", *command.split())
    assert screen.code == 2
    message = "coach: COACH_POLICIES: there is no folder nowhere. Make it, or unset the variable."
    assert screen.err.strip() == message


@pytest.mark.parametrize(
    ("error", "code", "printed"),
    [
        (SettingsError("wrong"), 2, "coach: wrong\n"),
        (InputError("bad", [{"field": "facts[0]", "message": "is blank"}]), 2, "coach: bad\n  facts[0]: is blank\n"),
        (ModelUnavailable("down"), 3, "coach: down\n"),
        (KeyboardInterrupt(), 130, ""),
        (click.ClickException("no such thing"), 2, "Error: no such thing\n"),
    ],
)
def test_what_goes_wrong_is_an_exit_code(
    error: BaseException, code: int, printed: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scripts tell wrong use from a model that does not answer; people read a sentence, never a traceback."""

    @click.command()
    def fail() -> None:
        raise error

    monkeypatch.setattr(sys, "argv", ["coach"])
    with pytest.raises(SystemExit) as left:
        run(fail, "coach")
    assert left.value.code == code
    assert capsys.readouterr().err.lstrip("\n") == printed


_CHECK_AND_TELL = """
import sys
from coach.cli import main
sys.argv[1:] = ["check"]
try:
    main()
finally:
    print({"litestar", "openai", "uvicorn"} & set(sys.modules), file=sys.stderr)
"""


def test_checking_a_text_loads_no_web_framework() -> None:
    """An editor that calls `coach check` on every save does not wait for what it has no use for."""
    ran = subprocess.run(
        [sys.executable, "-c", _CHECK_AND_TELL],
        input=b"You should have read the listing.",
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (1, b"set()\n")
    assert b"blame" in ran.stdout
