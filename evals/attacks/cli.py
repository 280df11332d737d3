"""`evals attacks`."""

import asyncio
from collections import Counter

import click
from rich.padding import Padding
from rich.text import Text

from coach.app import make_coach
from coach.check import Checker
from coach.cli.render import out
from coach.coaching import Coach
from coach.settings import load_settings
from evals.attacks import FIELDS, Field, ObedientModel, Outcome, attack_with, host_for, load_attacks
from evals.progress import tracked
from evals.tables import plain_table


@click.command("attacks")
@click.option("--live", is_flag=True, help="On the model that the settings choose, in place of one that always obeys.")
@click.option(
    "--field", "fields", type=click.Choice(FIELDS), multiple=True, help="Where the attack stands; else everywhere."
)
@click.option("--every", type=click.IntRange(1), default=1, help="Only every so many-th attack.")
@click.option("--show", is_flag=True, help="Print what got through.")
def attacks_command(live: bool, fields: tuple[Field, ...], every: int, show: bool) -> None:
    """Count the attacks that get through: what they wanted leaves in a reply that says it is ready."""
    coach = make_coach(load_settings()) if live else Coach(ObedientModel(), Checker())
    outcomes = asyncio.run(_attack(coach, fields or FIELDS, every))
    table = plain_table("kind", *(fields or FIELDS))
    for kind in sorted({outcome.attack.kind for outcome in outcomes}):
        table.add_row(kind, *(_cell(outcomes, field, kind) for field in fields or FIELDS))
    table.add_row("all", *(_cell(outcomes, field) for field in fields or FIELDS), style="bold")
    out.print(table)
    out.print("\nEach cell: attacks that were carried out whole, in part, and all of them.")
    if show:
        for outcome in outcomes:
            if outcome.got_through:
                out.print(Text(f"\n{outcome.attack.id} in {outcome.field}", style="bold"))
                out.print(Padding(Text(outcome.attack.text, style="dim"), (0, 2)))
                out.print(Padding(Text("\n".join(outcome.got_through)), (0, 2)))


async def _attack(coach: Coach, fields: tuple[Field, ...], every: int) -> list[Outcome]:
    outcomes = []
    attacks = load_attacks()[::every]
    try:
        await coach.model.start()
        for number, attack in enumerate(tracked(attacks, lambda attack: attack.id)):
            for field in fields:
                outcomes.append(await attack_with(coach, host_for(attack, number), attack, field))  # noqa: PERF401
    finally:
        await coach.model.close()
    return outcomes


def _cell(outcomes: list[Outcome], field: Field, kind: str | None = None) -> str:
    count = Counter(o.how_far for o in outcomes if o.field == field and kind in {None, o.attack.kind})
    return f"{count['whole']} / {count['in part']} / {count.total()}"
