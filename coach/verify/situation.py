"""What a reply must be true to: one request, read once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal as OneOf

from coach.check import sentence_spans
from coach.letter import split_letter
from coach.notes import DAYS
from coach.person import NO_NAMES
from coach.schemas import Channel, Policy, ReplyRequest
from coach.verify.cues import Cues
from coach.verify.literals import MONTHS, Literal, literals_in, spans_between, values_in
from coach.verify.words import sentences, stems

_WE = re.compile(r"\b(?:we|our|us|i|my|me)\b", re.IGNORECASE)
# A policy that keeps names to the shop, and a name in the middle of a sentence.
_KEEPS_NAMES = re.compile(
    r"\b(?:no|not|never)\b[^.;]{0,40}\bnames?\b|\bnames?\b[^.;]{0,30}\b(?:not|never)\b", re.IGNORECASE
)
_INNER_NAME = re.compile(rf"(?<=[a-z,;] )(?!(?:{DAYS})day|{NO_NAMES})[A-Z][a-z]{{2,}}\b")
_MAX_DIGITS = 12
_MAX_SUMS = 20  # more are a price list, and anything would follow
SourceKind = OneOf["policy", "fact", "draft"]


@dataclass(frozen=True, slots=True)
class Source:
    """Something that the shop has said, and may be held to.

    Attributes:
        kind: What it is.
        id: The policy's id, the fact's number from 1, or nothing.
        text: Its words.
        title: A policy's title.
    """

    kind: SourceKind
    id: str
    text: str
    title: str = ""

    @property
    def name(self) -> str:
        """What people call it."""
        return {"policy": f'the policy "{self.id}"', "fact": f"fact {self.id}", "draft": "the draft"}[self.kind]


@dataclass(frozen=True)
class Situation:
    """What is known when a reply is judged.

    Attributes:
        customer: What the customer wrote; None where that is not known, and nothing can be asked of the reply.
        sources: Policies, facts and the draft. What only commands the model is not among them.
        channel: Where the reply will stand.
        language: The language that the reply has to be in, as an ISO 639 code; None where any will do.
        max_words: How long it may be.
        sign_off: The sign-off that it ends with.
        to_keep: What of the draft has to survive: its links, numbers and addresses.
        customer_told: The customer's message without what in it commands the model.
        set_aside: Policies and facts that command the model instead of telling something.
    """

    customer: str | None
    sources: tuple[Source, ...]
    channel: Channel = "email"
    language: str | None = None
    max_words: int | None = None
    sign_off: str = ""
    set_aside: tuple[Source, ...] = ()
    to_keep: str = ""
    customer_told: str | None = None

    @property
    def told(self) -> str:
        """What the customer has told, commands to the model aside."""
        return (self.customer or "") if self.customer_told is None else self.customer_told

    @property
    def commanded(self) -> bool:
        """Whether anything in the request commands the model: then nothing is taken for mere kindness."""
        return bool(self.set_aside) or self.told != (self.customer or "")

    @cached_property
    def shop_text(self) -> str:
        """Everything that the shop has said."""
        return "\n".join(f"{source.title}\n{source.text}" for source in self.sources)

    @cached_property
    def everything(self) -> str:
        """Everything that anybody has said."""
        return f"{self.told}\n{self.shop_text}\n{self.sign_off}"

    @cached_property
    def shop_values(self) -> frozenset[str]:
        """The literals that the shop has said."""
        return values_in(self.shop_text)

    @cached_property
    def known_values(self) -> frozenset[str]:
        """The literals that anybody has said."""
        return self.shop_values | values_in(self.everything)

    @cached_property
    def shop_stems(self) -> frozenset[str]:
        """The words that the shop has used, its name under its letters among them."""
        return stems(f"{self.shop_text}\n{self.sign_off}")

    @cached_property
    def customer_stems(self) -> frozenset[str]:
        """The words that the customer has used, commands to the model aside."""
        return stems(self.told)

    @cached_property
    def case_stems(self) -> frozenset[str]:
        """What the case is about, in stems: all but the policies, which also speak of other cases."""
        told = [source.text for source in self.sources if source.kind != "policy"]
        return stems("\n".join([self.customer or "", *told]))

    @cached_property
    def kept_names(self) -> tuple[str, ...]:
        """The names that a policy keeps to the shop, and that neither the customer nor a policy has."""
        policies = [source.text for source in self.of("policy")]
        if not any(_KEEPS_NAMES.search(text) for text in policies):
            return ()
        known = "\n".join([self.told, *policies])
        inside = (source.text for source in self.sources if source.kind != "policy")
        names = (name for text in inside for name in _INNER_NAME.findall(split_letter(text).body))
        return tuple(name for name in dict.fromkeys(names) if name not in known)

    @cached_property
    def bare_numbers(self) -> set[str]:
        """Numbers that stand by themselves, without a unit or a currency."""
        return {literal.value for literal in literals_in(self.everything) if literal.kind == "number"}

    @cached_property
    def sums_that_follow(self) -> set[Decimal]:
        """What sums come to when the shop's own words are worked out: a half, a share, a difference, a multiple."""
        numbers = {literal.value for literal in literals_in(self.everything) if literal.kind in {"sum", "number"}}
        sums = {Decimal(value.split()[0]) for value in numbers if len(value) < _MAX_DIGITS}
        if len(sums) > _MAX_SUMS:
            return set()
        shares = [Decimal(v[:-1]) / 100 for v in self.shop_values if v.endswith("%")]
        shares += [Decimal("0.5")] if "half" in self.shop_text.lower() else []
        counts = [Decimal(n) for n in range(2, 13) if str(n) in self.known_values]
        follow = {a * share for a in sums for share in shares} | {a * (1 - share) for a in sums for share in shares}
        follow |= {a - b for a in sums for b in sums if a > b} | {a * n for a in sums for n in counts}
        return follow | {a * share * n for a in sums for share in shares for n in counts}

    @cached_property
    def spans_that_follow(self) -> frozenset[str]:
        """What lies between the dates, the days of a week and the times that anybody has named."""
        return spans_between(literals_in(self.everything))

    def follows(self, literal: Literal) -> bool:
        """Whether a sum, a date or a span of time is what comes of those that have been named."""
        match literal.kind:
            case "sum":
                return Decimal(literal.value.split()[0]) in self.sums_that_follow
            case "date":
                return self._is_date(literal)
            case "duration":
                return literal.value in self.spans_that_follow
            case _:
                return False

    def _is_date(self, date: Literal) -> bool:
        """Whether somebody has named a date as "7/2", or its month and, apart from it, its day: "June 2 and 9"."""
        day, _, month = date.value.partition(" ")
        if month not in MONTHS:
            return False
        number = MONTHS.index(month) + 1
        numeric = {f"{day}/{number}", f"{number}/{day}", f"{day}.{number}", f"{number}-{day}"}
        of_month = any(value.endswith(f" {month}") for value in self.known_values)
        return bool(numeric & self.known_values) or (of_month and day in self.bare_numbers)

    def of(self, kind: SourceKind) -> list[Source]:
        """The sources of a kind."""
        return [source for source in self.sources if source.kind == kind]

    @cached_property
    def source_sentences(self) -> list[tuple[Source, str]]:
        """The sources, sentence by sentence."""
        return [(source, sentence) for source in self.sources for sentence in sentences(source.text)]


