"""What the model is given in place of the raw request.

The draft's faults are taken out first: a model repeats what it has read, so it must not read the sentences that the
reply must not hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from coach.check import sentence_spans
from coach.letter import Letter, split_letter
from coach.schemas import Channel, Finding, Policy, ReplyRequest, Voice


@dataclass(frozen=True, slots=True)
class Brief:
    """All that the model knows of the case.

    Attributes:
        customer_message: What the customer wrote.
        policies: The policies that fit.
        facts: What the seller knows.
        notes: The draft's sentences that break no rule, greeting and sign-off aside.
        letter: The draft's greeting and sign-off, for the reply to keep; the body is empty.
        channel: Where the reply will stand.
        voice: How the shop speaks.
    """

    customer_message: str
    policies: tuple[Policy, ...]
    facts: tuple[str, ...]
    notes: tuple[str, ...]
    letter: Letter
    channel: Channel
    voice: Voice


def make_brief(request: ReplyRequest, policies: Sequence[Policy], draft_findings: Sequence[Finding]) -> Brief:
    """The brief for a request, with the draft freed of every sentence that carries a finding."""
    letter = split_letter(request.draft or "")
    return Brief(
        customer_message=request.customer_message,
        policies=tuple(policies),
        facts=tuple(request.facts),
        notes=tuple(_notes(request.draft or "", letter, draft_findings)),
        letter=Letter(
            greeting=_unless_faulted(letter.greeting, draft_findings),
            body="",
            sign_off=request.voice.sign_off or _unless_faulted(letter.sign_off, draft_findings),
        ),
        channel=request.channel,
        voice=request.voice,
    )


def _notes(draft: str, letter: Letter, findings: Sequence[Finding]) -> list[str]:
    # The body's own sentences: in the draft the greeting and the first of them may be one.
    shift = draft.index(letter.body, draft.index(letter.greeting) + len(letter.greeting))
    return [
        letter.body[start:end]
        for start, end in sentence_spans(letter.body)
        if not any(f.start < end + shift and start + shift < f.end for f in findings)
    ]


def _unless_faulted(part: str, findings: Sequence[Finding]) -> str:
    return "" if any(finding.quote in part for finding in findings) else part
