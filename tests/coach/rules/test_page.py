"""The catalogue's page is made from the rules, and shipped as it is made."""

from pathlib import Path

import coach.rules
from coach.rules import Bad, Catalogue, Good, Rule, catalogue
from coach.rules.page import catalogue_page
from tests.terminal import type_in


def test_the_shipped_page_is_current() -> None:
    """Whoever changes a rule makes the page anew: `make rules-page`."""
    page = Path(coach.rules.__file__).with_name("README.md").read_text(encoding="utf-8")
    assert type_in("coach", "rules", "--markdown").out == page == catalogue_page(catalogue())


def test_examples_cannot_break_the_page() -> None:
    """An example of several lines, with a bar or a tag in it, stays one cell; the offending words are bold."""
    bad = Bad(text="a | b\n[[<b>you did]] it", better="We\ndid | it")
    good = Good(text="fine\n<i>")
    texts = {"name": "N", "message": "M.", "why": "W", "instead": "I"}
    rule = Rule(id="x", **texts, sources=("S",), scope="reply", bad=(bad,), good=(good,))
    page = catalogue_page(Catalogue([rule]))
    assert "\n| a \\| b **&lt;b>you did** it | We did \\| it |\n" in page
    assert "\n- fine &lt;i>\n" in page
