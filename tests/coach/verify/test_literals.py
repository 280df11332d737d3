"""What must be exact is read however it is written, and the same thing has the same value."""

import pytest

from coach.verify.literals import literals_in, spans_between, values_in


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        (["£50", "50 pounds", "fifty pounds", "50.00 quid", "GBP 50"], "50 £"),
        (["$1,299.00", "1299 dollars", "USD 1,299"], "1299 $"),
        (["12,50 €", "€12.50", "12.5 euros"], "12.5 €"),
        (["20 %", "20%", "twenty per cent", "20 percent"], "20%"),
        (["14 days", "two weeks", "14-day", "fourteen days"], "14 days"),
        (["five working days", "5 business days"], "5 working days"),
        (["24 hours", "1 day", "24h", "24 h"], "1 days"),
        (["3 months", "3 mths", "three months"], "91.2 days"),
        (["tomorrow", "tmrw"], "tomorrow"),
        (["4 May", "May 4th", "the 4th of May", "2026-05-04"], "4 may"),
        (["14:10", "2:10 pm", "2.10 pm"], "14:10"),
        (["noon", "12 pm", "12:00"], "12:00"),
        (["on Tuesday", "Tue", "by Tuesday"], "tuesday"),
        (
            ["Saturday", "free sat 10am", "8am sat", "by sat", "sat morning", "every sat", "fri 4pm or sat 8.30"],
            "saturday",
        ),
        (["this week", "this wk"], "this week"),
        (["end of the month", "end of month"], "end of month"),
        (["https://www.shop.example/x/", "shop.example/x"], "shop.example/x"),
        (["#10234", "10234", "10,234"], "10234"),
        (["40 cm", "40cm"], "40 cm"),
        (["one hundred pounds", "a hundred pounds", "£100"], "100 £"),
        (["one thousand", "a thousand", "1,000"], "1000"),
        (["the 13th", "number 13"], "13"),
    ],
)
def test_the_same_is_the_same_however_it_is_written(texts: list[str], value: str) -> None:
    """Currencies, words, separators and forms of a date do not count."""
    for text in texts:
        assert value in values_in(f"It is {text} here."), text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Order RM123456789GB, write to a.b@shop.example.",
            [("code", "RM123456789GB"), ("e-mail address", "a.b@shop.example")],
        ),
        ("Ring 020 7946 0321 by Friday.", [("phone number", "020 7946 0321"), ("day", "by Friday")]),
        ("1. Open it\n2. Close it", []),
        ("I paid £50 for 3 mugs.", [("sum", "£50"), ("number", "3")]),
        ("Come on the 3rd with slip A3.", [("number", "3rd"), ("code", "A3")]),
        ("Thank you for writing. One of our packers erred.", []),
        ("It sat in our drawer in the sun.", []),
        ("", []),
        ("🙏", []),
    ],
)
def test_each_kind_is_found_at_its_place(text: str, found: list[tuple[str, str]]) -> None:
    """Offsets are those of the text as it was typed; the lines of a list are not counted."""
    assert [(literal.kind, text[literal.start : literal.end].strip()) for literal in literals_in(text)] == found


@pytest.mark.parametrize(
    "text", ["a" * 20_000, "1" * 20_000, "1 " * 10_000, "£" * 20_000, "www." * 5_000, "\u200b" * 20_000]
)
def test_no_text_takes_for_ever(text: str) -> None:
    """Whatever people paste in is read in time that grows with its length."""
    assert all(0 <= literal.start < literal.end <= len(text) for literal in literals_in(text))


def test_offsets_survive_hidden_characters() -> None:
    """Zero-width characters and full-width digits are read through, and found where they were typed."""
    text = "It costs £\u200b\uff150 today."
    (price, _) = literals_in(text)
    assert (price.value, text[price.start : price.end]) == ("50 £", "£\u200b\uff150")


def test_spans_lie_between_what_is_named_and_not_in_a_timetable() -> None:
    """Days between dates and weekdays, minutes between times; of a long list nothing is said to follow."""
    spans = spans_between(literals_in("From Monday 28 February, 9:00, to Wednesday 3 March, 9:45."))
    assert {literal.value for text in ("4 days", "2 days", "45 minutes") for literal in literals_in(text)} <= spans
    assert spans_between(literals_in(" ".join(f"{day} March," for day in range(1, 20)))) == frozenset()
    assert spans_between(literals_in("31 February to 30 February")) == frozenset()
