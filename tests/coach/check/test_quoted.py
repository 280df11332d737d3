"""Other people's words are not judged, and nobody hides behind quotation marks."""

# ruff: noqa: RUF001  that characters look alike is what is tested

import time

import pytest

from coach.check.quoted import quoted_spans

CUSTOMER = "I want my money back. It's a shame!"


def _quoted(text: str, *sources: str) -> list[str]:
    return [text[start:end] for start, end in quoted_spans(text, sources)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("I want my money back.", id="no marks"),
        pytest.param('You were "careless with it", were you?', id="not the customer's words"),
        pytest.param('It has no "one", I think', id="half a word of theirs"),
        pytest.param('"I want my money back', id="never closed"),
        pytest.param('"I want\nmy money back"', id="over two lines"),
        pytest.param('It was "..." and "", then "?!"', id="no words in the marks"),
        pytest.param("We don't think it's yours, isn't it?", id="apostrophes"),
        pytest.param("Sales > 3 and costs > 4", id="a greater-than sign in a line"),
    ],
)
def test_must_not_count_as_quoted(text: str) -> None:
    """With the customer's words at hand, only those words count as quoted."""
    assert _quoted(text, CUSTOMER) == []


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        pytest.param('You wrote "I want my money back", and so', '"I want my money back"', id="straight marks"),
        pytest.param("You wrote “i want MY money” twice", "“i want MY money”", id="curly marks, other case"),
        pytest.param("You wrote ‘It’s a shame’.", "‘It’s a shame’", id="single curly marks around an apostrophe"),
        pytest.param("You wrote 'It's a shame'.", "'It's a shame'", id="single marks around an apostrophe"),
        pytest.param("You wrote «my money back».", "«my money back»", id="guillemets"),
        pytest.param('🙏 "money,\tback!" ok', '"money,\tback!"', id="punctuation and space may differ"),
        pytest.param("No.\r\n  > it never came", "  > it never came", id="a line of the customer's mail"),
    ],
)
def test_the_customers_words_in_marks_are_quoted(text: str, quoted: str) -> None:
    """The span holds the marks and is that of the text as typed."""
    assert _quoted(text, CUSTOMER) == [quoted]


def test_any_of_the_sources_may_be_quoted() -> None:
    """A policy can be quoted as well as the customer."""
    text = 'Our terms say "within 30 days", you say "my money".'
    assert _quoted(text, CUSTOMER, "Returns are free within 30 days.") == ['"within 30 days"', '"my money"']


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('We are "so sorry" for it', []),
        ('You said "we want it" first', ['"we want it"']),
    ],
)
def test_without_sources_three_words_make_a_quotation(text: str, quoted: list[str]) -> None:
    """Where the customer's message is not known, marks around a word or two are scare quotes."""
    assert _quoted(text) == quoted
    assert _quoted(text, "", " \n") == quoted


@pytest.mark.parametrize("text", ["«" * 20_000, "('" * 10_000, " 'aa'aa" * 2800, '"' * 19_999, "  >" * 6000])
def test_marks_do_not_take_for_ever(text: str) -> None:
    """The longest text that is accepted is read at once, whatever it is made of."""
    started = time.process_time()
    assert all(0 <= start < end <= len(text) for start, end in quoted_spans(text, [CUSTOMER]))
    assert time.process_time() - started < 0.5
