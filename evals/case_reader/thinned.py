"""Sentences without their small words: what a network learns from before it sees what people jot down."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evals.case_reader.data import SMALL_WORDS, Filling
from evals.tagger.dataset import sentences_of, training_items

_ARTICLES = {"a", "an", "the"}
_BE = {"is", "are", "was", "were", "be", "been", "being"}
_HAVE = {"has", "have", "had"}
_SUBJECTS = {"we", "it", "there", "this", "that", "they"}
_OURS = {"our", "its"}
_JOINS = {"and", "but", "so", "because"}
_BEFORE = {"on", "at", "in", "of", "for", "to", "by", "from"}
_DONE = re.compile(r"(?:ed|en|been|had|done|made|sent|gone|put|left|got|found|lost|paid)$")
_WHEN = re.compile(r"[£$€]?\d|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)")
_LENGTHS = range(4, 27)  # words
_AT_ONCE = 3  # small words in a row that are left out
_BEGINS_SMALL = 0.75


@dataclass(frozen=True, slots=True)
class _Habit:
    """How likely somebody in a hurry leaves out what."""

    articles: float
    verbs: float
    subjects: float
    joins: float
    days: float
    ours: float

    @classmethod
    def of(cls, dice: random.Random) -> "_Habit":
        return cls(
            articles=dice.choice([0, 0.6, 1, 1, 1]),
            verbs=dice.choice([0, 0.7, 1, 1, 1]),
            subjects=dice.choice([0, 0.5, 1, 1]),
            joins=dice.choice([0, 0.5, 1]),
            days=dice.choice([0, 0.3, 0.8]),
            ours=dice.choice([0, 0.2, 0.7]),
        )


def thinned_sentences(count: int, seed: int) -> list[Filling]:
    """Some clean sentences of the tagger's training part, without small words, and which those were."""
    dice = random.Random(seed)  # noqa: S311  nothing is secret here
    texts = list(dict.fromkeys(one.text for one in sentences_of(training_items()[0]) if not one.labels))
    dice.shuffle(texts)
    thinned = (_thinned(text, dice) for text in texts)
    return [one for one, _ in zip((one for one in thinned if one), range(count), strict=False)]


def _thinned(text: str, dice: random.Random) -> Filling | None:
    words = text.strip().rstrip(".!").split()
    if len(words) not in _LENGTHS or "?" in text or not SMALL_WORDS & {word.lower() for word in words}:
        return None
    if not (words[0] == "I" or words[0][1:2].isupper()) and dice.random() < _BEGINS_SMALL:
        words[0] = words[0][0].lower() + words[0][1:]
    kept, inserted = [], []
    for before, word in _taken_out(words, _Habit.of(dice), dice):
        kept.append(word)
        inserted.append(before)
    return Filling(tuple(kept), tuple(inserted)) if len(kept) > 1 else None


def _taken_out(words: Sequence[str], habit: _Habit, dice: random.Random) -> Iterator[tuple[str, str]]:
    """The words that stay, each with what was left out before it."""
    out: list[str] = []
    for i, word in enumerate(words):
        behind = words[i + 1] if i + 1 < len(words) else ""
        begins = i == 0 or words[i - 1][-1] in ",;:" or (bool(out) and out[-1] in _JOINS)
        after_comma = i > 0 and words[i - 1][-1] in ",;"
        likely = _likely(word.lower(), behind, habit, begins=begins, after_comma=after_comma)
        if behind and len(out) < _AT_ONCE and dice.random() < likely:
            out.append(word.lower())
        else:
            yield " ".join(out), word
            out = []


def _likely(word: str, behind: str, habit: _Habit, *, begins: bool, after_comma: bool) -> float:
    """How likely a word is left out."""
    cases = (
        (word in _ARTICLES, habit.articles),
        (word in _BE, habit.verbs),
        (word in _HAVE and bool(_DONE.search(behind.lower())), habit.verbs),
        (word in _SUBJECTS and (begins or word == "it"), habit.subjects),
        (word in _OURS, habit.ours),
        (word in _JOINS and after_comma, habit.joins),
        (word in _BEFORE and bool(_WHEN.match(behind)), habit.days),
        (word in _BEFORE, 0.15 * habit.days),
    )
    return next((share for holds, share in cases if holds), 0.0)
