"""What `evals briefing` measures on is whole, and what it prints is counted right."""

import pytest

from coach.case_reader import shipped_reader
from coach.check import Noted
from coach.notes import is_inward
from coach.schemas import Policy
from evals.briefing import Item, Wording, is_let_through, load_items, load_wordings
from evals.briefing.labelled_notes import Note, Part, load_notes
from tests.terminal import type_in

PARTS: tuple[Part, ...] = ("training", "development", "test")
ITEM = Item(
    id="mug",
    customer_message="My mug came broken! What now?",
    facts=("We packed the mug badly", "pads cost us 6.20", "A new mug leaves today"),
    policies=(
        Policy(id="broken", title="Broken mugs", text="We replace a broken mug free of charge."),
        Policy(id="dogs", title="Dogs", text="Dogs are welcome."),
    ),
    draft=None,
    fault="ours",
    tell=frozenset({0, 2}),
    policies_to_tell=frozenset({"broken"}),
    reply="I'm sorry: we packed the mug badly. A new one leaves today, free of charge.",
)


def test_the_requests_and_notes_are_whole() -> None:
    """Every label points at something, and notes of both kinds are as many."""
    items, notes = load_items(), [note for part in PARTS for note in load_notes(part)]
    assert len({item.id for item in items}) == len(items) >= 100
    assert all(item.tell <= set(range(len(item.facts))) for item in items)
    assert all(item.policies_to_tell <= {policy.id for policy in item.policies} for item in items)
    assert len({one.note.lower() for one in notes}) == len(notes) >= 2000
    assert [one.inward for one in notes].count(True) == [one.inward for one in notes].count(False) == 1000
    assert all((one.inward is None) != (one.doing is None) for one in notes)


def test_the_notes_of_one_story_are_in_one_part() -> None:
    """What is measured on is not what was trained on."""
    stories = [{one.scenario for one in load_notes(part) if one.scenario} for part in PARTS]
    assert all(stories)
    assert sum(map(len, stories)) == len(set.union(*stories))


def test_hardly_a_note_that_may_be_told_is_kept_in_the_shop() -> None:
    """What is left out must be sure; much that should be is not known yet."""
    notes = [note for part in PARTS for note in load_notes(part) if note.inward is not None]
    kept = [one.inward for one in notes if is_inward(one.note)]
    assert kept.count(True) > 100
    assert kept.count(False) <= 5


def test_no_sentence_that_says_something_else_is_let_through() -> None:
    """What is let through must be sure; where it is not, the note stays as code puts it."""
    wordings = load_wordings()
    let_through = [one for one in wordings if is_let_through(one, shipped_reader())]
    assert len({one.note for one in wordings}) == len(wordings) >= 250
    assert let_through
    assert all(one.keeps for one in let_through)


def test_each_thing_is_counted_where_it_belongs(monkeypatch: pytest.MonkeyPatch) -> None:
    """One request in which all goes right, four notes and two sentences."""
    monkeypatch.setattr("evals.briefing.load_items", lambda: [ITEM])
    notes = [Note(note="pads cost us 6.20", inward=True), Note(note="she paid £40", inward=False)]
    notes += [Note(note="we packed the wrong size", doing="shop"), Note(note="parcel is 3 kg", doing="nobody")]
    read = {"we packed the wrong size": Noted("shop"), "pads cost us 6.20": Noted(inward=True)}
    monkeypatch.setattr("coach.check.Checker.noted", lambda _, note: read.get(note, Noted()))
    monkeypatch.setattr("evals.briefing.load_notes", lambda _: notes)
    wordings = [Wording(note="parcel back at depot", sentence="The parcel is back at the depot.", keeps=True)]
    wordings += [Wording(note="parcel back at depot", sentence="We have the parcel back.", keeps=False)]
    monkeypatch.setattr("evals.briefing.load_wordings", lambda: wordings)
    screen = type_in("evals", "briefing")
    rows = [line.split() for line in screen.out.splitlines() if line.rstrip().endswith("%")]
    assert {" ".join(words[:-2]): (words[-2], words[-1]) for words in rows} == {
        "fact, to tell: told": ("2", "100%"),
        "fact, not to tell: told": ("1", "0%"),
        "policy, to tell: told": ("1", "100%"),
        "policy, not to tell: told": ("1", "0%"),
        "fault, ours: found": ("1", "100%"),
        "note, inward: left out": ("1", "100%"),
        "note, to tell: left out": ("1", "0%"),
        "note, the shop's doing: seen": ("1", "100%"),
        "note, not the shop's doing: taken for it": ("1", "0%"),
        "sentence, says the same: let through": ("1", "100%"),
        "sentence, says something else: let through": ("1", "0%"),
    }
    assert "1 requests; of the replies that should have been sent 1 pass every check." in screen.out
