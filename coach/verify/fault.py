"""Whose fault it was, as far as the request tells."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from coach.letter import split_letter
from coach.person import begins_with_somebody
from coach.verify.cues import Cues
from coach.verify.situation import Situation
from coach.verify.words import clauses, sentences, stems

# In "Marta says she did not read it" nobody is the customer.
_PRONOUN = re.compile(r"\b(?:she|he) ", re.IGNORECASE)
# That it was ours, and not what it was: "ok thats our fault", "oh no my bad!".
_BARE = re.compile(
    r"(?:(?:ok|okay|oh|no|yes|yeah|(?:so )?sorry|and|but|so)[,!.]? )*"
    r"(?:(?:that|this|it)(?: one)?(?:'?s| is| was) )?(?:all |entirely |totally |completely )?"
    r"(?:(?:our|my) (?:own )?(?:mistake|bad|error|fault|slip|oversight)|on me)(?:[\s,;:.!]+|$)",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"(?:and |because |as )?(?P<what>(?:we|i|our \w+|my \w+|the \w+)(?:'ve)? (?!(?:will|can|could|'ll)\b).*)",
    re.IGNORECASE | re.DOTALL,
)
# The same behind what it was: "the ring in the box was a 9 - our mix-up".
_BARE_BEHIND = re.compile(
    r"(?:,| -| \u2013| \u2014|;|\.) ?(?:(?:this|that|it)(?:'s| is| was) )?(?:all |entirely )?"
    r"(?:(?:our|my) (?:own )?(?:mistake|bad|error|fault|slip|oversight|mix-?up|doing)|on (?:me|us))[.!]?$|"
    r" \((?:our|my) (?:own )?(?:mistake|bad|error|fault|slip|oversight|mix-?up|doing)\)[.!]?$",
    re.IGNORECASE,
)
# What the customer asked for, by their own account; and what the shop has written down of it.
_ASKED = re.compile(
    r"\b(?:ordered|asked(?: for)?|requested|booked|wanted|wrote|said|told you|chose|specified|gave you)\b"
    r"(?P<what>[^.;,!?\n]*?)(?=\b(?:and|but|not|instead|got|received)\b|[.;,!?\n]|$)",
    re.IGNORECASE,
)
_GOT = re.compile(
    r"\b(?:got|received|sent|came|arrived|gave me|given|charged|billed|have|says?)\b[^.;,!?\n]*", re.IGNORECASE
)
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_RECORDED = re.compile(r"\b(?:says?|said|shows?|showed|states?|was for|were for) (?P<what>.*)", re.IGNORECASE)
_AROUND = " ,;:.!\n"
Fault = Literal["shop", "customer", "third-party", "unknown"]
_OTHERS: tuple[Fault, ...] = ("customer", "third-party")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a fact is to this customer.

    Attributes:
        tell: Whether a good reply tells it; None where that is not sure.
        doing: Whose doing it shows; None where that is not sure.
        inward: Whether no shop would tell it to the customer.
    """

    tell: bool | None = None
    doing: str | None = None
    inward: bool = False


FactReader = Callable[[str], Shown]


def fault_in(situation: Situation, cues: Cues, read: FactReader) -> Fault:
    """Whose fault it was: by the facts, else by the customer's account with nothing against it.

    Args:
        situation: What is known.
        cues: What shows it, in so many words.
        read: What reads in a fact whose doing it shows, and whether the customer is told it.
    """
    facts = [source.text for source in situation.of("fact")]
    if shown_by(situation, cues, read):
        return "shop"
    if other := _others_by_cues(situation, cues):
        return other
    if _is_open(situation, cues):
        return "unknown"
    doings = {read(fact).doing for fact in facts}
    if other := next((other for other in _OTHERS if other in doings), None):
        return other
    told = any(cues.said("account", sentence) for sentence in sentences(situation.customer or ""))
    return "shop" if told else "unknown"


def shown_by(situation: Situation, cues: Cues, read: FactReader) -> str | None:
    """The fact that shows that it was the shop's, or the seller's own word for it in the draft.

    What a fact means counts where none says it in so many words, of the shop or of anybody else, and none leaves it
    open.
    """
    facts = [source.text for source in situation.of("fact")]
    said = [fact for fact in facts if _says_so(fact, cues)]
    if said:  # rather one that the customer is told than a slip in something else
        return next((fact for fact in said if read(fact).tell is not False), said[0])
    for source in situation.of("draft"):
        if admitted := _admitted_in(source.text, cues):
            return admitted
    if _others_by_cues(situation, cues) or _is_open(situation, cues):
        return None
    # The network shows whose doing it was; what was done may still be as it should be.
    readings = ((fact, read(fact)) for fact in facts if cues.said("went-wrong", fact))
    return next((fact for fact, shows in readings if shows.doing == "shop" and not shows.inward), None)


def is_bare_admission(text: str) -> bool:
    """Whether it says no more than that it was the shop's mistake."""
    return _BARE.fullmatch(text.replace("\u2019", "'")) is not None


def without_bare_admission(text: str) -> str:
    """What was done, without the words behind it that it was the shop's mistake."""
    return _BARE_BEHIND.sub("", text)


def _admitted_in(draft: str, cues: Cues) -> str | None:
    """What a draft admits: behind a bare "my mistake", what it was, where that is told."""
    for clause, behind in pairwise([*clauses(split_letter(draft).body), ""]):
        if cues.said("admits", clause) and not cues.said("denies", clause):
            bare = _BARE.match(clause.replace("\u2019", "'"))
            told = bare and _TELLS.fullmatch(clause[bare.end() :] or behind)
            return (told["what"] if told else clause).strip(_AROUND)
    return None


def _says_so(fact: str, cues: Cues) -> bool:
    """Whether a fact says in so many words that the shop made a mistake."""
    told = _PRONOUN.sub("", fact) if begins_with_somebody(fact) else fact
    said = [clause for clause in clauses(told) if not cues.said("denies", clause)]
    in_a_clause = any(cues.said(cue, clause) for clause in said for cue in ("shop-fault", "shop-slip"))
    return in_a_clause or cues.said("shop-instead", fact)


def _is_open(situation: Situation, cues: Cues) -> bool:
    """Whether the shop itself does not know whose doing it was."""
    return any(cues.said("open-question", source.text) for source in situation.sources if source.kind != "policy")


def _others_by_cues(situation: Situation, cues: Cues) -> Fault | None:
    facts = [source.text for source in situation.of("fact") if not _confirms(source.text, situation.told)]
    return next((other for other in _OTHERS if any(cues.said(f"{other}-fault", fact) for fact in facts)), None)


def _confirms(fact: str, message: str) -> bool:
    """Whether what the shop has written down is what the customer says it should have been."""
    recorded = _RECORDED.search(fact)
    if not recorded:
        return False
    written, figures = stems(recorded["what"]), _figures(recorded["what"])
    asked = [found["what"] for found in _ASKED.finditer(message)]
    if any(written & stems(one) and (figures <= _figures(one) or not _figures(one)) for one in asked):
        return True
    return bool(figures) and figures <= _figures(_GOT.sub("", message))


def _figures(text: str) -> set[str]:
    return set(_FIGURE.findall(text))
