"""A terminal: runs a command from its arguments to its exit code, and keeps what it printed.

    screen = type_in("coach", "check", "draft.txt")
    assert (screen.code, screen.out) == (0, "Nothing found.")

The command runs in this process, through the same function as the installed one.
"""

import asyncio
import importlib
import sys
from dataclasses import dataclass
from unittest.mock import patch

from click.testing import CliRunner


@dataclass(frozen=True, slots=True)
class Screen:
    """What came of a command.

    Attributes:
        code: Its exit code.
        out: What it printed to standard output.
        err: What it printed to standard error.
    """

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """What it printed to standard output, however wide the terminal."""
        return " ".join(self.out.split())


def type_in(program: str, *arguments: str, stdin: str | bytes = b"") -> Screen:
    """Run `coach` or `evals`."""
    main = importlib.import_module(f"{program}.cli").main
    code: object = "it did not exit"
    with CliRunner().isolation(stdin) as (out, err, _), patch.object(sys, "argv", [program, *arguments]):
        try:
            main()
        except SystemExit as leaving:
            code = leaving.code or 0
    assert isinstance(code, int), code
    return Screen(code, out.getvalue().decode(), err.getvalue().decode())


async def run_beside(program: str, *arguments: str, stdin: str | bytes = b"") -> Screen:
    """The same, beside servers that the test runs on its own event loop."""
    return await asyncio.to_thread(type_in, program, *arguments, stdin=stdin)
