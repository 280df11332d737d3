"""Where a text's sentences begin and end."""

from functools import lru_cache

import sentencex

# The library gives up where a line ends in a character of more than one byte; as far as sentences go, all line ends are
# one, and so is all other white space.
_LINE_ENDS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_OTHER_SPACE = "\x1f\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_PLAIN_SPACE = str.maketrans(_LINE_ENDS + _OTHER_SPACE, "\n" * len(_LINE_ENDS) + " " * len(_OTHER_SPACE))


@lru_cache(512)
def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """The sentences of a text as offsets in code points, without the white space around them.

    Whatever lies between two spans is white space, so that nothing of the text is lost.
    """
    plain = text.translate(_PLAIN_SPACE)
    spans = []
    for piece in sentencex.get_sentence_boundaries("en", plain):
        start, end = piece["start_index"], piece["end_index"]
        body = plain[start:end].strip()
        if body:
            start = plain.index(body, start)
            spans.append((start, start + len(body)))
    return tuple(spans)
