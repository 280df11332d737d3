"""Labelled cases and notes are read as they were written, and each is in one part."""

from pathlib import Path

import pytest

from coach.errors import InputError
from evals.case_reader.data import (
    SMALL_WORDS,
    Fact,
    Filling,
    Rule,
    aligned,
    cases_in,
    fillings_in,
    load_cases,
    load_fillings,
)

CASES = """= lid
> It leaks!

f T o | wrong lid packed
p - | Mugs are dishwasher safe.
= kettle
> How long?
f I - | Jo forgot it again
p + | Kettles take a week.
"""


def test_cases_are_read(tmp_path: Path) -> None:
    """Each line is what its first letters say."""
    (tmp_path / "cases.txt").write_text(CASES)
    lid, kettle = cases_in(tmp_path / "cases.txt")
    assert (lid.id, lid.message, kettle.message) == ("lid", "It leaks!", "How long?")
    assert lid.facts == [Fact("wrong lid packed", "T", "o")]
    assert lid.rules == [Rule("Mugs are dishwasher safe.", told=False)]
    assert kettle.rules == [Rule("Kettles take a week.", told=True)]


@pytest.mark.parametrize(
    "line", ["f T z | whose?", "f T o |", "p ? | perhaps", "the lid", "> a second message"], ids=str
)
def test_line_of_another_notation_is_named(line: str, tmp_path: Path) -> None:
    """Whoever writes data finds the line."""
    (tmp_path / "cases.txt").write_text(f"= lid\n> It leaks!\n{line}\n")
    with pytest.raises(InputError, match=r"cases\.txt:3"):
        list(cases_in(tmp_path / "cases.txt"))


def test_notes_are_read(tmp_path: Path) -> None:
    """A note of which nothing can be made is data too."""
    (tmp_path / "notes.txt").write_text("n new zip in\ns a new zip is in\n\nn zip?\ns -\n")
    assert list(fillings_in(tmp_path / "notes.txt")) == [
        Filling(("new", "zip", "in"), ("a", "", "is")),
        Filling(("zip?",), None),
    ]


@pytest.mark.parametrize("line", ["s we mended the zip", "n again a note", "zip"], ids=["more", "no sentence", "what"])
def test_sentence_that_says_more_is_named(line: str, tmp_path: Path) -> None:
    """A sentence that adds a word of its own teaches to invent."""
    (tmp_path / "notes.txt").write_text(f"n zip in\n{line}\n")
    with pytest.raises(InputError, match=r"notes\.txt:2"):
        list(fillings_in(tmp_path / "notes.txt"))


@pytest.mark.parametrize(
    ("note", "sentence", "inserted"),
    [
        ("rang twice, no answer", "we rang twice, and there was no answer", ("we", "", "and there was", "")),
        ("the lid is the wrong one", "the lid is the wrong one", ("",) * 6),
        ("is it the lid", "this is it the the lid", ("this", "", "", "the")),
        ("lid sent", "the lid was resent", None),
        ("lid sent", "the lid was sent to you", None),
        ("lid sent", "sent the lid", None),
    ],
    ids=["put in", "as it was", "small words of its own", "another word", "behind the last", "another order"],
)
def test_what_a_sentence_puts_in(note: str, sentence: str, inserted: tuple[str, ...] | None) -> None:
    """All of the note, in its order, and small words before them."""
    assert aligned(note.split(), sentence.split()) == inserted


def test_parts_share_nothing() -> None:
    """What is measured was not learnt."""
    for load, name in ((load_cases, "message"), (load_fillings, "words")):
        parts = [[getattr(one, name) for one in load(part)] for part in ("training", "development", "test")]
        assert all(parts)
        assert len(set().union(*parts)) == sum(len(set(part)) for part in parts)


def test_sentences_put_in_small_words_only() -> None:
    """The shipped data keeps to its own rule."""
    for part in ("training", "development", "test"):
        for one in load_fillings(part):
            assert {word for put in one.inserted or () for word in put.split()} <= SMALL_WORDS
