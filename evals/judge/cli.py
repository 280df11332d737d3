"""`evals judge`."""

import asyncio
import random
from pathlib import Path

import click

from coach.app import model_for
from coach.cli.render import out
from coach.errors import InputError
from coach.model import Model
from coach.rules import Rule, catalogue
from coach.settings import load_settings
from evals.cases import load_cases
from evals.judge import Calibration, Interval, Judgement, calibration, judge
from evals.labelled import Labelled, labelled_examples, read_labelled
from evals.progress import tracked
from evals.results import read_results
from evals.run_cli import LAST_RUN
from evals.tables import plain_table
from evals.variants import with_variants

_SEED = 0


@click.group("judge")
def judge_group() -> None:
    """Ask a model's opinion of the replies. It advises, and never blocks; calibrate it before you believe it."""


@judge_group.command("calibrate")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="Only this rule; may be repeated.")
@click.option("--texts", type=click.IntRange(2), default=20, show_default=True, help="How many texts a rule.")
def calibrate_command(file: Path | None, rules: tuple[str, ...], texts: int) -> None:
    """Measure the judge against labels: FILE in JSON Lines, or else the rules' own examples.

    For each rule half of the texts break it, as far as there are as many.
    """
    chosen = _chosen(rules)
    items = list(read_labelled(file)) if file else list(labelled_examples(catalogue()))
    table = plain_table("rule", "judged", "invalid", "kappa", "found (95 %)", "spared (95 %)")
    for rule, result in asyncio.run(_calibrate(chosen, items, texts)):
        table.add_row(
            rule.id,
            str(result.judged),
            str(result.invalid),
            "-" if result.kappa is None else f"{result.kappa:.2f}",
            _shown(result.found, result.found_interval),
            _shown(result.spared, result.spared_interval),
        )
    out.print(table)


@judge_group.command("run")
@click.option("--rule", "rules", multiple=True, required=True, metavar="RULE", help="May be repeated.")
@click.option("--calibration-texts", type=click.IntRange(2), default=20, show_default=True)
def run_command(rules: tuple[str, ...], calibration_texts: int) -> None:
    """Ask about each reply of the last run; prints the share that is called broken, and what it stands for."""
    if not LAST_RUN.is_file():
        raise InputError(f"There are no results at {LAST_RUN}: make some with 'evals run'.")
    messages = {case.id: case.request.customer_message for case in with_variants(load_cases())}
    rows = [row for row in read_results(str(LAST_RUN), LAST_RUN).measured if "reply" in row.graded]
    replies = [Labelled(text=row.reply or "", customer_message=messages.get(row.case)) for row in rows]
    table = plain_table("rule", "replies", "invalid", "called broken", "corrected")
    for rule, judged, trusted in asyncio.run(_judge(_chosen(rules), replies, calibration_texts)):
        valid = [one for one in judged if one.opinion != "invalid"]
        share = sum(one.opinion == "broken" for one in valid) / max(len(valid), 1)
        corrected = trusted.corrected(share)
        told = "no better than chance" if corrected is None else f"{corrected:.0%}"
        table.add_row(rule.id, str(len(judged)), str(len(judged) - len(valid)), f"{share:.0%}", told)
    out.print(table)
    out.print("\nA judge's opinion: it blocks nothing.")


async def _calibrate(rules: list[Rule], items: list[Labelled], texts: int) -> list[tuple[Rule, Calibration]]:
    model = model_for(load_settings())
    try:
        await model.start()
        return [(rule, await _calibration(model, rule, items, texts)) for rule in rules]
    finally:
        await model.close()


async def _judge(
    rules: list[Rule], replies: list[Labelled], texts: int
) -> list[tuple[Rule, list[Judgement], Calibration]]:
    model = model_for(load_settings())
    examples = list(labelled_examples(catalogue()))
    judged = []
    try:
        await model.start()
        for rule in rules:
            opinions = await _opinions(model, rule, replies)
            judged.append((rule, opinions, await _calibration(model, rule, examples, texts)))
    finally:
        await model.close()
    return judged


async def _calibration(model: Model, rule: Rule, items: list[Labelled], texts: int) -> Calibration:
    dice = random.Random(_SEED)  # noqa: S311  nothing secret hangs on it
    broken = [item for item in items if any(label.rule == rule.id for label in item.findings)]
    fine = [item for item in items if all(label.rule != rule.id for label in item.findings)]
    some = dice.sample(broken, min(texts // 2, len(broken)))
    chosen = [*some, *dice.sample(fine, min(texts - len(some), len(fine)))]
    return calibration([item in some for item in chosen], await _opinions(model, rule, chosen))


async def _opinions(model: Model, rule: Rule, texts: list[Labelled]) -> list[Judgement]:
    some = tracked(texts, lambda _text: rule.id)
    return [await judge(model, rule, text.customer_message or "", text.text) for text in some]


def _chosen(rules: tuple[str, ...]) -> list[Rule]:
    known = catalogue()
    if unknown := [rule for rule in rules if rule not in known.about_words]:
        raise InputError(f"The judge knows no rule {', '.join(unknown)}; it knows {', '.join(known.about_words)}.")
    return [known[rule] for rule in rules or known.about_words]


def _shown(share: float | None, interval: Interval | None) -> str:
    if share is None or interval is None:
        return "-"
    return f"{share:.2f} ({interval[0]:.2f} to {interval[1]:.2f})"
