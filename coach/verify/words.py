"""A text's clauses, and the words in them that carry meaning."""

import re
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

import snowballstemmer

from coach.check import plain, sentence_spans
from coach.check.detector import Span

_WORD = re.compile(r"[a-z']{3,}")
_PERSON = "i|we|you|it|they|he|she|the|your|our|my|there|here|this|that|if|a|an|no"
# Where a clause ends inside a sentence: at a colon, a dash, or before a conjunction that begins a new statement.
_CLAUSE_END = re.compile(
    r"[;:](?=\s)|\s[-\u2013\u2014]+\s|\s*\u2014\s*|"
    r",?\s+(?=(?:but|yet|so|whereas|although|though)\b)|"
    rf",?\s+(?=(?:and|or|because|as|since)\s+(?:{_PERSON})(?:'|\b))|"
    r",\s+(?=(?:i|we|you|it|they|our|here|there|please|no)(?:'|\s))",
    re.IGNORECASE,
)
# What has been done for the customer, and need not be said again as what is going to be.
_DONE = re.compile(
    r"\b(?:was|were|has been|have been|is|are) (?:\w+ ){0,2}?(?:made|started|booked|refunded|credited|put back|"
    r"paid back|sent back|sent|posted|waived|issued)\b",
    re.IGNORECASE,
)
_MIN_LETTERS = 3
_SAME_SHARE = 0.6  # of the shorter one's words


def listed(name: str) -> frozenset[str]:
    """The words of a list beside this module, one a line."""
    return frozenset((files("coach.verify") / f"{name}.txt").read_text(encoding="utf-8").split())


_AS_IT_IS = re.compile(r"https?:|www\.|[\w.-]+\.\w{2,}[/@]|[\w.+-]+@")
_COMMON = listed("common_words")


@lru_cache(8192)
def stems(text: str) -> frozenset[str]:
    """The stems of a text's meaningful words, in any order."""
    words = {word.strip("'").removesuffix("'s") for word in _WORD.findall(plain(text, accents=False).text.lower())}
    return frozenset(_stem(word) for word in words if len(word) >= _MIN_LETTERS and word not in _COMMON)


@lru_cache(4096)
def clause_spans(text: str) -> tuple[Span, ...]:
    """A text's clauses as offsets, without the white space around them."""
    spans = []
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        for left, right in pairwise([0, *(match.end() for match in _CLAUSE_END.finditer(sentence)), len(sentence)]):
            piece = sentence[left:right]
            if piece.strip():
                lead = len(piece) - len(piece.lstrip())
                spans.append((start + left + lead, start + left + len(piece.rstrip())))
    return tuple(spans)


def done(text: str) -> str:
    """The sentences of a text that tell what has been done."""
    return "\n".join(sentence for sentence in sentences(text) if _DONE.search(sentence))


def clauses(text: str) -> list[str]:
    """A text's clauses."""
    return [text[start:end] for start, end in clause_spans(text)]


def sentences(text: str) -> list[str]:
    """A text's sentences."""
    return [text[start:end] for start, end in sentence_spans(text)]


def capitalized(text: str) -> str:
    """A text that begins with a capital, but for a link or the like; the rest of it stays as it is."""
    return text if _AS_IT_IS.match(text) else text[:1].upper() + text[1:]


def said_in(sentence: str, text: str) -> bool:
    """Whether a sentence of a text says the same, as far as their words tell."""
    words = stems(sentence)
    said = map(stems, sentences(text))
    return sentence in text or any(len(words & other) > _SAME_SHARE * min(len(words), len(other)) for other in said)


def sentence_around(text: str, place: int) -> str:
    """The sentence in which a place lies."""
    return next((text[start:end] for start, end in sentence_spans(text) if start <= place < end), text)


@cache
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> "snowballstemmer.english_stemmer.EnglishStemmer":
    return snowballstemmer.stemmer("english")
