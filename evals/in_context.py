"""How well the rules that judge a whole reply find what people have labelled in replies with their context.

The rules were written against `replies_in_context/dev.toml`; `test.toml` was written apart and is only measured.
"""

import tomllib
from collections import Counter
from importlib.resources import files

import click
from pydantic import BaseModel, ConfigDict

from coach.check import Checker
from coach.cli.render import out
from coach.schemas import Policy
from coach.verify import Situation, Verifier, sources_of
from evals.labelled import Score
from evals.progress import tracked
from evals.tables import plain_table, score_cells

RULES = ("no-ownership", "no-next-step", "unbacked-promise", "unanswered", "changed-facts")


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LabelledCommitment(_Entry):
    """Something that a reply binds the shop to."""

    kind: str
    quote: str
    backed: bool


class LabelledReply(_Entry):
    """A reply, and the rules about the whole reply that it breaks."""

    text: str
    breaks: frozenset[str]
    commitments: tuple[LabelledCommitment, ...] = ()


class Item(_Entry):
    """A complaint with its context, and replies to it."""

    id: str
    customer: str
    draft: str | None = None
    facts: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    reply: tuple[LabelledReply, ...]

    @property
    def situation(self) -> Situation:
        """What the replies have to be true to."""
        policies = [Policy(id=str(number), text=text) for number, text in enumerate(self.policies, 1)]
        return Situation(self.customer, sources_of(policies, self.facts, self.draft))


def load_items(part: str) -> list[Item]:
    """The items of a part: `dev` or `test`."""
    text = (files("evals") / "replies_in_context" / f"{part}.toml").read_text(encoding="utf-8")
    return [Item.model_validate(item) for item in tomllib.loads(text)["item"]]


@click.command("in-context")
@click.argument("part", type=click.Choice(["dev", "test"]), default="test")
def in_context_command(part: str) -> None:
    """Measure the rules about the whole reply on labelled replies with their context."""
    verifier = Verifier(Checker())
    items = load_items(part)
    counts: Counter[tuple[str, str]] = Counter()
    for item in tracked(items, lambda item: item.id):
        for reply in item.reply:
            found = {finding.rule for finding in verifier.verify(reply.text, item.situation).findings} & set(RULES)
            for rule in RULES:
                counts[rule, _kind(rule in found, rule in reply.breaks)] += 1
            counts["any", _kind(bool(found), bool(reply.breaks))] += 1
    table = plain_table("rule", "labels", "found", "false alarms", "precision", "recall", "F1")
    for rule in (*RULES, "any"):
        score = Score(counts[rule, "hit"], counts[rule, "miss"], counts[rule, "false alarm"])
        table.add_row(rule, *score_cells(score))
    out.print(table)
    fit = counts["any", "right"] + counts["any", "false alarm"]
    out.print(f"\n{len(items)} complaints; of {fit} fit replies {counts['any', 'right']} pass these rules.")


def _kind(found: bool, labelled: bool) -> str:
    if labelled:
        return "hit" if found else "miss"
    return "false alarm" if found else "right"
