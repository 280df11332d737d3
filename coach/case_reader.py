"""Reads what a shop has at hand beside what the customer writes: what of it a reply tells, and in which words.

It is MiniLM-L6, fine-tuned on the labelled cases in `evals/case_reader`, as an ONNX file of 8-bit weights. Of a fact or
a policy's sentence it says how likely a good reply tells it. Of a note that was jotted down it makes a sentence, by
small words that it puts in between.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Literal

import numpy as np
from tokenizers import Tokenizer

from coach.check import READABLE, detect_language
from coach.check.network import CLS, SEP, Floats, Network, sigmoid, softmax
from coach.check.text import plain

Kind = Literal["fact", "rule"]
KINDS: tuple[Kind, ...] = ("fact", "rule")
# Beside that it has learnt whose doing a fact shows, of what this customer complains of; it is not sure enough of it.
DOINGS = ("nobody", "shop", "shop-elsewhere", "customer", "third-party")
WHOLE = len(KINDS) + len(DOINGS)  # the place of the logit of a note of which a sentence can be made
MAX_LINE, MAX_MESSAGE, MAX_FACTS, MAX_WORD = 64, 100, 60, 12  # tokens
MAX_NOTE = 40  # words that are made a sentence
# From which probability on some small words may well have been saved; those that name whose doing it is; and nothing.
_EXPECTED, _WHO_EXPECTED, _NOTHING_EXPECTED = 0.15, 0.4, 0.03
_WHO = {"it", "its", "we", "our", "they", "you", "your"}
_UNKNOWN = 100  # the token of what has no other
_STANCES = {"because", "so", "but"}
_QUOTES = set("'\"\u2018\u2019\u201c\u201d")
_LATIN = re.compile("[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands where in the network's output, and from which probability on it counts.

    Attributes:
        insertions: What may be put in before a word; the first is nothing.
        tell: From which probability on a fact, or a rule, is to be told.
        keep: Below which one a fact is not to be told; a rule that seems beside the point may be what answers.
        idle: Below which one it is not, even where the seller has written it out as a sentence.
        fill: From which one on each of the words that are put in, and the sentence as a whole, is right.
    """

    insertions: tuple[str, ...]
    tell: dict[str, float]
    keep: float
    idle: float
    fill: float

    @property
    def stances(self) -> list[bool]:
        """Which insertions give a reason, or call something a surprise; a note that does neither gets none."""
        return [not _STANCES.isdisjoint(insertion.split()) for insertion in self.insertions]

    @classmethod
    def read(cls, text: str) -> "Layout":
        """The layout that a JSON text holds."""
        held = json.loads(text)
        return cls(tuple(held["insertions"]), held["tell"], held["keep"], held["idle"], held["fill"])


class CaseReader:
    """Reads facts, policies and notes; what was read before is remembered."""

    def __init__(self, folder: Traversable | None = None, remembered: int = 4096) -> None:
        """Load the network.

        Args:
            folder: Where its files are; the package's own where left out.
            remembered: How many readings to keep.
        """
        folder = folder or files("coach") / "data" / "case_reader"
        self._network = Network(folder / "model.onnx")
        words = files("coach") / "data" / "tagger" / "tokenizer.json"  # both began as the same network
        self._tokenizer = Tokenizer.from_str(words.read_text(encoding="utf-8"))
        self.layout = Layout.read((folder / "layout.json").read_text(encoding="utf-8"))
        self.tells = lru_cache(remembered)(self._tells)
        self.is_idle = lru_cache(remembered)(self._is_idle)
        self.sentence_of = lru_cache(remembered)(self._sentence_of)

    def probability(self, kind: Kind, line: str, message: str, facts: tuple[str, ...] = ()) -> float:
        """How likely a good reply tells a line."""
        logits = self._network.logits(ids_of_line(self._tokenizer, kind, line, message, facts))
        return float(sigmoid(logits[0, KINDS.index(kind)]))

    def filled(self, words: Sequence[str]) -> tuple[list[str], float]:
        """What to put in before each word of a note, and how likely all of it is right."""
        whole, shares = self._insertions(words)
        return [self.layout.insertions[i] for i in shares.argmax(axis=1)], float(min(whole, shares.max(axis=1).min()))

    def expected(self, words: Sequence[str]) -> list[list[str]]:
        """All that may well be put in before each word of a note, the likeliest first; "" is nothing."""
        _, shares = self._insertions(words)
        likely = [sorted(zip(row, self.layout.insertions, strict=True), reverse=True) for row in shares]
        return [[some for share, some in row if share >= _least(some)] for row in likely]

    def _tells(self, kind: Kind, line: str, message: str, facts: tuple[str, ...] = ()) -> bool | None:
        """Whether a good reply tells a line; None where that is not sure, as it never is of a rule that is not told."""
        if not _can_read(line, message):
            return None
        likely = self.probability(kind, line, message, facts)
        if likely >= self.layout.tell[kind]:
            return True
        return False if kind == "fact" and likely < self.layout.keep else None

    def _is_idle(self, fact: str, message: str) -> bool:
        """Whether a fact is so surely beside the point that it is not told though somebody made a sentence of it."""
        return _can_read(fact, message) and self.probability("fact", fact, message) < self.layout.idle

    def _sentence_of(self, note: str) -> str | None:
        words = note.split()
        if not 1 < len(words) <= MAX_NOTE:
            return None
        inserted, sure = self.filled(words)
        return joined(words, inserted) if sure >= self.layout.fill else None

    def _insertions(self, words: Sequence[str]) -> tuple[float, Floats]:
        """How likely a note can be made a sentence, and how likely each insertion before each of its words."""
        ids, firsts = ids_of_words(self._tokenizer, words)
        logits = self._network.logits(ids)
        gaps = np.array(logits[firsts, WHOLE + 1 :])
        gaps[_quoted(words), 1:] = -np.inf
        shares = softmax(gaps)
        shares[:, self.layout.stances] = 0  # where one was likely, nothing is sure
        return float(sigmoid(logits[0, WHOLE])), shares


