"""Judges a reply: the product's own checks, and what the case expects. Each fault says why, and where.

A grader is a rule's id (of the reply as it leaves), `first:` and a rule's id (of what the model wrote at its first
attempt, before anything was mended), or one of `EXPECTED`. A case knows more than a check can: a fact that it says the
reply has to hold and that is not there counts under `changed-facts`, a promise that nothing backs here under
`unbacked-promise`.
"""

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from pydantic import BaseModel, ConfigDict

from coach.schemas import Commitment, Finding
from coach.verify import Verdict, Verifier, situation_of
from evals.cases import Case

EXPECTED = ("ready", "outcome", "says", "relation")
HARD = ("fauxpology", "blame", "unbacked-promise", "changed-facts")  # the rules that may block a change
FIRST = "first:"
_NEARLY = 0.9  # coached twice: at least so much of the reply stays
Promised = tuple[str, tuple[str, ...]]


class Fault(BaseModel):
    """Why a grader fails a reply.

    Attributes:
        grader: Which one.
        reason: Why, in a sentence.
        quote: The words that it is about; empty where it is about what is not there.
        start: Where they stand in the text that was judged, in code points.
        end: One past their last character.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    grader: str
    reason: str
    quote: str = ""
    start: int = 0
    end: int = 0


def promised(commitments: Iterable[Commitment]) -> tuple[Promised, ...]:
    """What some commitments bind the shop to: kinds and amounts."""
    return tuple(sorted({(c.kind, tuple(sorted(c.amounts))) for c in commitments}))


def judge(verifier: Verifier, case: Case, reply: str) -> Verdict:
    """The product's own verdict on a reply to a case, made anew from nothing but the two."""
    situation = situation_of(case.request, case.request.policies or (), verifier.commands)
    return verifier.verify(reply, situation, rules_off=case.request.rules_off)


def faults_of_rules(findings: Sequence[Finding], stage: str = "") -> Iterator[Fault]:
    """The rules that a text breaks, a fault a finding."""
    for finding in findings:
        yield Fault(
            grader=stage + finding.rule,
            reason=finding.message,
            quote=finding.quote,
            start=finding.start,
            end=finding.end,
        )


def faults_of_expectations(
    case: Case, outcome: str, reply: str | None, commitments: Sequence[Commitment]
) -> Iterator[Fault]:
    """What the case's expectations say against what came of it."""
    expect = case.expect
    if case.relation == "nothing-changes":
        return  # its draft is a reply of the coach's own: what is expected of it is that relation alone
    if outcome != expect.outcome and not (case.relation and outcome != "needs_input" != expect.outcome):
        yield Fault(grader="outcome", reason=f"It came out as {outcome}, not as {expect.outcome}.")
    for commitment in commitments:
        if commitment.kind in expect.forbids:
            yield Fault(
                grader="unbacked-promise",
                reason=f"It promises {commitment.kind}, which nothing backs here.",
                quote=commitment.quote,
                start=commitment.start,
                end=commitment.end,
            )
    if reply is not None:
        folded = " ".join(reply.split()).casefold()
        for said in expect.must_say:
            if said.casefold() not in folded:
                yield Fault(grader="changed-facts", reason=f"It lacks {said!r}.")
        for said in expect.must_not_say:
            if said.casefold() in folded:
                start = max(reply.casefold().find(said.casefold()), 0)
                yield Fault(grader="says", reason=f"It says {said!r}.", quote=said, start=start, end=start + len(said))


def fault_of_relation(
    case: Case, reply: str | None, commitments: Sequence[Promised], base_reply: str | None, base: Sequence[Promised]
) -> Fault | None:
    """Whether what must hold between a variant's reply and its family's own does not."""
    if case.relation == "same-commitments" and set(commitments) != set(base):
        more, fewer = set(commitments) - set(base), set(base) - set(commitments)
        told = [*(f"now {_named(one)}" for one in sorted(more)), *(f"no more {_named(one)}" for one in sorted(fewer))]
        return Fault(grader="relation", reason=f"The commitments differ: {', '.join(told)}.")
    if case.relation == "nothing-changes" and base_reply:
        alike = SequenceMatcher(None, base_reply.split(), (reply or "").split(), autojunk=False).ratio()
        if alike < _NEARLY:
            return Fault(grader="relation", reason=f"Coached again, only {alike:.0%} of the reply stayed.")
    return None


def _named(one: Promised) -> str:
    kind, amounts = one
    return " ".join([kind, *amounts])
