"""The fact lock: what a reply states must come from the request, and what the draft tells the customer must survive."""

import re
from collections.abc import Iterator
from functools import lru_cache

from coach.check import READABLE, Hit, detect_language, sentence_spans
from coach.check.detector import Span
from coach.verify.courtesy import courtesy
from coach.verify.cues import Cues
from coach.verify.fault import Fault
from coach.verify.literals import Literal, literals_in, values_in
from coach.verify.situation import Situation
from coach.verify.words import listed, sentence_around, stems

_RULE = "changed-facts"
# Nobody but the shop may say where the customer is to click, write or call.
_FROM_THE_SHOP = frozenset({"link", "e-mail address", "phone number"})
# What the shop gives must be its own figure, and not the one that the customer names.
_GIVEN = frozenset({"sum", "percentage"})
# What the customer needs to act on.
_NEEDED = frozenset({"link", "e-mail address", "phone number", "code"})
# As a deadline it is a commitment, and judged as one.
_OF_TODAY = frozenset({"today", "tonight", "tomorrow", "this morning", "this afternoon", "this evening"})
_IN_ANY_REPLY = frozenset(stem for word in listed("letter_words") for stem in stems(word))
_MIN_WORDS = 2
_MIN_NEW = 4
_NEW_SHARE = 0.7
_MIN_SHARED = 2
_FEW = 3
_APOSTROPHES = "'\u2019"
_WORD = re.compile(rf"[^\W\d_]+(?:[{_APOSTROPHES}][^\W\d_]+)?")
_OPENS = (
    "#",
    ":",
    '"',
    " '",  # not the apostrophe in "the guests' Monday"
    "\u201c",
    "\u2018",
    "(",
    "\n",
    "\u2022",
    "-",
    "\u2013",
    "\u2014",
    ">",
)  # what follows one of these is a first word
_MAY_BE_CAPITAL = listed("capitals")
_CONTRACTED = re.compile(r"(?:i|you|we|he|she|it|they|that|there|here|what|who|let)'(?:ll|ve|re|d|m|s)")
_YOU = re.compile(r"\byou(?:r|rs)?\b", re.IGNORECASE)
_ADDRESSEES = frozenset({"sir", "madam", "customer", "all", "there", "team", "friend"})
_GREETINGS = frozenset({"hello", "hi", "hiya", "dear", "hey", "good", "mr", "mrs", "ms"})


