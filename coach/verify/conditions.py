"""Under which condition a policy gives something, and whether it is met: "If a piece arrives broken, we send one"."""

import re

from coach.verify.cues import Cues
from coach.verify.fault import Fault
from coach.verify.literals import Literal, literals_in
from coach.verify.situation import Situation
from coach.verify.words import capitalized, stems

# What goes on behind what is done, and is not that itself: "we mend it or refund it, your choice, and pay the postage".
_GOES_ON = r"(?:your choice|whichever|whatever|as you|no questions|free|at no|at our|and|plus|within|normally)\b"
_CONDITION = re.compile(
    r"^(?:if|when|where) (?P<condition>[^,]+?)"
    rf"(?:, (?:then )?(?!{_GOES_ON})| (?=(?:we|i) (?!.*, (?!{_GOES_ON}))))(?P<rest>.+)$",
    re.IGNORECASE,
)
# What nobody can know yet, or what lies with the customer.
_OPEN = re.compile(
    r"\b(?:not|never|no|nobody|nothing|none|only|unless|until|still|cannot|can|could|would|will|may|might|wants?|wishes|"
    r"prefers?|asks?|likes?|agrees?|rather|again|later|or)\b|n't\b",
    re.IGNORECASE,
)
# On what the condition names; not "at a time that suits you".
_LEANS = re.compile(r"\b(?:they|them|those)\b|^that\b|\b(?:of|for|to|with|do|does|is|pay|refund) that\b", re.IGNORECASE)
_LONGER = re.compile(r"\b(?:more|longer|later) than $|\bover $", re.IGNORECASE)
_WE = re.compile(r"(?:we|i) ", re.IGNORECASE)
_EVENT = "happened-"


def unconditional(sentence: str) -> str:
    """What a sentence says without the condition that it begins with."""
    found = _CONDITION.search(sentence)
    return capitalized(found["rest"]) if found else sentence


class Conditions:
    """Tells which conditions a case meets; where nothing shows it, none."""

    def __init__(self, cues: Cues) -> None:
        self._cues = cues
        self._events = [f"{_EVENT}{name}" for name in cues.names(_EVENT)]

    def applied(self, sentence: str, situation: Situation, fault: Fault) -> str:
        """A policy's sentence as it holds here: without its condition where that is met.

        Only what the shop owes for a mistake of its own is taken for met, and only where the condition names the very
        kind of mistake that the facts or the customer speak of: a promise must not outgrow what backs it.
        """
        found = _CONDITION.search(sentence)
        if not found or fault != "shop" or _LEANS.search(found["rest"]) or not self._met(found["condition"], situation):
            return sentence
        return capitalized(found["rest"])

    def _met(self, condition: str, situation: Situation) -> bool:
        if _OPEN.search(condition):
            return False
        told = [source.text for source in situation.of("fact")]
        events = [event for event in self._events if self._cues.said(event, condition)]
        if not events and not self._is_our_doing(condition, told):
            return False
        happened = all(any(self._cues.said(event, text) for text in [*told, situation.told]) for event in events)
        return happened and all(_exceeded(limit, condition, told) for limit in literals_in(condition))

    def _is_our_doing(self, condition: str, told: list[str]) -> bool:
        """Whether a condition is a mistake of the shop's, or something that it does and that the facts tell of."""
        known = frozenset[str]().union(*map(stems, told))
        return self._cues.said("our-doing", condition) or bool(_WE.match(condition) and stems(condition) <= known)


def _exceeded(limit: Literal, condition: str, told: list[str]) -> bool:
    """Whether a fact names a longer time than a condition asks for."""
    if limit.kind != "duration" or not _LONGER.search(condition[: limit.start]):
        return False
    least, unit = limit.value.split()
    spans = [literal.value.split() for text in told for literal in literals_in(text) if literal.kind == "duration"]
    return any(own == unit and float(length) > float(least) for length, own in spans)
