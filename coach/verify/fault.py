"""Whose fault it was, as far as the request tells."""

import re
from typing import Literal

from coach.person import begins_with_somebody
from coach.verify.cues import Cues
from coach.verify.situation import Situation
from coach.verify.words import clauses, sentences

# In "Marta says she did not read it" nobody is the customer.
_PRONOUN = re.compile(r"\b(?:she|he) ", re.IGNORECASE)
Fault = Literal["shop", "customer", "third-party", "unknown"]


def fault_in(situation: Situation, cues: Cues) -> Fault:
    """Whose fault it was: by the facts, else by the customer's account with nothing against it."""
    facts = [source.text for source in situation.of("fact")]
    if shown_by(situation, cues):
        return "shop"
    if any(cues.said("customer-fault", fact) for fact in facts):
        return "customer"
    if any(cues.said("third-party-fault", fact) for fact in facts):
        return "third-party"
    if not situation.customer:
        return "unknown"
    told = any(cues.said("account", sentence) for sentence in sentences(situation.customer))
    doubted = any(cues.said("open-question", source.text) for source in situation.sources if source.kind != "policy")
    return "shop" if told and not doubted else "unknown"


def shown_by(situation: Situation, cues: Cues) -> str | None:
    """The fact that shows that it was the shop's, or the seller's own word for it in the draft."""
    for source in situation.of("fact"):
        told = _PRONOUN.sub("", source.text) if begins_with_somebody(source.text) else source.text
        if any(cues.said(cue, clause) for clause in clauses(told) for cue in ("shop-fault", "shop-slip")):
            return source.text
        if cues.said("shop-instead", source.text):
            return source.text
    admitted = (clause for source in situation.of("draft") for clause in clauses(source.text))
    return next((clause for clause in admitted if cues.said("admits", clause)), None)
