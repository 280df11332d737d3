"""Labelled replies are read exactly, and a slip in them is named with its place."""

import pytest

from coach.errors import InputError
from evals.tagger.notation import parse_items

TEXT = r"""
## cracked teapot, England
> The teapot came\nin pieces.
- I'm sorry the teapot broke.
~ It should reach you in one piece this time.
! Dear Jo,\n[[suspicion|Funny that]], but [[blame+condescension|anybody can read]].
>
- Thanks for telling me.
## late lamp, Ghana
- It leaves today.
"""


def test_an_item_knows_its_kind_its_story_and_what_it_answers() -> None:
    """Scenario and customer's message hold for the items below them; a new scenario forgets the message."""
    items = list(parse_items("a.txt", TEXT))
    assert [(item.kind, item.scenario, item.labelled.customer_message) for item in items] == [
        ("clean", "cracked teapot, England", "The teapot came\nin pieces."),
        ("near miss", "cracked teapot, England", "The teapot came\nin pieces."),
        ("faulty", "cracked teapot, England", "The teapot came\nin pieces."),
        ("clean", "cracked teapot, England", None),
        ("clean", "late lamp, Ghana", None),
    ]
    assert items[0].place == "a.txt:4"


def test_marks_become_offsets_into_the_text_without_marks() -> None:
    """Each rule of a mark is a label of its own, and the offsets cut out the marked words."""
    labelled = list(parse_items("a.txt", TEXT))[2].labelled
    assert labelled.text == "Dear Jo,\nFunny that, but anybody can read."
    assert [(label.rule, labelled.text[label.start : label.end]) for label in labelled.findings] == [
        ("suspicion", "Funny that"),
        ("blame", "anybody can read"),
        ("condescension", "anybody can read"),
    ]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("Sorry about that.", "a line begins with"),
        ("! [[blam|You did it]].", "there is no rule 'blam'"),
        ("! Nothing is marked.", "items with marks begin with '! '"),
        ("- [[blame|You did it]].", "items with marks begin with '! '"),
        ("! [[blame|You did it]] and [[this.", r"not of the form \[\[rule\|words\]\]"),
    ],
)
def test_a_slip_is_named_with_its_place(line: str, complaint: str) -> None:
    """File, line and what is wrong."""
    with pytest.raises(InputError, match=rf"^a\.txt:2: .*{complaint}"):
        list(parse_items("a.txt", f"## a story\n{line}"))


def test_an_item_needs_a_story() -> None:
    """Data is split by story: an item without one could not be."""
    with pytest.raises(InputError, match="before the first scenario"):
        list(parse_items("a.txt", "- Fine."))