class Commands:
    """Tells what speaks to the model from what tells it something."""

    def __init__(self, cues: Cues) -> None:
        self._cues = cues

    def given_in(self, text: str) -> bool:
        """Whether a text commands the model."""
        return self._cues.said("commands", text) or self._cues.said("commands-elsewhere", text)

    def ordered_in(self, text: str) -> bool:
        """Whether a fact or a policy orders instead of telling: then somebody else may have written it."""
        # "We tell the customer" says what the shop does.
        return self.given_in(text) or any(
            self._cues.said("orders", sentence) and not _WE.search(sentence) for sentence in sentences(text)
        )

    def without(self, text: str) -> str:
        """A text without the sentences that command the model; what they are wrapped in goes with them."""
        spans = sentence_spans(text)
        told = [not self.ordered_in(text[start:end]) for start, end in spans]
        if all(told):
            return "" if self.given_in(text) else text
        return " ".join(text[start:end] for (start, end), tells in zip(spans, told, strict=True) if tells)


def sources_of(policies: Sequence[Policy], facts: Sequence[str], draft: str | None) -> tuple[Source, ...]:
    """What the shop has said, in the order in which it counts."""
    return (
        *(Source("policy", policy.id, policy.text, policy.title) for policy in policies),
        *(Source("fact", str(number), fact) for number, fact in enumerate(facts, 1)),
        *([Source("draft", "", draft)] if draft else []),
    )


def situation_of(request: ReplyRequest, policies: Sequence[Policy], commands: Commands) -> Situation:
    """The situation that a request describes, without what only commands the model."""
    sources = sources_of(policies, request.facts, commands.without(request.draft or ""))
    orders = [commands.ordered_in(f"{source.title}\n{source.text}") for source in sources]
    return Situation(
        request.customer_message,
        tuple(source for source, orders_us in zip(sources, orders, strict=True) if not orders_us),
        set_aside=tuple(source for source, orders_us in zip(sources, orders, strict=True) if orders_us),
        channel=request.channel,
        customer_told=commands.without(request.customer_message),
        language=request.voice.language,
        max_words=request.voice.max_words,
        sign_off=request.voice.sign_off or "",
    )
