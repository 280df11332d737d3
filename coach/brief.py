"""What the model is given in place of the raw request.

A model repeats what it has read, so it must not read the sentences that the reply must not hold. What is left of the
draft is what the seller knows and has decided, freed of its tone; what the customer wants stands there point by point.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from coach.check import READABLE, detect_language, sentence_spans
from coach.letter import Letter, split_letter
from coach.notes import begun_in_full, spelt_out
from coach.points import Point, points_of
from coach.schemas import Channel, Finding, Policy, ReplyRequest, Voice
from coach.verify import Fault, Situation, Verifier, capitalized, clauses, wanted_language

NO_DOUBT = 0.3  # of a bad draft words are kept only where nothing at all speaks against them
_TONE_WORDS = re.compile(
    r"\b(?:clearly|obviously|actually|simply|of course|as (?:i|we) (?:already )?(?:said|explained|told you)|plainly|"
    r"evidently|frankly|honestly|unfortunately|needless to say|as (?:everyone|everybody|anyone) knows|"
    r"at the end of the day|(?:just )?this once|for once|somehow|"
    r"if (?:it|that)(?:'s| is) too (?:much|hard|difficult)|if you (?:must|insist|really (?:must|want to|have to))|"
    r"as per (?:our|the|company) (?:policy|terms),?|per (?:our|the) (?:policy|terms),?)\b[ ,]*",
    re.IGNORECASE,
)
# What they might have known: "which you'd also have found in our mail".
_REPROACH = re.compile(
    r",? (?:which|as|where|that) you(?:'d| would| could| should| might)(?: \w+)? have\b[^,.;]*", re.IGNORECASE
)
_AT_YOU = re.compile(
    r"\byou(?:'d|'ve| had| have| did| should| could| would| were| chose| never| ought)?\b", re.IGNORECASE
)
_OURS = "our mistake"  # all that is said of one that cannot be told as the draft tells it
_JOINT = re.compile(
    r"^(?:but|and|so|or|yet|because|as|since|though|although|whereas)\b[ ,]*|[\s,;:\u2013\u2014-]+$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Brief:
    """All that the model knows of the case.

    Attributes:
        customer_message: What the customer wrote, without what in it only commands the model.
        policies: The policies that fit.
        facts: What the seller knows.
        notes: What the draft says that the customer needs, freed of its tone.
        refusals: What the draft refuses, and no policy allows.
        fault: Whose fault it was, as far as is known.
        mistake: The fact that shows the shop's mistake.
        points: What the reply has to say, in its order: the admission, the facts, what the draft decides, and what the
            policies say to it.
        spoken: Whether the points are put as they are said to the customer, so that they make a reply by themselves.
        letter: The draft's greeting and sign-off, for the reply to keep; the body is empty.
        channel: Where the reply will stand.
        voice: How the shop speaks.
        language: The language that the reply has to be in, as an ISO 639 code; None where that is not known.
    """

    customer_message: str
    policies: tuple[Policy, ...]
    facts: tuple[str, ...]
    notes: tuple[str, ...]
    letter: Letter
    channel: Channel
    voice: Voice
    language: str | None = None
    refusals: tuple[str, ...] = ()
    fault: Fault = "unknown"
    mistake: str | None = None
    points: tuple[Point, ...] = ()
    spoken: bool = True

    @property
    def due(self) -> tuple[Point, ...]:
        """The points that may not go unsaid."""
        return tuple(point for point in self.points if not point.aside)

    def with_policies(self, policies: Sequence[Policy]) -> "Brief":
        """The brief with some of its policies, and without what only the others say."""
        kept = {policy.id for policy in policies}
        points = tuple(point for point in self.points if point.policy is None or point.policy in kept)
        return replace(self, policies=tuple(policies), points=points)


def make_brief(
    request: ReplyRequest,
    policies: Sequence[Policy],
    draft_findings: Sequence[Finding],
    verifier: Verifier,
    situation: Situation,
) -> Brief:
    """The brief for a request: the draft's faults are taken out, and what it knows and decides is kept."""
    letter = split_letter(request.draft or "")
    notes = tuple(map(begun_in_full, _notes(request.draft or "", letter, draft_findings, verifier)))
    fault, mistake = verifier.fault(situation), verifier.mistake(situation)
    # The seller's own word for it may be said with a dig at the customer.
    tellable = mistake and (mistake in request.facts or _harmless(mistake, verifier))
    owned = _OURS if mistake or fault == "shop" else None
    aside = {(source.kind, source.id) for source in situation.set_aside}
    return Brief(
        customer_message=verifier.commands.without(request.customer_message) or request.customer_message,
        policies=tuple(policy for policy in policies if ("policy", policy.id) not in aside),
        facts=tuple(fact for i, fact in enumerate(request.facts, 1) if ("fact", str(i)) not in aside),
        notes=notes,
        letter=Letter(
            greeting=_unless_faulted(letter.greeting, draft_findings),
            body="",
            sign_off=request.voice.sign_off or _unless_faulted(letter.sign_off, draft_findings),
        ),
        channel=request.channel,
        voice=request.voice,
        language=wanted_language(situation),
        refusals=tuple(dict.fromkeys(verifier.refusals(situation))),
        fault=fault,
        mistake=mistake,
        points=tuple(points_of(situation, mistake if tellable else owned, notes, letter, verifier)),
    )


