"""Where a text's sentences begin and end."""

import sentencex


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The sentences of a text as offsets in code points, without the white space around them.

    Whatever lies between two spans is white space, so that nothing of the text is lost.
    """
    spans = []
    for piece in sentencex.get_sentence_boundaries("en", text):
        start, end = piece["start_index"], piece["end_index"]
        body = text[start:end].strip()
        if body:
            start = text.index(body, start)
            spans.append((start, start + len(body)))
    return spans
