"""The command `evals`.

Exit codes: 0 done; 2 wrong use or input; 3 the model gave no answer to some case.
"""

import asyncio
from dataclasses import asdict
from pathlib import Path

import click
from rich.padding import Padding
from rich.text import Text

from coach.app import make_coach
from coach.check import Checker
from coach.cli import NO_ANSWER, run
from coach.cli.render import err, heading, out
from coach.coaching import Coach
from coach.logs import configure_logs
from coach.settings import load_settings
from evals.attacks.cli import attacks_command
from evals.bare import bare_command
from evals.bench_check import measure_check, measure_others, weigh_tagger
from evals.briefs import BRIEFS
from evals.cases import Case, load_cases
from evals.in_context import in_context_command
from evals.labelled import labelled_examples, measure, read_labelled
from evals.run import Result, Summary, run_cases, summary
from evals.tables import plain_table, show_figures
from evals.tagger.cli import group as tagger_group


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def group() -> None:
    """Measure the coach: what it writes, and what its check finds."""


group.add_command(tagger_group)
group.add_command(attacks_command)
group.add_command(bare_command)
group.add_command(in_context_command)


@group.command("cases")
def cases_command() -> None:
    """List the cases."""
    table = plain_table("case", "story")
    for case in load_cases():
        table.add_row(case.id, case.story)
    out.print(table)


@group.command("run")
@click.argument("case_ids", nargs=-1, metavar="[CASE]...")
@click.option("--replies", is_flag=True, help="Print each reply too.")
@click.option("--brief", type=click.Choice(list(BRIEFS)), default="points", help="What the model is told of the draft.")
@click.pass_context
def run_command(ctx: click.Context, case_ids: tuple[str, ...], replies: bool, brief: str) -> None:
    """Coach the cases on the model that the settings choose, and print the figures."""
    configure_logs(level="error")
    cases = load_cases(case_ids)
    coach = make_coach(load_settings())
    coach.brief_of = BRIEFS[brief]
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
    table = plain_table("case", "outcome", "ready", "tries", "s", "left to change")
    for result in results:
        table.add_row(result.case.id, *_cells(result))
    out.print(table)
    out.print()
    for result in results:
        if result.wrong:
            out.print(Text(f"{result.case.id} is not as expected: {'; '.join(result.wrong)}"))
    out.print()
    figures = summary(results)
    out.print(Text(f"model {model}, prompt {prompt_version}"))
    for name, value in _lines(figures):
        out.print(f"  {name:<28}{value}")


def _cells(result: Result) -> tuple[str, ...]:
    response = result.response
    seconds = f"{result.seconds:.1f}"
    if response is None:
        return ("no reply", "no", "", seconds, result.error or "")
    return (
        response.outcome,
        "yes" if response.ready else "no",
        str(response.attempts),
        seconds,
        ", ".join(sorted({finding.rule for finding in response.reply_findings})),
    )


def _lines(figures: Summary) -> list[tuple[str, str]]:
    values = asdict(figures)
    return [
        ("ready", f"{figures.ready} of {figures.cases}"),
        ("ready at the first attempt", f"{figures.ready_first} of {figures.cases}"),
        ("as the case expects", f"{figures.as_expected} of {figures.cases}"),
        ("no reply at all", str(figures.errors)),
        ("attempts", str(figures.attempts)),
        ("seconds to a first sentence", f"{figures.first_sentence_median:.1f}"),
        ("seconds, median and longest", f"{figures.seconds_median:.1f}, {figures.seconds_max:.1f}"),
        (
            "tokens in, cached, out",
            ", ".join(str(values[f"tokens_{kind}"]) for kind in ("in", "cached", "out")),
        ),
        ("caught in attempts", ", ".join(f"{rule} {count}" for rule, count in figures.caught.items()) or "nothing"),
    ]
