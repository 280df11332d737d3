"""What of a model's answer is the reply."""

import pytest

from coach.answer import reply_in, whole_sentences_of

REPLY = "I'm sorry: we sent the wrong size. A large leaves today."


@pytest.mark.parametrize(
    "answer",
    [
        REPLY,
        f"  {REPLY}\n",
        f"Sure! Here is the reply:\n\n{REPLY}",
        f"Here's a warmer version of your email: {REPLY}",
        f"**Reply:** {REPLY}",
        f"Reply: {REPLY}",
        f'"{REPLY}"',
        f"\u201c{REPLY}\u201d",
        f"```text\n{REPLY}\n```",
        f'{{"reply": "{REPLY}", "ok": true}}',
        f"{REPLY}\n\n---\nChanges made: I left the policy out.",
        f"{REPLY}\n\nNote: no policy was cited.",
        "- I'm sorry: we sent the wrong size\n- A large leaves today.",
    ],
)
def test_what_is_wrapped_round_it_is_taken_off(answer: str) -> None:
    """Preambles, labels, quotation marks, fences, JSON, afterwords and bullets are no part of a reply."""
    assert reply_in(answer) == REPLY


@pytest.mark.parametrize(
    "answer",
    [
        "Sure. We can swap it.",
        "Of course we can swap it: it leaves today.",
        'You wrote "too small": a large leaves today.',
        "Please note: the shop is closed on Sunday.",
        "{not json",
        "",
    ],
)
def test_what_only_looks_like_it_stays(answer: str) -> None:
    """A reply may begin with "Sure", quote the customer, and hold a colon."""
    assert reply_in(answer) == answer


@pytest.mark.parametrize(
    ("text", "whole"),
    [("One. Two. Thr", "One. Two."), ("One", ""), ("One!", "One!"), ('He said "no." And', 'He said "no."'), ("", "")],
)
def test_what_was_cut_off_counts_as_far_as_it_is_whole(text: str, whole: str) -> None:
    """Half a sentence is worse than none."""
    assert whole_sentences_of(text) == whole
