"""What changed between the draft and the reply, change by change."""

import difflib
import re
from collections.abc import Iterator, Sequence

from coach.check import sentence_spans, utf16_offsets
from coach.rules import Catalogue
from coach.schemas import Edit, Finding

_NO_RULE = "Reworded to fit the rest of the reply."


def edits_between(draft: str, reply: str, findings: Sequence[Finding], rules: Catalogue) -> list[Edit]:
    """The changes that turn a draft into a reply, sentence by sentence.

    They do not overlap and stand in the order of the draft; applied to it all together they give the reply exactly.

    Args:
        draft: What the seller wrote.
        reply: What came of it.
        findings: The draft's findings: an edit names the rules that the words it replaces had broken.
        rules: Where the reasons stand.
    """
    old, new = _pieces(draft), _pieces(reply)
    matcher = difflib.SequenceMatcher(None, [_folded(p) for p in old], [_folded(p) for p in new], autojunk=False)
    utf16 = utf16_offsets(draft)
    edits = []
    for a1, a2, b1, b2 in _ranges(matcher):
        original, replacement = "".join(old[a1:a2]), "".join(new[b1:b2])
        if original == replacement:
            continue
        start, reply_start = len("".join(old[:a1])), len("".join(new[:b1]))
        end = start + len(original)
        broken = sorted({f.rule for f in findings if f.start < end and start < f.end})
        edits.append(
            Edit(
                start=start,
                end=end,
                start_utf16=utf16[start],
                end_utf16=utf16[end],
                reply_start=reply_start,
                reply_end=reply_start + len(replacement),
                original=original,
                replacement=replacement,
                rules=broken,
                why=" ".join(rules[rule].message for rule in broken) or _NO_RULE,
            )
        )
    return edits


def _ranges(matcher: difflib.SequenceMatcher[str]) -> Iterator[tuple[int, int, int, int]]:
    """What corresponds to what; of pieces that are equal but for their white space each by itself."""
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if tag == "equal":
            yield from ((a1 + i, a1 + i + 1, b1 + i, b1 + i + 1) for i in range(a2 - a1))
        else:
            yield a1, a2, b1, b2


def _pieces(text: str) -> list[str]:
    """Sentences, and the white space between them, such that joined they are the text."""
    pieces = []
    done = 0
    for start, end in sentence_spans(text):
        pieces += [text[done:start], text[start:end]]
        done = end
    return [piece for piece in [*pieces, text[done:]] if piece]


def _folded(piece: str) -> str:
    return re.sub(r"\s+", " ", piece)
