"""`evals selftest`."""

import click
from rich.padding import Padding
from rich.text import Text

from coach.check import Checker
from coach.cli.render import out
from coach.prompting import load_prompts
from coach.verify import Verifier
from evals.cases import load_cases
from evals.selftest import (
    LEAST_CAUGHT,
    MOST_ALARMS_AA,
    MOST_FALSE_ALARMS,
    RECORDED,
    Selftest,
    by_rule,
    recorded_against_base,
)
from evals.tables import plain_table

_CHANCE_RUNS = 100


@click.command("selftest")
@click.option("--show", is_flag=True, help="Print what was missed, and each false alarm.")
@click.pass_context
def selftest_command(ctx: click.Context, show: bool) -> None:
    """Grade the graders: planted faults, harmless edits, coaches that are no good, and chance.

    Exits with 1 where fewer than 95 % of the planted faults are caught, more than 2 % of the harmless edits raise an
    alarm, a saboteur passes, the golden coach does not, chance alone alarms more than once in twenty, the same prompt
    recorded twice is called worse, or a prompt made worse on purpose is not.
    """
    verifier = Verifier(Checker(), secret=load_prompts().secret)
    selftest = Selftest(verifier, load_cases())
    failures = [
        *_golden(selftest),
        *_planted(selftest, show=show),
        *_harmless(selftest, show=show),
        *_saboteurs(selftest),
        *_chance(selftest),
        *_recorded(),
    ]
    out.print()
    for failure in failures:
        out.print(Text(f"FAILS: {failure}", style="bold"))
    if not failures:
        out.print(Text("The graders can be trusted.", style="bold"))
    ctx.exit(1 if failures else 0)


def _golden(selftest: Selftest) -> list[str]:
    failing = selftest.golden_failures()
    for case, faults in failing.items():
        out.print(Text(f"golden reply of {case}: " + "; ".join(f"{f.grader}: {f.reason} {f.quote}" for f in faults)))
    return [f"{len(failing)} golden replies do not pass"] if failing else []


def _planted(selftest: Selftest, *, show: bool) -> list[str]:
    planted = list(selftest.planted())
    table = plain_table("planted fault", "planted", "caught", "by its own name")
    for rule, ones in [*by_rule(planted).items(), ("all", planted)]:
        caught, named = sum(one.caught for one in ones), sum(one.by_name for one in ones)
        table.add_row(rule, str(len(ones)), f"{caught / len(ones):.1%}", f"{named / len(ones):.1%}")
    out.print(table)
    if show:
        for one in planted:
            if not one.caught:
                out.print(Text(f"missed: {one.rule} in {one.case}"))
                out.print(Padding(Text(one.reply, style="dim"), (0, 2, 1, 2)))
    recall = sum(one.caught for one in planted) / len(planted)
    return [f"{recall:.1%} of the planted faults are caught"] if recall < LEAST_CAUGHT else []


def _harmless(selftest: Selftest, *, show: bool) -> list[str]:
    edits = list(selftest.harmless())
    table = plain_table("harmless edit", "replies", "false alarms")
    for name in [*dict.fromkeys(one.edit for one in edits), "all"]:
        ones = [one for one in edits if name in {one.edit, "all"}]
        table.add_row(name, str(len(ones)), str(sum(bool(one.alarms) for one in ones)))
    out.print()
    out.print(table)
    if show:
        for one in edits:
            for fault in one.alarms:
                out.print(Text(f"alarm: {one.edit} in {one.case}: {fault.grader}: {fault.reason} {fault.quote}"))
    share = sum(bool(one.alarms) for one in edits) / len(edits)
    return [f"{share:.1%} of the harmless edits raise an alarm"] if share > MOST_FALSE_ALARMS else []


def _saboteurs(selftest: Selftest) -> list[str]:
    table = plain_table("coach", "verdict", "worse in")
    failures = []
    for one in selftest.saboteurs():
        table.add_row(one.name, one.comparison.verdict, ", ".join(one.worse_in))
        if one.name == "golden" and one.comparison.verdict != "pass":
            failures.append("the golden coach does not pass against itself")
        if one.name != "golden" and one.comparison.verdict != "worse":
            failures.append(f"the coach that {one.name} gets through")
    out.print()
    out.print(table)
    return failures


def _chance(selftest: Selftest) -> list[str]:
    table = plain_table("drop in one hard rule", "runs called worse")
    alarms = selftest.alarms_of_chance(0.0, _CHANCE_RUNS)
    table.add_row("none (A against A)", f"{alarms:.0%}")
    for drop in (0.05, 0.1, 0.2):
        table.add_row(f"{drop:.0%}", f"{selftest.alarms_of_chance(drop, _CHANCE_RUNS // 2):.0%}")
    out.print()
    out.print(table)
    return [f"A against A alarms in {alarms:.0%} of runs"] if alarms > MOST_ALARMS_AA else []


def _recorded() -> list[str]:
    table = plain_table("recorded with a model", "pairs", "verdict", "may block")
    failures = []
    for name, (what, is_worse) in RECORDED.items():
        comparison = recorded_against_base(name)
        blocking = [change.grader for change in comparison.changes if change.blocks]
        table.add_row(what, str(comparison.pairs), comparison.verdict, ", ".join(blocking))
        if bool(blocking) != is_worse:
            failures.append(f"{what}: {'not ' if is_worse else ''}called worse")
    out.print()
    out.print(table)
    return failures
