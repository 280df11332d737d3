"""What a reply has to say, point by point: the shop's mistake, what it knows, what it has decided, and its rules.

Each point is a sentence as it is said to this customer. Nothing is told twice, and nothing of others.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from coach.case_reader import MAX_NOTE
from coach.check import READABLE, detect_language
from coach.letter import Letter
from coach.notes import (
    begun_with_a_capital,
    in_a_sentence,
    is_for_oneself,
    is_jotted,
    spelt_out,
    tells_another_story,
    tells_something,
)
from coach.person import (
    asked_of_the_customer,
    customers_name,
    names_somebody_else,
    pronouns_of_others,
    pronouns_of_pets,
    pronouns_of_theirs,
    said_by_the_shop,
    said_by_the_signer,
    said_to_a_party,
    said_to_the_customer,
    signers_name,
    speaks_of_the_customer,
    speaks_of_the_shops,
)
from coach.saying import OUR_MISTAKE, apology, as_done_now
from coach.verify import (
    Situation,
    Verifier,
    hidden_names,
    is_bare_admission,
    said_in,
    sentences,
    without_bare_admission,
)

_OF_OTHERS = re.compile(
    r"\b(?:(?<!the next )(?:customers?|clients?|buyers?)|staff|"
    r"(?:other|another|more|most|many|several|some|all|only) (?:\w+ )?guests?|"
    r"he|she|his|him|her|hers)\b",
    re.IGNORECASE,
)
_PRONOUNS = {"he", "she", "his", "him", "her", "hers"}
# With one of these in the facts, nobody knows who "he" is.
_RELATIVE = re.compile(
    r"\bthe (?:son|daughter|mother|father|husband|wife|partner|brother|sister|friend|neighbour|boss|tenant)\b",
    re.IGNORECASE,
)
# A rule for all of them is one for this one; a rule for some kind of them may well be.
_FOR_EVERYBODY = re.compile(
    r"^(?:Customers|Guests|Clients|Patients|Buyers)(?= (?:can|may|get|have|must|need|pay|choose)\b)"
)
_OF_SUCH = re.compile(r"^For (?:customers|guests|clients|patients|buyers) (?=(?:in|with|who|over|under|on|whose)\b)")
# On one of these, "the seller" is somebody else.
_MARKETPLACE = re.compile(r"\b(?:marketplace|platform|sellers|your app)\b", re.IGNORECASE)
_RESERVATION = re.compile(r"\b(?:not?|never|nobody|nothing|none|only|but|cannot|unless|if)\b|n't\b", re.IGNORECASE)
# What a rule tells the shop of how to say it: "we say so once, politely".
_INWARD = re.compile(r"[;,] (?:and )?we say (?:so|this|that)\b[^.;]*", re.IGNORECASE)
# What is offered under a condition is worth less than the same without one.
_CONDITIONAL = re.compile(r"\b(?:if|unless|provided)\b", re.IGNORECASE)
# Each word is put in for itself: "the frames are all are done".
_STAMMER = re.compile(r"\b(is|are|was|were|has|have) (?:\w+ )?\1\b", re.IGNORECASE)
_ARTICLES = ("the", "a", "an")
_PAUSE = re.compile(r"[,;:.](?= |$)")
# Words: what is jotted down in fewer names a price, a date or a name; in more, what happened or what can be done.
_STORY = 8


@dataclass(frozen=True, slots=True)
class Point:
    """Something that the reply has to say.

    Attributes:
        text: A sentence, as it is said to the customer.
        policy: The id of the policy that says it; None where it is a fact's or the draft's.
        fact: Whether it is a fact's.
        aside: Whether it may go unsaid: the seller jotted it down for themselves, and there is more to tell.
        note: What was jotted down, as far as code makes a sentence of it; None where it was one already, or should not
            be one.
        owned: Whether it is the shop's mistake, and says so.
    """

    text: str
    policy: str | None = None
    fact: bool = False
    aside: bool = False
    note: str | None = None
    owned: bool = False

    def said_as(self, sentence: str) -> "Point":
        """The point in a better sentence than code has made of its note."""
        if self.owned:
            small = (self.note or "")[:1].islower()
            sentence = apology(sentence[0].lower() + sentence[1:] if small else sentence)
        return replace(self, text=sentence, note=None, aside=False)


def points_of(
    situation: Situation, mistake: str | None, notes: Sequence[str], letter: Letter, verifier: Verifier
) -> Iterator[Point]:
    """The points of a case, in the order of a letter.

    Args:
        situation: What is known.
        mistake: What the shop did wrong, in the words of a fact or of the draft.
        notes: What the draft says that the customer needs, freed of its tone.
        letter: Greeting and sign-off, which tell who the customer is and who writes.
        verifier: What reads all this.
    """
    people = _People(situation, letter)
    facts = [source.text for source in situation.of("fact")]
    english = detect_language(_lines(facts)) in READABLE
    said, spelt = (in_a_sentence, spelt_out) if english else (str, str)
    if mistake:
        yield (
            _owned(mistake, people, verifier)
            if english
            else Point(apology(people.told(mistake), detect_language(mistake)), owned=True)
        )
    told = [fact for fact in facts if fact != mistake]
    known = _lines([*told, mistake or ""])
    rules = list(_rules(situation, verifier))
    unconditional = (one for _, text, _ in rules for one in sentences(text) if not _CONDITIONAL.search(one))
    sure = _lines([known, *unconditional])
    noted = [
        note
        for note in (people.told(_beyond(note, spelt(mistake or ""))) for note in notes)
        if not _OF_OTHERS.search(note)
        and _is_new(note, known, sure, verifier)
        and not verifier.is_overruled(note, situation)
    ]
    # What was jotted down need not be told where the draft, or a policy, tells the customer something.
    may_be_silent = bool(noted or rules) and english
    for before, fact in pairwise(["", *told]):
        whole, last = (_with_article(spelt_out(one), verifier) if english else one for one in (fact, before))
        text = _without_others(people.told(whole, last), people.pets)
        if not text or verifier.keeps_in(fact) or verifier.private(text, situation):
            continue
        if not (english and is_jotted(spelt(fact))):
            if tells_something(text) and not verifier.is_idle(fact, situation):
                yield Point(said(text), fact=True, aside=may_be_silent and is_for_oneself(text))
        elif point := _jotted(fact, text, may_be_silent, situation, verifier):
            yield point
    yield from map(Point, noted)
    decided = _lines([known, *noted])
    for policy, text, tell in rules:
        if tell or verifier.decides(text, decided, situation):
            yield Point(text, policy)


def _owned(mistake: str, people: "_People", verifier: Verifier) -> Point:
    """The shop's mistake, as it is owned before anything else."""
    if is_bare_admission(mistake):
        return Point(f"{OUR_MISTAKE}.", owned=True)
    mistake = without_bare_admission(mistake)
    spelt = spelt_out(mistake)
    text = people.told(_with_article(spelt, verifier))
    filled = _filled(text, mistake, verifier)
    sentence = filled or _with_article(_after_a_colon(text), verifier)
    return Point(
        apology(sentence, detect_language(mistake)),
        owned=True,
        note=_to_word(sentence) if is_jotted(spelt) and not filled else None,
    )


