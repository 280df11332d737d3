"""What in a reply is somebody else's words: those are never judged."""

import re
from collections.abc import Sequence

from coach.check.detector import Span
from coach.check.text import plain

_IN_MARKS = re.compile(r'"([^"\n]+)"|(?<!\w)\'([^\'\n]*(?:\w\'\w[^\'\n]*)*)\'(?!\w)|«([^«»\n]+)»')
_REPLY_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_WORD = re.compile(r"\w+")
_MIN_WORDS_UNSOURCED = 3


def quoted_spans(text: str, sources: Sequence[str]) -> list[Span]:
    """The stretches of a text that quote the customer or a policy.

    Lines that begin with `>` are the customer's mail. Words in quotation marks count as quoted when they stand in one
    of `sources` (the customer's message, the policies). With no sources to compare, three words or more in marks count.
    """
    folded = plain(text)
    known = [_words(source) for source in sources if source.strip()]
    spans = [match.span() for match in _REPLY_LINE.finditer(folded.text)]
    spans += [match.span() for match in _IN_MARKS.finditer(folded.text) if _is_quotation(match, known)]
    return [folded.typed_span(start, end) for start, end in spans]


def _is_quotation(match: re.Match[str], known: Sequence[str]) -> bool:
    words = _words(next(group for group in match.groups() if group is not None))
    if not known:
        return words.count(" ") > _MIN_WORDS_UNSOURCED
    return any(words in source for source in known)


def _words(text: str) -> str:
    """Lower-case words, one space before and after each, so that `in` compares whole words."""
    return f" {' '.join(_WORD.findall(plain(text).text.casefold()))} "