@cache
def shipped_reader() -> CaseReader:
    """The reader with the package's own network, loaded once."""
    return CaseReader()


def _can_read(line: str, message: str) -> bool:
    """Whether a line and the message are in a language that the network has learnt."""
    return bool(_LATIN.search(line)) and detect_language(f"{message}\n{line}") in READABLE


def joined(words: Sequence[str], inserted: Sequence[str]) -> str:
    """Words with others put in before them."""
    said = [f"{before} {word}" if before else word for before, word in zip(inserted, words, strict=True)]
    if inserted[0] and words[0].istitle():  # it was the first word, and is no name
        said[0] = f"{inserted[0]} {words[0].lower()}"
    return " ".join(said)


def _least(insertion: str) -> float:
    """The probability from which on some small words are expected."""
    if not insertion:
        return _NOTHING_EXPECTED
    return _EXPECTED if _WHO.isdisjoint(insertion.split()) else _WHO_EXPECTED


def ids_of_line(tokenizer: Tokenizer, kind: Kind, line: str, message: str, facts: Sequence[str]) -> list[int]:
    """A line beside the customer's message, and a rule beside the facts too, as the network reads it."""
    parts = [_ids(tokenizer, f"{kind}: {line}")[:MAX_LINE], _both_ends(_ids(tokenizer, message), MAX_MESSAGE)]
    if kind == "rule":
        parts.append(_both_ends(_ids(tokenizer, " . ".join(facts)), MAX_FACTS))
    return [CLS, *(number for part in parts for number in (*part, SEP))]


def ids_of_words(tokenizer: Tokenizer, words: Sequence[str]) -> tuple[list[int], list[int]]:
    """A note as the network reads it, and where each of its words begins."""
    parts = [_ids(tokenizer, word)[:MAX_WORD] or [_UNKNOWN] for word in words]
    ends = np.cumsum([1, *map(len, parts)])
    return [CLS, *(number for part in parts for number in part), SEP], [int(start) for start, _ in pairwise(ends)]


def _quoted(words: Sequence[str]) -> list[bool]:
    """Which words go on with a quotation: into what somebody has said nothing is put."""
    inside, quoted = False, []
    for word in words:
        quoted.append(inside)
        bare = word.rstrip(",;:.!?)")
        inside = (inside or word[:1] in _QUOTES) and not (len(bare) > 1 and bare[-1] in _QUOTES)
    return quoted


def _ids(tokenizer: Tokenizer, text: str) -> list[int]:
    ids: list[int] = tokenizer.encode(plain(text).text, add_special_tokens=False).ids
    return ids


def _both_ends(ids: list[int], at_most: int) -> list[int]:
    """The beginning and the end of what is too long: the middle of a message says least."""
    half = at_most // 2
    return ids if len(ids) <= at_most else [*ids[:half], *ids[-half:]]
