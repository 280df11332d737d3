"""The command `evals`.

Exit codes: 0 done, and no worse; 1 worse; 2 wrong use or input, or nothing selected; 3 could not measure.
"""

import importlib
from pathlib import Path

import click

from coach.check import Checker
from coach.cli import run
from coach.cli.render import out
from coach.errors import SettingsError
from evals.bench_check import measure_check, measure_others, weigh_tagger
from evals.labelled import labelled_examples, measure, read_labelled
from evals.tables import plain_table, show_figures

_ELSEWHERE = {
    "attacks": "evals.attacks.cli:attacks_command",
    "bare": "evals.bare:bare_command",
    "briefing": "evals.briefing:briefing_command",
    "case-reader": "evals.case_reader.cli:case_reader_command",
    "cases": "evals.cases_cli:cases_command",
    "compare": "evals.run_cli:compare_command",
    "in-context": "evals.in_context:in_context_command",
    "judge": "evals.judge.cli:judge_group",
    "recordings": "evals.run_cli:recordings_command",
    "report": "evals.run_cli:report_command",
    "run": "evals.run_cli:run_command",
    "selftest": "evals.selftest.cli:selftest_command",
    "tagger": "evals.tagger.cli:group",
}


class _Commands(click.Group):
    """Commands are imported when they are called: what one of them needs, the others need not have."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module, _, name = _ELSEWHERE[cmd_name].partition(":")
        try:
            command: click.Command = getattr(importlib.import_module(module), name)
        except ModuleNotFoundError as error:
            raise SettingsError(
                f"'evals {cmd_name}' needs {error.name}, which is not installed: pip install 'reply-coach[evals]'."
            ) from None
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def group() -> None:
    """Measure the coach: what it writes, and what its check finds."""


@group.command("check")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def check_command(file: Path | None) -> None:
    """Measure the check against labelled texts.

    FILE is JSON Lines: `text`, `findings` with `rule`, `start`, `end` in code points, and perhaps `customer_message`.
    The rules' own examples are measured where it is left out. A finding counts where it overlaps a label of its rule.
    """
    checker = Checker()
    items = read_labelled(file) if file else labelled_examples(checker.rules)
    show_figures(measure(checker, items), len(items))


@group.command("bench-check")
def bench_check_command() -> None:
    """Time the check inside the real server, on one core, beside other checkers where they are installed."""
    shown = plain_table("POST /v1/checks, ms inside the server", "p50", "p99")
    for row in measure_check():
        shown.add_row(row.name, f"{row.p50:.1f}", f"{row.p99:.1f}")
    out.print(shown)
    mebibytes, seconds = weigh_tagger()
    out.print(f"\nThe tagger adds {mebibytes:.0f} MiB of memory and {seconds:.2f} s to the start.\n")
    others = plain_table("other checkers, a process a text", "ms", "lines of output")
    for name, result in measure_others().items():
        others.add_row(name, *(("not installed", "") if result is None else (f"{result[0]:.0f}", str(result[1]))))
    out.print(others)


def main() -> None:
    """Run the command `evals`."""
    run(group, "evals")