def _jotted(fact: str, text: str, may_be_silent: bool, situation: Situation, verifier: Verifier) -> Point | None:
    """What a jotted fact says to the customer; nothing where it is for nobody else.

    Args:
        fact: As it was jotted down.
        text: The same, said to the customer.
        may_be_silent: Whether there is more to tell than facts.
        situation: What is known.
        verifier: What reads it.
    """
    tell = True if verifier.makes_good(text) else verifier.fact_shows(fact, situation).tell
    if tell is False:
        return None
    if filled := _filled(text, fact, verifier):
        return Point(begun_with_a_capital(filled), fact=True)
    if not (tell or tells_something(text)):
        return None
    sentence = _with_article(in_a_sentence(text), verifier)
    aside = not tell and may_be_silent and is_for_oneself(text)
    to_word = not aside or len(text.split()) >= _STORY
    note = _to_word(_begun_as(fact, sentence)) if to_word else None
    return Point(sentence, fact=True, aside=aside, note=note)


def _filled(note: str, fact: str, verifier: Verifier) -> str | None:
    """A jotted note with the small words that were saved, where it is sure which those are.

    Args:
        note: The note, as it is said to the customer.
        fact: The note, as it was jotted down.
        verifier: What reads it.
    """
    if not is_jotted(note):
        return None
    note = _begun_as(fact, note)
    filled = verifier.reader.sentence_of(note)
    return None if filled and (_STAMMER.search(filled) or tells_another_story(filled, note)) else filled


def _with_article(fact: str, verifier: Verifier) -> str:
    """A fact with the article that a busy hand saves before its first word, where the reader is sure of it."""
    first, _, rest = fact.partition(" ")
    begun = _PAUSE.split(fact, maxsplit=1)[0]
    filled = verifier.reader.sentence_of(begun) or ""
    article = next((one for one in _ARTICLES if filled == f"{one} {first.lower()}{begun[len(first) :]}"), None)
    return f"{article.capitalize()} {first.lower()} {rest}" if article and first.istitle() else fact


def _to_word(note: str) -> str | None:
    """A note, where it is short enough to be read as one."""
    return note if len(note.split()) <= MAX_NOTE else None