BriefMaker = Callable[[ReplyRequest, Sequence[Policy], Sequence[Finding], Verifier, Situation], Brief]


def _notes(draft: str, letter: Letter, findings: Sequence[Finding], verifier: Verifier) -> Iterator[str]:
    # The body's own sentences: in the draft the greeting and the first of them may be one.
    shift = draft.index(letter.body, draft.index(letter.greeting) + len(letter.greeting))
    spelt = spelt_out if detect_language(draft) in READABLE else str
    for start, end in sentence_spans(letter.body):
        sentence = spelt(letter.body[start:end])
        if verifier.commands.given_in(sentence):
            continue
        faulty = any(f.start < end + shift and start + shift < f.end for f in findings)
        if faulty or (findings and verifier.checker.check(sentence, doubt=NO_DOUBT).findings):
            yield from _freed(_calm(sentence), verifier)
        elif not findings or verifier.tells(sentence):
            yield from _telling(_calm(sentence), verifier) if findings else [sentence]


def _telling(sentence: str, verifier: Verifier) -> Iterator[str]:
    """A sentence of a bad draft without the clauses that tell nothing: that is where the digs are.

    One between two that tell something stays with them, where nothing speaks against it: they may lean on it.
    """
    parts = clauses(sentence)
    tells = [verifier.tells(clause) for clause in parts]
    announces = [part.endswith(":") and after for part, after in zip(parts, [*tells[1:], False], strict=True)]
    telling = [i for i in range(len(parts)) if tells[i] or announces[i]]  # "New link: https://..."
    if len(telling) == len(parts):
        yield sentence
    elif telling and all(i in telling or _harmless(parts[i], verifier) for i in range(telling[0], telling[-1])):
        yield _tidied(" ".join(parts[telling[0] : telling[-1] + 1]))
    else:
        yield from (_tidied(parts[i]) for i in telling)


def _calm(sentence: str) -> str:
    """A sentence without the words and asides that say nothing but how cross somebody is."""
    return capitalized(re.sub(r"\s+(?=[.,;!?])", "", _TONE_WORDS.sub("", _REPROACH.sub("", sentence))))


def _tidied(clause: str) -> str:
    return capitalized(_JOINT.sub("", _JOINT.sub("", _TONE_WORDS.sub("", clause).strip())))


def _freed(sentence: str, verifier: Verifier) -> Iterator[str]:
    """What a faulty sentence tells all the same: its clauses that break no rule by themselves."""
    for clause in map(_tidied, clauses(sentence)):
        if verifier.tells(clause) and _harmless(clause, verifier):
            yield clause


def _harmless(clause: str, verifier: Verifier) -> bool:
    return not _AT_YOU.search(clause) and not verifier.checker.check(clause, doubt=NO_DOUBT).findings


def _unless_faulted(part: str, findings: Sequence[Finding]) -> str:
    return "" if any(finding.quote and finding.quote in part for finding in findings) else part
