"""Text as it was typed and text as the patterns read it, with the way back from one to the other.

People type curly quotes, full-width letters, accents as combining marks, and paste zero-width spaces. The patterns
know plain letters only. `plain` folds all that away and remembers, for each character, where it came from, so that
a finding's offsets are always those of the text as it was typed.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufe0e\ufe0f")
_FOLDED = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ′`´＇", "'"),  # noqa: RUF001  that these look alike is the point
        **dict.fromkeys("“”„‟″＂", '"'),  # noqa: RUF001  the same
        **dict.fromkeys("‐‑‒–—―−", "-"),  # noqa: RUF001
        "…": "...",
    }
)
_SPELT_OUT = str.maketrans({"ß": "ss", "œ": "oe", "æ": "ae", "Œ": "OE", "Æ": "AE"})


@dataclass(frozen=True, slots=True)
class Plain:
    """A text folded to plain characters, and for each of them the stretch of the typed text that it stands for."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def typed_span(self, start: int, end: int) -> tuple[int, int]:
        """Where a non-empty stretch of the plain text stood in the text as typed."""
        return self.starts[start], self.ends[end - 1]


@lru_cache(256)
def plain(text: str, *, accents: bool = True) -> Plain:
    """Fold a text to what the patterns read: plain quotes, composed letters, nothing invisible.

    The last texts are remembered: a sentence is looked through for one cue after the other.

    Args:
        text: The text as it was typed.
        accents: Whether letters keep their accents.
    """
    folded = _folded_one_to_one(text, accents)
    if folded is not None:
        return Plain(folded, range(len(text)), range(1, len(text) + 1))
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        folded = _folded(text[start:end], accents)
        letters.append(folded)
        starts.extend([start] * len(folded))
        ends.extend([end] * len(folded))
    return Plain("".join(letters), tuple(starts), tuple(ends))


def _folded_one_to_one(text: str, accents: bool) -> str | None:
    """The plain text where each of its letters stands for one as typed, which is nearly always; else None."""
    if text.isascii():
        return text
    seen = text.translate(_FOLDED)
    if not (len(seen) == len(text) and _INVISIBLE.isdisjoint(text) and unicodedata.is_normalized("NFKC", seen)):
        return None
    if any(map(unicodedata.combining, seen)):
        return None
    folded = seen if accents else unaccented(seen)
    return folded if len(folded) == len(text) else None


@lru_cache(4096)
def _folded(cluster: str, accents: bool) -> str:
    seen = "".join(c for c in cluster if c not in _INVISIBLE)
    folded = unicodedata.normalize("NFKC", seen.translate(_FOLDED))
    return folded if accents else unaccented(folded)


def unaccented(text: str) -> str:
    """A text without its accents: RE2's word boundary knows ASCII letters only, and people leave accents out."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text.translate(_SPELT_OUT))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _clusters(text: str) -> list[tuple[int, int]]:
    """Each letter with the combining marks that follow it."""
    starts = [i for i, c in enumerate(text) if i == 0 or not unicodedata.combining(c)]
    return list(pairwise([*starts, len(text)]))


def utf16_offsets(text: str) -> Sequence[int]:
    """For each code point's offset (and the end's) its offset in UTF-16 code units."""
    if not text or max(text) <= "\uffff":
        return range(len(text) + 1)
    return (0, *accumulate(2 if c > "\uffff" else 1 for c in text))
