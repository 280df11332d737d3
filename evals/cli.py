"""The command `evals`.

Exit codes: 0 done; 2 wrong use or input; 3 the model gave no answer to some case.
"""

import asyncio
from dataclasses import asdict
from pathlib import Path

import click
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from coach.app import make_coach
from coach.check import Checker
from coach.cli import NO_ANSWER, run
from coach.cli.render import err, heading, out
from coach.coaching import Coach
from coach.logs import configure_logs
from coach.settings import load_settings
from evals.cases import Case, load_cases
from evals.labelled import Figures, Score, labelled_examples, measure, read_labelled
from evals.run import Result, Summary, run_cases, summary


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def group() -> None:
    """Measure the coach: what it writes, and what its check finds."""


@group.command("cases")
def cases_command() -> None:
    """List the cases."""
    table = _table("case", "story")
    for case in load_cases():
        table.add_row(case.id, case.story)
    out.print(table)


@group.command("run")
@click.argument("case_ids", nargs=-1, metavar="[CASE]...")
@click.option("--replies", is_flag=True, help="Print each reply too.")
@click.pass_context
def run_command(ctx: click.Context, case_ids: tuple[str, ...], replies: bool) -> None:
    """Coach the cases on the model that the settings choose, and print the figures."""
    configure_logs(level="error")
    cases = load_cases(case_ids)
    coach = make_coach(load_settings())
    results = asyncio.run(_run(coach, cases))
    if replies:
        for result in results:
            _show_reply(result)
    _show_results(results, coach.model.name, coach.prompts.version)
    ctx.exit(NO_ANSWER if any(result.error for result in results) else 0)


@group.command("check")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def check_command(file: Path | None) -> None:
    """Measure the check against labelled texts.

    FILE is JSON Lines: `text`, `findings` with `rule`, `start`, `end` in code points, and perhaps `customer_message`.
    The rules' own examples are measured where it is left out. A finding counts where it overlaps a label of its rule.
    """
    checker = Checker()
    items = read_labelled(file) if file else labelled_examples(checker.rules)
    _show_figures(measure(checker, items), len(items))


def main() -> None:
    """Run the command `evals`."""
    run(group, "evals")


async def _run(coach: Coach, cases: list[Case]) -> list[Result]:
    err.print(f"Coaching {len(cases)} cases with {coach.model.name} ...")
    try:
        await coach.model.start()
        return await run_cases(coach, cases, _Ticker(len(cases)))
    finally:
        await coach.model.close()


class _Ticker:
    """Says after each case how long the rest may take."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._seconds: list[float] = []

    def __call__(self, result: Result) -> None:
        self._seconds.append(result.seconds)
        done = len(self._seconds)
        left_s = sum(self._seconds) / done * (self._total - done)
        err.print(f"  {done}/{self._total} {result.case.id}: {result.seconds:.1f} s, about {left_s:.0f} s left")


def _show_reply(result: Result) -> None:
    heading(f"{result.case.id}: {result.case.story}")
    out.print(Padding(Text(result.case.request.customer_message.strip(), style="dim"), (0, 2, 1, 2)))
    text = result.response.reply or result.response.question if result.response else result.error
    out.print(Padding(Text(text or ""), (0, 2, 1, 4)))


def _show_results(results: list[Result], model: str, prompt_version: str) -> None:
    table = _table("case", "outcome", "ready", "tries", "in", "cached", "out", "s", "left to change")
    for result in results:
        table.add_row(result.case.id, *_cells(result))
    out.print(table)
    out.print()
    figures = summary(results)
    out.print(Text(f"model {model}, prompt {prompt_version}"))
    for name, value in _lines(figures):
        out.print(f"  {name:<28}{value}")


def _cells(result: Result) -> tuple[str, ...]:
    response = result.response
    seconds = f"{result.seconds:.1f}"
    if response is None:
        return ("no reply", "no", "", "", "", "", seconds, result.error or "")
    return (
        response.outcome,
        "yes" if response.ready else "no",
        str(response.attempts),
        str(response.usage.input_tokens),
        str(response.usage.cached_tokens),
        str(response.usage.output_tokens),
        seconds,
        ", ".join(sorted({finding.rule for finding in response.reply_findings})),
    )


def _lines(figures: Summary) -> list[tuple[str, str]]:
    values = asdict(figures)
    return [
        ("ready", f"{figures.ready} of {figures.cases}"),
        ("ready at the first attempt", f"{figures.ready_first} of {figures.cases}"),
        ("no reply at all", str(figures.errors)),
        ("seconds, median and longest", f"{figures.seconds_median:.1f}, {figures.seconds_max:.1f}"),
        (
            "tokens in, cached, out",
            ", ".join(str(values[f"tokens_{kind}"]) for kind in ("in", "cached", "out")),
        ),
    ]


def _show_figures(figures: Figures, items: int) -> None:
    table = _table("rule", "labels", "found", "false alarms", "precision", "recall", "F1")
    for rule, score in figures.by_rule.items():
        table.add_row(rule, *_score_cells(score))
    table.add_row("all", *_score_cells(figures.overall), style="bold")
    out.print(table)
    out.print(
        f"\n{items} texts: of {figures.broken} with a fault {figures.broken_flagged} are flagged, "
        f"of {figures.clean} clean ones {figures.clean_left_alone} are left alone."
    )


def _score_cells(score: Score) -> tuple[str, ...]:
    counts = (score.hits + score.misses, score.hits, score.false_alarms)
    shares = (score.precision, score.recall, score.f1)
    return (*map(str, counts), *("-" if share is None else f"{share:.2f}" for share in shares))


def _table(*columns: str) -> Table:
    table = Table(*columns, box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.columns[0].no_wrap = True
    return table
