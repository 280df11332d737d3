"""The seam for whatever finds faults in a text: patterns today, a tagger that reads meaning beside them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from coach.check.language import UNKNOWN
from coach.schemas import Severity

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """A text as a detector gets it.

    Attributes:
        text: The text as it was typed.
        sentences: Where its sentences stand, in code points.
        quoted: Stretches that are somebody else's words: no fault is found inside them.
        customer_message: What the text answers, where that is known.
        language: The text's language as an ISO 639 code, or `und`.
        doubt: From which share of its threshold on a suspicion counts. To say that a text is good takes more than to
            say that nothing is surely wrong with it: then the share is less than 1.
    """

    text: str
    sentences: tuple[Span, ...]
    quoted: tuple[Span, ...] = ()
    customer_message: str | None = None
    language: str = UNKNOWN
    doubt: float = 1.0

    def is_quoted(self, start: int, end: int) -> bool:
        """Whether a stretch lies wholly inside somebody else's words."""
        return any(quote_start <= start and end <= quote_end for quote_start, quote_end in self.quoted)


@dataclass(frozen=True, slots=True)
class Hit:
    """A stretch of a passage that breaks a rule.

    Attributes:
        rule: The rule's id.
        start: First code point.
        end: One past the last code point.
        suggestion: What can stand in its place; None where no local change will do.
        severity: How sure the detector is; the rule's own severity where left out.
        message: What is wrong, to the point; the rule's own message where left out.
    """

    rule: str
    start: int
    end: int
    suggestion: str | None = None
    severity: Severity | None = None
    message: str | None = None


class Detector(Protocol):
    """Finds faults. The same passage must always give the same hits."""

    @property
    def name(self) -> str:
        """What findings call it."""
        ...

    def detect(self, passage: Passage) -> Iterable[Hit]:
        """All faults that it sees outside of what is quoted, in any order, overlapping ones too."""
        ...
