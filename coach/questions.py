"""The one thing to ask the seller, where what is known does not decide."""

import tomllib
from collections.abc import Sequence
from functools import cache

from coach.prompting import prompt_text
from coach.verify import Point, Situation, Verifier

_DECIDABLE = ("refund", "replacement", "discount", "cancel")
_TOLD_BY_FACTS = ("where", "when", "why")


def question_for(situation: Situation, verifier: Verifier) -> str | None:
    """What the seller has to say before a reply can be written; None where enough is known."""
    points = verifier.points.points(situation.customer or "")
    asked = [kind for point in points for kind in point.kinds]
    if not situation.sources:
        return _text(next((kind for kind in asked if kind in _questions()), "anything"))
    if conflict := verifier.conflict(situation):
        return _text("conflict", first=conflict[0].name, second=conflict[1].name)
    if situation.of("draft") or (situation.of("fact") and verifier.decided(situation)):
        return None
    return _undecided(situation, verifier, points, asked)


def _undecided(situation: Situation, verifier: Verifier, points: Sequence[Point], asked: Sequence[str]) -> str | None:
    """What is missing where there is no draft, and facts or policies alone."""
    conditions = verifier.depends(situation)
    if verifier.decided(situation):
        return _text("which", conditions=" - ".join(conditions)) if conditions else None
    kinds = [kind for kind in asked if kind in _DECIDABLE or (kind in _TOLD_BY_FACTS and not situation.of("fact"))]
    if kinds:
        return _text(kinds[0])
    unheard = [point.text for point in points if not verifier.speaks_of(situation, point.text)]
    return _text("asked", ask=" ".join(unheard[0].split())) if unheard else None


def _text(kind: str, **fields: str) -> str:
    return _questions()[kind].format(**fields)


@cache
def _questions() -> dict[str, str]:
    return {kind: str(text) for kind, text in tomllib.loads(prompt_text("questions.toml")).items()}
