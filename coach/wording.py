"""A shop's note as a sentence, in a model's words, and the proof that it says what the note says."""

import re
from functools import cache

from coach.notes import turns_round

# What a sentence has and a note saves: it adds no thing, no deed, no doer, no promise, no doubt and no reason.
_PAST = {"was", "were", "has", "have", "had", "been"}
_AUXILIARIES = {"is", "are", *_PAST}
_PERSONS = {"i", "me", "we", "us", "you", "he", "him", "she", "they", "them"}
_ADDED = {"a", "an", "the", "it", "there", "be", "and", "but", "of", "on", "at", "in", *_AUXILIARIES}
_SIGNS = re.compile(r"^[.,;:!?()'\"\u2013\u2014]+|^-+(?!\d)|[.,;:!?()'\"\u2013\u2014-]+$")  # a minus stays
_ALIKE = {"&": "and", "+": "and", "=": "is"}
_CONTRACTIONS = (
    (re.compile(r"\b(?:can't|cannot)\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"\b(it|that|there|he|she|what)'s\b"), r"\1 is"),
)
_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {word: str(number) for number, word in enumerate(_ONES, 1)}
_UNIT = re.compile(r"(?<=\d)(?=[a-z])")  # "3pm", "3 pm"
_TIME = re.compile(r"(?<=\d)[.:](?=\d\d\b)")
_TO_COME = re.compile(r"\b(?:by|before|until|till|tomorrow|tonight|next|from)\b", re.IGNORECASE)


def says_the_same(sentence: str, note: str) -> bool:
    """Whether a sentence says the words of a note, all and in their order, with no more than small words between.

    That much can be proved. A small model that writes "we rang" for "rang", or asks what the note states, has
    understood it wrongly as often as not.
    """
    said, noted = _words(sentence), _words(note)
    to_come = bool(_TO_COME.search(note))

    @cache
    def goes_on(i: int, j: int) -> bool:
        if i == len(said):
            return j == len(noted)
        if j < len(noted) and _alike(said[i], noted[j]) and goes_on(i + 1, j + 1):
            return True
        return _may_be_added(said, i, to_come) and goes_on(i + 1, j)

    return sentence.count("?") <= note.count("?") and goes_on(0, 0)


def _may_be_added(words: tuple[str, ...], i: int, to_come: bool) -> bool:
    """Whether a word says nothing of its own where it stands."""
    word = words[i].lower()
    if word not in _ADDED:
        return False
    behind = words[i + 1].lower() if i + 1 < len(words) else ""
    if word not in _AUXILIARIES:
        return behind not in _PERSONS  # "not us" and "not on us" are two stories
    if i == 0 or not behind or (word in _PAST and to_come):
        return False  # a question; or it may be still to come
    return not turns_round(words[i - 1], behind)


def _alike(said: str, noted: str) -> bool:
    said, noted = said.lower(), noted.lower()
    return _NUMBERS.get(said, said) == _NUMBERS.get(noted, noted)


def _words(text: str) -> tuple[str, ...]:
    text = _TIME.sub(":", _UNIT.sub(" ", text.replace("\u2019", "'")))
    for short, whole in _CONTRACTIONS:
        text = short.sub(whole, text)
    words = (_SIGNS.sub("", word) for word in text.split())
    return tuple(_ALIKE.get(word, word) for word in words if word)
