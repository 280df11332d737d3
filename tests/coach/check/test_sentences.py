"""Sentences are found where they stand, and nothing between them is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.check.sentences import sentence_spans

texts = st.one_of(st.text(), st.text(alphabet="ab. !?\r\n\t\u2028\x1c\u200b…\"'é👍Mr1"))


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize("text", ["", " ", "\r\n\t \n", "\u00a0"])
def test_nothing_but_white_space_holds_no_sentence(text: str) -> None:
    """A blank text has no sentences, not one empty one."""
    assert sentence_spans(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Okafor came at 4 p.m. today.",
        "It costs 3.50 euros.",
        "See www.example.com for it.",
        "no full stop at all",
    ],
)
def test_must_not_be_cut(text: str) -> None:
    """Not every full stop ends a sentence."""
    assert _sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It broke. I'm sorry!", ["It broke.", "I'm sorry!"]),
        ("  It broke.  \n\n Sorry? \n", ["It broke.", "Sorry?"]),
        ("Hi Dana,\r\n\r\nIt broke.\r\n\r\nLiz", ["Hi Dana,", "It broke.", "Liz"]),
        ("Oh 🙏🏽. It broke. 👍", ["Oh 🙏🏽.", "It broke.", "👍"]),
    ],
)
def test_sentences_come_without_the_white_space_around_them(text: str, sentences: list[str]) -> None:
    """A span begins with a sentence's first character and ends with its last."""
    assert _sentences(text) == sentences


@given(texts)
def test_only_white_space_lies_outside_the_sentences(text: str) -> None:
    """Spans are ordered, hold something, and leave out white space only."""
    done = 0
    for start, end in sentence_spans(text):
        assert done <= start < end
        assert not text[done:start].strip()
        assert text[start:end] == text[start:end].strip()
        done = end
    assert not text[done:].strip()


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\u2028\u2028", "\xa0"])
def test_white_space_of_any_kind_is_white_space(end: str) -> None:
    """Line ends as other systems and web pages write them neither shift a span nor bring the check down."""
    text = f"It broke, Mr. Obi.{end}A new one leaves today.{end}1. Today{end}“OK”"
    spans = sentence_spans(text)
    assert text[slice(*spans[0])] == "It broke, Mr. Obi."
    assert text[spans[-1][0] : spans[-1][1]].endswith("“OK”")
