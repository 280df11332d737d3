"""What the coach makes of a request before any model is asked: the facts and policies that it tells, and whose fault.

Measured on requests as busy shops send them (`requests/*.jsonl`), each with what is to be told and the reply that
should have been sent, on single notes (`notes/*.jsonl`): whose doing they show, and whether they must stay in the
shop, and on sentences that a small model may make of notes (`wordings/*.jsonl`): which say the same.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Literal

import click
from pydantic import BaseModel, ConfigDict

from coach.brief import make_brief
from coach.case_reader import CaseReader
from coach.check import Checker
from coach.cli.render import out
from coach.mending import composed
from coach.schemas import Policy, ReplyRequest
from coach.verify import Situation, Verifier, situation_of
from coach.verify.words import stems
from coach.wording import wording_of
from evals.briefing.labelled_notes import lines_in, load_notes
from evals.progress import tracked
from evals.tables import plain_table

_TOLD_SHARE = 0.5  # of a fact's words: with as many in the reply it has been told, in whatever words
_FAULTS = {"ours": {"shop"}, "theirs": {"customer", "third-party"}, "unknown": {"unknown"}}


class Item(BaseModel):
    """A request, and what is to be made of it.

    Attributes:
        tell: Places of the facts that the reply should tell, from 0.
        policies_to_tell: Ids of the policies of which it should tell something.
        fault: Whose it was; "theirs" is the customer's or somebody else's.
        reply: What should have been sent.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    customer_message: str
    facts: tuple[str, ...]
    policies: tuple[Policy, ...]
    draft: str | None
    fault: Literal["ours", "theirs", "unknown"]
    tell: frozenset[int]
    policies_to_tell: frozenset[str]
    reply: str

    @property
    def request(self) -> ReplyRequest:
        """The request itself."""
        return ReplyRequest(
            customer_message=self.customer_message,
            facts=list(self.facts),
            policies=list(self.policies),
            draft=self.draft,
        )


class Wording(BaseModel):
    """A sentence that a model might make of a note.

    Attributes:
        note: The note, as it was jotted down.
        sentence: What it was made into.
        keeps: Whether that says the same, no more and no less.
        why: Why it does not.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    note: str
    sentence: str
    keeps: bool
    why: str = ""


def load_items() -> list[Item]:
    """The labelled requests, in the order of their files."""
    return [Item.model_validate_json(line) for _, line in lines_in("requests")]


def load_wordings() -> list[Wording]:
    """The labelled sentences, in the order of their files."""
    return [Wording.model_validate_json(line) for _, line in lines_in("wordings")]


@click.command("briefing")
def briefing_command() -> None:
    """Measure what is told of facts and policies, on labelled requests."""
    verifier = Verifier(Checker())
    items, counts = load_items(), Counter[tuple[str, bool]]()
    passed = 0
    for item in tracked(items, lambda item: item.id):
        situation = situation_of(item.request, item.policies, verifier.commands)
        counts.update(_told(item, situation, verifier))
        passed += verifier.verify(item.reply, situation).passed
    counts.update(_noted(verifier))
    counts.update(_worded(verifier))
    table = plain_table("what", "labelled", "share")
    for what in dict.fromkeys(what for what, _ in counts):
        labelled = counts[what, True] + counts[what, False]
        table.add_row(what, str(labelled), f"{counts[what, True] / labelled:.0%}")
    out.print(table)
    out.print(f"\n{len(items)} requests; of the replies that should have been sent {passed} pass every check.")


def _told(item: Item, situation: Situation, verifier: Verifier) -> Iterator[tuple[str, bool]]:
    """What of a request is told, beside what should be."""
    findings = verifier.verify(item.draft, situation).findings if item.draft else ()
    brief = make_brief(item.request, item.policies, findings, verifier, situation)
    said = stems(composed(brief.letter, brief).body)
    policies = {point.policy for point in brief.due}
    for place, fact in enumerate(item.facts):
        words = stems(fact)
        told = bool(words) and len(words & said) >= _TOLD_SHARE * len(words)
        yield f"fact, {'to tell' if place in item.tell else 'not to tell'}: told", told
    for policy in item.policies:
        kind = "to tell" if policy.id in item.policies_to_tell else "not to tell"
        yield f"policy, {kind}: told", policy.id in policies
    yield f"fault, {item.fault}: found", brief.fault in _FAULTS[item.fault]
    if item.fault != "ours":
        yield "fault, not ours: taken for ours", brief.fault == "shop"


def _noted(verifier: Verifier) -> Iterator[tuple[str, bool]]:
    """What is seen in single notes, of which none was trained on."""
    for note in load_notes("test"):
        if note.inward is not None:
            yield f"note, {'inward' if note.inward else 'to tell'}: left out", verifier.keeps_in(note.note)
        if note.doing == "shop":
            yield "note, the shop's doing: seen", verifier.checker.noted(note.note).doing == "shop"
        elif note.doing:
            yield "note, not the shop's doing: taken for it", verifier.checker.noted(note.note).doing == "shop"


def is_let_through(one: Wording, reader: CaseReader) -> bool:
    """Whether a model may put a note like this, however the note begins."""
    forms = {one.note, one.note[0].lower() + one.note[1:]}
    return any(wording_of(form, reader).allows(one.sentence) for form in forms)


def _worded(verifier: Verifier) -> Iterator[tuple[str, bool]]:
    """Which sentences are let through in place of their notes."""
    for one in load_wordings():
        kind = "says the same" if one.keeps else "says something else"
        yield f"sentence, {kind}: let through", is_let_through(one, verifier.reader)
