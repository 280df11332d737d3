"""A shop's note as a sentence: which small words a model may put in between its own, and the proof that it did no more.

A small model that is asked for a sentence freely invents who did it, a reason, another date. So it is told, word by
word, what may stand there, by a grammar that a server holds it to; and what it answers is held against the same.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coach.case_reader import CaseReader
from coach.notes import DAYS, DOERS_PUT_IN, begun_with_a_capital, is_somebody, spelt_out, tells_another_story

_PAST = {"was", "were", "has", "have", "had", "been"}
_TIME = rf"(?:the )?(?:\d|(?:{DAYS})(?:day)?\b|noon|midnight|next|end)"
_TO_COME = re.compile(rf"\b(?:(?:by|from) {_TIME}|(?:before|until|till|tomorrow|tonight|next)\b)", re.IGNORECASE)
_WEEKDAY = re.compile(rf"\b(?:{DAYS})day,?$")
_PERSONS = {"i", "me", "we", "us", "you", "he", "him", "she", "they", "them"}
_MAY_BE_THERE = {"no", "nothing", "nobody", "none", "still", "only", "also"}  # "card or cash" does not say there is any
_BOUNDS = {"by", "for", "from"}
_JOINS = {"and", "that"}
_ARTICLES = {"a": "an", "an": "a"}
_SIGNS = {"&": "and", "+": "and", "=": "is"}
_PAUSE = re.compile(r"[,;]$")
_END = (".", "!", "?")


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences that may be made of a note.

    Attributes:
        parts: For each of the note's words in turn, the ways to write it: with what may stand before it.
    """

    parts: tuple[tuple[str, ...], ...]

    @property
    def grammar(self) -> str:
        """The same in GBNF, as llama.cpp's server reads it."""
        return "root ::= " + " ".join(f"({' | '.join(map(_literal, ways))})" for ways in self.parts)

    def allows(self, sentence: str) -> bool:
        """Whether a sentence is one of them."""
        ways = (f"(?:{'|'.join(map(re.escape, ways))})" for ways in self.parts)
        return re.fullmatch("".join(ways), sentence) is not None


def wording_of(note: str, reader: CaseReader) -> Wording:
    """What may be made of a note: its words in their order, and between them small words that the reader expects there.

    None of them gives a reason, guesses who did something, or turns a story round.

    Args:
        note: What was jotted down, as it is said to the customer: at most `MAX_NOTE` words.
        reader: What knows which small words are saved.
    """
    words = note.rstrip(" ,;").split() or [note]
    expected = reader.expected(words)
    kept = [[one for one in some if _adds_nothing(words, i, one)] for i, some in enumerate(expected)]
    parts = [tuple(dict.fromkeys(_ways(words, i, some or [""]))) for i, some in enumerate(kept)]
    return Wording((*parts, *([] if words[-1].endswith(_END) else [(".",)])))


def _adds_nothing(words: Sequence[str], i: int, insertion: str) -> bool:
    """Whether some small words tell nothing of their own before a word."""
    small, word = insertion.split(), words[i]
    if not small:
        return True
    last, behind = small[-1], _up_to_the_pause(words[i:])
    if (
        (word.lower() in _PERSONS and last not in _JOINS)  # "not us" and "not on us" are two stories
        or (last in _BOUNDS and word[0].isdigit())  # "at 6.30" may be meant, and not "by 6.30"
        or (last == "on" and _WEEKDAY.search(" ".join(words[:i])))  # "Friday 12 June" is one date
        or ("there" in small and i and word.lower() not in _MAY_BE_THERE)
        or (last in DOERS_PUT_IN and "be" in words[i : i + 3])  # "can be reused" is not said of us
        or (last == "it" and _is_of_somebody(words[:i]))  # "Amir is done at 3, can be there by 4": he can
        or (not _PAST.isdisjoint(small) and _TO_COME.search(behind))  # it may be still to come
    ):
        return False
    return not tells_another_story(" ".join([*words[:i], insertion, *words[i:]]), " ".join(words))


def _is_of_somebody(words: Sequence[str]) -> bool:
    """Whether what goes on behind some words is said of somebody: they began with whoever does things."""
    begun = re.split(r"[,;.] ", " ".join(words).rstrip(",;"))[-1]
    first = begun.split(" ", 1)[0]
    return first.isalpha() and is_somebody(first)


def _ways(words: Sequence[str], i: int, insertions: Sequence[str]) -> Iterator[str]:
    """The ways to write a word: with one of some insertions before it, and the pause that stood before it."""
    word = words[i] if i == len(words) - 1 else _PAUSE.sub("", words[i])
    for insertion in _with_either_article(insertions):
        said = spelt_out(f"{insertion} {_SIGNS.get(word, word)}".lstrip())  # "on sat" is a day, "it sat" is none
        if i == 0:
            yield begun_with_a_capital(said)
            if insertion and word.isalpha() and word.istitle():  # a name, or the note's first word
                yield begun_with_a_capital(f"{insertion} {word.lower()}")
            continue
        pause = _PAUSE.search(words[i - 1])
        for sign in _signs(pause[0] if pause else "", said):
            yield f"{sign} {said}"
        if words[i - 1].endswith(_END):
            yield f" {begun_with_a_capital(said)}"


def _signs(pause: str, said: str) -> Iterator[str]:
    """How one may pause before some words."""
    joined = said.split(" ", maxsplit=1)[0] == "and"
    yield pause
    if pause == "," and not joined:
        yield ";"
    if not pause and joined:
        yield ","


def _with_either_article(insertions: Sequence[str]) -> Iterator[str]:
    """Insertions that end with "a" also with "an": which of the two sounds right, a model knows."""
    for insertion in insertions:
        yield insertion
        before, _, last = insertion.rpartition(" ")
        if last in _ARTICLES:
            yield f"{before} {_ARTICLES[last]}".lstrip()


def _up_to_the_pause(words: Sequence[str]) -> str:
    end = next((i for i, word in enumerate(words) if word.endswith((",", ";", *_END))), len(words))
    return " ".join(words[: end + 1])


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
