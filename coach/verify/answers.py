"""What the customer asks, point by point, and whether a reply answers it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from coach.verify.cues import Cues
from coach.verify.words import sentences, stems

_MIN_STEMS = 2
# Words of a question that say nothing of what it is about.
_IDLE = stems(
    "please answer tell know help want need thing going something anything possible order really like think make get"
)


@dataclass(frozen=True, slots=True)
class Point:
    """Something that the customer asks.

    Attributes:
        text: The customer's sentence.
        kinds: What kind of thing is asked: `refund`, `when`...; none where it is none that the rule knows.
    """

    text: str
    kinds: tuple[str, ...]


class Points:
    """Reads the customer's points."""

    def __init__(self, cues: Cues) -> None:
        self._cues = cues
        self.points = lru_cache(512)(self._points)

    def unanswered(self, reply: str, customer: str) -> Iterator[Point]:
        """The points that a reply says nothing to."""
        said = stems(reply)
        for point in self.points(customer):
            if point.kinds:
                answered = any(self._cues.said(f"answers-{kind}", reply) for kind in point.kinds)
            else:
                asked = stems(point.text) - _IDLE
                answered = len(asked) < _MIN_STEMS or bool(asked & said) or not point.text.rstrip().endswith("?")
            if not answered:
                yield point

    def _points(self, customer: str) -> tuple[Point, ...]:
        points = []
        for sentence in sentences(customer):
            kinds = tuple(kind for kind in self._cues.names("asks-") if self._cues.said(f"asks-{kind}", sentence))
            asks = "?" in sentence and not self._cues.said("rhetorical", sentence)
            if asks or (kinds and "?" not in sentence and self._cues.said("demands", sentence)):
                points.append(Point(sentence, kinds))
        return tuple(points)
