"""What changed between the draft and the reply, change by change."""

import difflib
import re
from collections.abc import Iterator, Sequence

from coach.check import sentence_spans, utf16_offsets
from coach.rules import Catalogue
from coach.schemas import Edit, Finding

_MAX_COMPARISONS = 100_000  # some 150 sentences a side; the time that comparing takes grows faster than this
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
    utf16 = utf16_offsets(draft)
    edits = []
    for a1, a2, b1, b2 in _changed_ranges(old, new):
        original, replacement = "".join(old[a1:a2]), "".join(new[b1:b2])
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


def _changed_ranges(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """What became of what; a change of white space goes with the change that it stands beside."""
    changed: list[tuple[int, int, int, int]] = []
    for a1, a2, b1, b2 in _ranges(old, new):
        if old[a1:a2] == new[b1:b2]:
            continue
        if changed and changed[-1][1] == a1 and changed[-1][3] == b1:
            changed[-1] = (changed[-1][0], a2, changed[-1][2], b2)
        else:
            changed.append((a1, a2, b1, b2))
    return changed


def _ranges(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """What corresponds to what; of pieces that are equal but for their white space each by itself."""
    if len(old) * len(new) > _MAX_COMPARISONS:
        yield 0, len(old), 0, len(new)
        return
    folded_old, folded_new = [_folded(p) for p in old], [_folded(p) for p in new]
    matcher = difflib.SequenceMatcher(None, folded_old, folded_new, autojunk=False)
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