def _begun_as(fact: str, note: str) -> str:
    """A note that begins small where the fact did: a capital may be a name's."""
    return note[0].lower() + note[1:] if fact[:1].islower() else note


def _after_a_colon(note: str) -> str:
    """A note as a sentence that goes on from another."""
    sentence = in_a_sentence(note)
    return note[0] + sentence[1:] if note[:1].islower() and sentence[:1] == note[0].upper() else sentence


def _lines(texts: Iterable[str]) -> str:
    """Some texts as one, each with an end: notes have none, and would run into each other."""
    return "\n".join(f"{text.rstrip('.')}." for text in texts if text)


class _People:
    """Who is who in what the shop knows."""

    def __init__(self, situation: Situation, letter: Letter) -> None:
        told = " ".join(source.text for source in situation.of("fact"))
        self._customer = customers_name(letter.greeting)
        self._message = situation.told
        self.pets = pronouns_of_pets(situation.told)
        self._others = pronouns_of_others(letter.greeting)
        self._doubtful = pronouns_of_theirs(situation.told, letter.greeting)
        self._signer = signers_name(letter.sign_off)
        self._hidden = hidden_names(situation, letter.sign_off)
        known = "\n".join([situation.told, *(source.text for source in situation.sources)])
        self._sells_for_others = bool(_MARKETPLACE.search(known))
        self._ambiguous = bool(_RELATIVE.search(told))

    def told(self, fact: str, before: str = "") -> str:
        """A fact as whoever signs says it to the customer; behind one about the shop's people, "he" is one of them."""
        for name in self._hidden:
            fact = re.sub(rf"^{name}\b", "Our colleague", fact)
            fact = re.sub(rf"\b{name}\b", "our colleague", fact)
        fact = asked_of_the_customer(said_to_a_party(fact, self._message))
        unclear = self._ambiguous or (speaks_of_the_shops(before) and not speaks_of_the_customer(fact))
        said = fact if unclear else said_to_the_customer(fact, self._customer, self._others, self._doubtful)
        said = said_by_the_signer(said, self._signer)
        return said if self._sells_for_others else said_by_the_shop(said)


def _rules(situation: Situation, verifier: Verifier) -> Iterator[tuple[str, str, bool]]:
    """What the policies say to the point, said to the customer; nothing of others.

    Each with its policy's id, and whether it is surely to be told, whatever else is.
    """
    for policy, text in verifier.policies_to_the_point(situation):
        # The sentence before it, which it goes on from, may speak of others where it does not itself.
        for part in dict.fromkeys((text, sentences(text)[-1])):
            applied = verifier.applied(part, situation)
            said = said_to_the_customer(_FOR_EVERYBODY.sub("You", applied))
            if not _OF_OTHERS.search(_OF_SUCH.sub("", said)):
                said = _INWARD.sub("", said)
                surely = any(verifier.tells_rule(one, situation) for one in sentences(part))
                yield policy, said if applied == part else as_done_now(said), surely
                break


def _beyond(note: str, mistake: str) -> str:
    """What the draft says behind the mistake that it admits, or all of it: the mistake is owned before."""
    before, _, behind = note.partition(mistake) if mistake else ("", "", "")
    owned = not before or is_bare_admission(before)
    return begun_with_a_capital(behind.lstrip(" ,;:")) if owned and behind.strip(" .!") else note


def _is_new(note: str, known: str, sure: str, verifier: Verifier) -> bool:
    """Whether what the draft says goes beyond the facts; what it offers under a condition, also beyond the policies."""
    if not verifier.adds(note, known) or (said_in(note, known) and not verifier.names_more(note, known)):
        return False
    if verifier.counts_only(note) and known.strip():
        return False  # a bare number of which the facts know nothing: it is there to impress
    settled = sure if _CONDITIONAL.search(note) else known
    return not verifier.settles(settled, note)


def _without_others(fact: str, pets: Collection[str]) -> str:
    """A fact as far as it says nothing of others than the customer; nothing where a reservation is behind it.

    Args:
        fact: What is known, said to the customer.
        pets: The pronouns of the animal of which the customer wrote.
    """
    parts = fact.split("; ")
    told = list(takewhile(lambda part: not _of_others(part, fact, pets), parts))
    return "" if any(map(_RESERVATION.search, parts[len(told) :])) else "; ".join(told)


def _of_others(part: str, fact: str, pets: Collection[str]) -> bool:
    """Whether a part of a fact speaks of somebody of whom nobody has told the reader."""
    found = next((one[0].lower() for one in _OF_OTHERS.finditer(part) if one[0].lower() not in pets), None)
    if not found:
        return False
    named = map(names_somebody_else, fact[: fact.index(part)].split("; "))
    return not (found in _PRONOUNS and any(named))
