"""The command `coach`.

Exit codes, the same for every command:

    0  done; the text is clean, the reply is ready
    1  done, but the text has findings, the reply is not ready, or something must be answered first
    2  wrong use, a wrong setting, or input that cannot be read
    3  the model gave no answer
"""

import importlib
import sys
from typing import NoReturn

import click

from coach import __version__
from coach.errors import CoachError, ModelError

FINDINGS = 1
WRONG_USE = 2
NO_ANSWER = 3
INTERRUPTED = 130
_COMMANDS = ("serve", "reply", "check", "rules", "models")


class _Commands(click.Group):
    """Commands are imported when they are called: checking a text need not wait for a web framework."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"coach.cli.{cmd_name}").command
        return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 clean or ready, 1 findings or not ready, 2 wrong use or settings, 3 no answer",
)
@click.version_option(__version__, prog_name="coach")
def group() -> None:
    """Write the reply that an unhappy customer should be sent, and check it before anybody sees it."""


def main() -> None:
    """Run the command `coach`."""
    run(group, "coach")


def run(command: click.Command, name: str) -> NoReturn:
    """Run a command to its exit code; what goes wrong is said in a sentence, never as a traceback."""
    try:
        sys.exit(command.main(prog_name=name, standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG_USE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except CoachError as error:
        click.echo(f"{name}: {error}", err=True)
        for wrong in getattr(error, "errors", []):
            click.echo(f"  {wrong['field']}: {wrong['message']}", err=True)
        sys.exit(NO_ANSWER if isinstance(error, ModelError) else WRONG_USE)