class FactLock:
    """Finds what nothing in the request says."""

    def __init__(self, cues: Cues, ownership: Cues) -> None:
        self._cues = cues
        self._ownership = ownership

    def hits(self, text: str, situation: Situation, fault: Fault) -> Iterator[Hit]:
        """What a text states that is not so; in another language than English what needs no words."""
        yield from self._literals(text, situation)
        if detect_language(text) not in READABLE:
            return
        yield from _names(text, situation)
        yield from self._listed("colours", text, situation)
        yield from self._listed("sizes", text, situation)
        yield from self._causes(text, situation)
        yield from self._claims(text, situation)
        if situation.customer is not None:
            yield from self._admissions(text, situation, fault)
            yield from self._unsupported(text, situation)

    def missing(self, text: str, situation: Situation) -> Iterator[Hit]:
        """What the draft tells the customer and the reply leaves out."""
        there, kept = values_in(text), situation.to_keep
        for literal in literals_in(kept):
            if literal.kind in _NEEDED and literal.value not in there:
                words = kept[literal.start : literal.end]
                yield Hit(_RULE, len(text), len(text), message=f"The reply leaves out {words}, which the draft gives.")

    def _literals(self, text: str, situation: Situation) -> Iterator[Hit]:
        for literal in literals_in(text):
            known = situation.shop_values if literal.kind in _FROM_THE_SHOP else situation.known_values
            words = text[literal.start : literal.end].strip()
            gives = literal.kind in _GIVEN and self._cues.said("gives", sentence_around(text, literal.start))
            if gives and not _from_the_shop(literal, situation):
                yield Hit(_RULE, literal.start, literal.end, message=f"No source of the shop's names {words}.")
            elif literal.value not in known and not _harmless(literal, situation):
                yield Hit(
                    _RULE, literal.start, literal.end, message=f"The {literal.kind} {words} is not in the request."
                )

    def _listed(self, cue: str, text: str, situation: Situation) -> Iterator[Hit]:
        known = situation.everything.lower()
        for start, end in self._cues.spans(cue, text):
            words = text[start:end]
            if words.lower().split()[-1] not in known:
                yield Hit(_RULE, start, end, message=f'"{words}" is not in the request.')

    def _causes(self, text: str, situation: Situation) -> Iterator[Hit]:
        known = stems(situation.everything)
        for start, end in self._cues.spans("causes", text):
            words = stems(text[start:end])
            if len(words) >= _MIN_WORDS and not words & known:
                yield Hit(_RULE, start, end, message="Nothing in the request says that this was the cause.")

    def _claims(self, text: str, situation: Situation) -> Iterator[Hit]:
        """What the shop says it has done: some source must speak of it."""
        for start, end in _apart(self._cues.spans("claims", text)):
            claimed = stems(text[start:end]) - _IN_ANY_REPLY
            closest = max((len(claimed & stems(sentence)) for _, sentence in situation.source_sentences), default=0)
            harmless = self._cues.said("harmless-claims", text[start:end])
            if claimed and not harmless and closest < (1 if len(claimed) <= _FEW else _MIN_SHARED):
                yield Hit(_RULE, start, end, message="Nothing in the request says that this was done.")

    def _admissions(self, text: str, situation: Situation, fault: Fault) -> Iterator[Hit]:
        """Mistakes that the shop takes upon itself, and did not make as far as is known."""
        facts = stems("\n".join(source.text for source in situation.of("fact")))
        if fault == "shop" or (fault == "unknown" and not situation.of("fact")):
            return
        for start, end in sentence_spans(text):
            sentence = text[start:end]
            if fault == "unknown" and len(stems(sentence) & facts) >= _MIN_SHARED:
                continue  # a fact in other words
            if self._cues.said("sorry-for-ours", sentence):
                yield Hit(_RULE, start, end, message="This apologises for what was not the shop's doing.")
            for left, right in _apart(self._ownership.spans("admits", sentence)):
                yield Hit(_RULE, start + left, start + right, message="Nothing shows that this was the shop's mistake.")

    def _unsupported(self, text: str, situation: Situation) -> Iterator[Hit]:
        """Sentences about which nobody has said anything: what they speak of is the model's, or an intruder's, own."""
        for start, end in sentence_spans(text):
            sentence = text[start:end]
            if self._cues.said("sympathy", sentence):
                continue
            words = stems(sentence) - _IN_ANY_REPLY
            theirs = situation.customer_stems if self._says_back(sentence, situation) else frozenset()
            new = words - situation.shop_stems - theirs
            alone = len(words) > _MIN_WORDS or self._cues.said("we", sentence)
            figures = any(literal.value in situation.shop_values for literal in literals_in(sentence))
            all_new = len(words) >= _MIN_WORDS and new == words and alone and not figures
            mostly_new = len(new) >= _MIN_NEW and len(new) > _NEW_SHARE * len(words)
            if (all_new or mostly_new) and (situation.commanded or not courtesy().knows(sentence)):
                yield Hit(_RULE, start, end, message="Nothing in the request speaks of this.")

    def _says_back(self, sentence: str, situation: Situation) -> bool:
        """Whether a sentence may be about what the customer has told: it asks them, or tells them and gives nothing."""
        if sentence.endswith("?"):
            return True
        return bool(_YOU.search(sentence)) and not self._cues.said("gives", sentence) and not situation.commanded


def _names(text: str, situation: Situation) -> Iterator[Hit]:
    known = _names_in(situation.everything) | _MAY_BE_CAPITAL
    for start, end in sentence_spans(text):
        words = list(_WORD.finditer(text, start, end))
        greets = bool(words) and start == 0 and words[0][0].lower() in _GREETINGS
        for match in words:
            name = _name(match[0])
            expected = name in known or _CONTRACTED.fullmatch(name) or (greets and name in _ADDRESSEES | _GREETINGS)
            if len(name) > 1 and match[0][0].isupper() and not expected and not _begins(text, start, match.start()):
                yield Hit(_RULE, *match.span(), message=f'The name "{match[0]}" is not in the request.')


@lru_cache(64)
def _names_in(text: str) -> frozenset[str]:
    return frozenset(map(_name, _WORD.findall(text)))


def _name(word: str) -> str:
    return re.sub(rf"[{_APOSTROPHES}]s$", "", word).lower().replace("\u2019", "'")


def _begins(text: str, sentence_start: int, place: int) -> bool:
    """Whether a word is the first of its sentence, line or quotation: there anything has a capital."""
    before = text[sentence_start:place].rstrip(" \t*")
    return not before or before.endswith(_OPENS)


def _from_the_shop(literal: Literal, situation: Situation) -> bool:
    """Whether the shop has named a sum, be it without its currency, or it follows from such."""
    named = {literal.value, literal.value.split()[0]} & situation.shop_values
    return bool(named) or situation.follows(literal)


def _harmless(literal: Literal, situation: Situation) -> bool:
    """Whether a literal is known in another form."""
    number = literal.value.split()[0]
    if literal.kind == "day":
        return literal.value in _OF_TODAY
    if literal.kind == "measure":
        return number in situation.known_values
    if literal.kind in {"number", "time"}:
        return literal.value.removesuffix(":00") in situation.known_values
    is_bare = literal.kind == "sum" and number in situation.bare_numbers
    return is_bare or situation.follows(literal)


def _apart(spans: tuple[Span, ...]) -> list[Span]:
    """Of overlapping stretches the first."""
    kept: list[Span] = []
    for start, end in sorted(spans):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
