"""Edits turn the draft into the reply, exactly, and say why."""

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.check import Checker, sentence_spans
from coach.edits import edits_between
from coach.rules import Matcher
from coach.schemas import Edit
from tests.coach.check.made_up_rules import made_up_rules

RULES = made_up_rules(blame=Matcher(phrases=("your fault",)), jargon=Matcher(phrases=("kindly",)))
NOT_A_FAULT = "Reworded to fit the rest of the reply."

letters = st.one_of(
    st.lists(
        st.sampled_from(
            [
                "It broke.",
                "Sorry! ",
                "Dana,",
                "\n",
                "\r\n\r\n",
                " ",
                "  ",
                "👍",
                "👩🏽 Ok?",
                "It is your fault. ",
            ]
        )
    ).map("".join),
    st.text(alphabet="ab. !\n\r👍é\u0301"),
)


def _edits(draft: str, reply: str) -> list[Edit]:
    return edits_between(draft, reply, Checker(rules=RULES).check(draft).findings, RULES)


def _applied(draft: str, edits: Sequence[Edit]) -> str:
    for edit in reversed(edits):
        draft = draft[: edit.start] + edit.replacement + draft[edit.end :]
    return draft


def _applied_as_javascript_does(draft: str, edits: Sequence[Edit]) -> str:
    units = draft.encode("utf-16-le")
    for edit in reversed(edits):
        replacement = edit.replacement.encode("utf-16-le")
        units = units[: 2 * edit.start_utf16] + replacement + units[2 * edit.end_utf16 :]
    return units.decode("utf-16-le")


@pytest.mark.parametrize("text", ["", "It broke.", " Hi,\r\n\r\nit broke 👍. "])
def test_no_change_no_edit(text: str) -> None:
    """A reply that is the draft needs no edits."""
    assert _edits(text, text) == []


@given(letters, letters)
def test_applied_from_last_to_first_the_edits_give_the_reply(draft: str, reply: str) -> None:
    """Exactly the reply, white space included, counted in code points or in UTF-16 code units."""
    edits = _edits(draft, reply)
    assert _applied(draft, edits) == reply
    assert _applied_as_javascript_does(draft, edits) == reply


SENTENCES = (
    "It broke on Monday.",
    "We can swap it.",
    "You chose it!",
    "Is that fine?",
    "Please write to us.",
    "It leaves today.",
)
bodies = st.lists(st.sampled_from(SENTENCES), max_size=8).map(" ".join)


@given(bodies, bodies, st.data())
def test_any_of_the_edits_leave_a_readable_text(draft: str, reply: str, data: st.DataObject) -> None:
    """Whichever changes a seller accepts, what comes of it are whole sentences, none glued to another."""
    chosen = [edit for edit in _edits(draft, reply) if data.draw(st.booleans())]
    text = _applied(draft, chosen)
    assert [text[start:end] for start, end in sentence_spans(text) if text[start:end] not in SENTENCES] == []


@given(letters, letters)
def test_edits_are_in_order_and_apart(draft: str, reply: str) -> None:
    """No two edits overlap, and each names the words that go and the words that come."""
    done = reply_done = 0
    for edit in _edits(draft, reply):
        assert done <= edit.start <= edit.end <= len(draft)
        assert reply_done <= edit.reply_start <= edit.reply_end <= len(reply)
        assert draft[edit.start : edit.end] == edit.original
        assert reply[edit.reply_start : edit.reply_end] == edit.replacement
        assert edit.original != edit.replacement
        done, reply_done = edit.end, edit.reply_end


def test_an_edit_says_which_rules_the_old_words_broke() -> None:
    """Only the faults that stand in the words that go, each once, with their reasons."""
    draft = "👍 Hi. It is your fault, your fault. Kindly wait. It broke."
    reply = "👍 Hi. We dropped it. Please wait. It cracked."
    edits = [(e.original, e.replacement, e.rules, e.why) for e in _edits(draft, reply)]
    assert edits == [
        ("It is your fault, your fault.", "We dropped it.", ["blame"], "blame is wrong."),
        ("Kindly wait.", "Please wait.", ["jargon"], "jargon is wrong."),
        ("It broke.", "It cracked.", [], NOT_A_FAULT),
    ]


def test_what_is_only_added_breaks_no_rule() -> None:
    """New words beside a fault that stays have nothing to do with it."""
    draft = "It is your fault."
    (edit,) = _edits(draft, "It is your fault. Sorry.")
    assert (edit.start, edit.end, edit.replacement, edit.rules) == (17, 17, " Sorry.", [])


def test_other_white_space_is_an_edit_of_the_white_space_alone() -> None:
    """A paragraph break put in leaves the sentences around it out of it, with their faults."""
    (edit,) = _edits("Hi. It is your fault. Bye.", "Hi.\n\nIt is your fault. Bye.")
    assert (edit.original, edit.replacement, edit.rules) == (" ", "\n\n", [])


@pytest.mark.parametrize("draft", ["Hi! " * 5000, "Hi! Bo! " * 80])
def test_a_draft_of_endless_sentences_does_not_take_for_ever(draft: str) -> None:
    """Texts that no letter has are replaced as a whole before comparing them holds up everybody else."""
    reply = "Hi! Bo! Bo! " * 100
    started = time.process_time()
    assert _applied(draft, edits_between(draft, reply, [], RULES)) == reply
    assert time.process_time() - started < 1


def test_a_long_letter_is_still_compared_sentence_by_sentence() -> None:
    """A hundred sentences and one change are one edit of one sentence."""
    draft = " ".join(f"It broke {i} times." for i in range(100))
    (edit,) = _edits(draft, draft.replace("It broke 50 times.", "Sorry."))
    assert (edit.original, edit.replacement) == ("It broke 50 times.", "Sorry.")
