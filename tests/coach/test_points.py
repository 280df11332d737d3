"""What the case reader is sure of decides what a reply says, and in which words."""

from collections.abc import Sequence

import pytest

from coach.check import Checker
from coach.letter import Letter
from coach.points import Point, points_of
from coach.schemas import Policy, ReplyRequest
from coach.verify import Verifier, situation_of
from tests.fake_reader import FakeReader

MESSAGE = "The lid does not close. What now?"
JOTTED, MUTE, WRITTEN = "new lid sent on Monday", "hinge bent in store", "The hinge was bent in our store."
LABEL, RIGHT_ONE = "label printed 4 May", "The right one is in stock."
RULES = [f"The {what} has a lining of felt." for what in ("lid", "box", "tray", "case")]


def points_with(
    reader: FakeReader, *facts: str, rules: str = "We are shut on Sundays.", notes: Sequence[str] = ()
) -> list[Point]:
    """The points of a case, read by a reader that knows some of it."""
    verifier = Verifier(Checker(), reader=reader)
    policies = [Policy(id="care", title="Care", text=rules)]
    situation = situation_of(ReplyRequest(customer_message=MESSAGE, facts=list(facts)), policies, verifier.commands)
    return list(points_of(situation, verifier.mistake(situation), notes, Letter("", "", ""), verifier))


@pytest.mark.parametrize(
    ("tells", "told"),
    [
        ({}, ["The new lid was sent on Monday", WRITTEN]),
        ({JOTTED: True, MUTE: True}, ["The new lid was sent on Monday", "Hinge bent in store", WRITTEN]),
        ({JOTTED: False, MUTE: False, WRITTEN: False}, [WRITTEN]),
    ],
    ids=["nothing is sure", "all is told", "nothing is told"],
)
def test_jotted_fact_is_told_as_the_reader_is_sure_of_it(tells: dict[str, bool], told: list[str]) -> None:
    """What the seller has written out is meant to be read, unless it is surely beside the point."""
    assert [point.text for point in points_with(FakeReader(tells), JOTTED, MUTE, WRITTEN)] == told


def test_sentence_that_is_surely_beside_the_point_is_left_out() -> None:
    """What the shop did, a figure and what the customer names may matter all the same."""
    nephew, price, lid = "Robin is a nephew.", "The post is $85.", "Every lid has a hinge."
    points = points_with(FakeReader(idle=[WRITTEN, nephew, price, lid]), WRITTEN, nephew, price, lid)
    assert [point.text for point in points] == [WRITTEN, price, lid]


def test_jotted_fact_that_is_surely_told_may_not_go_unsaid() -> None:
    """However much else there is to tell."""
    told = "What is broken is replaced within 3 days."
    silent = points_with(FakeReader(), LABEL, RIGHT_ONE, rules=told)
    sure = points_with(FakeReader({LABEL: True}), LABEL, RIGHT_ONE, rules=told)
    assert ([point.aside for point in silent if point.fact], [point.aside for point in sure if point.fact]) == (
        [True, False],
        [False, False],
    )


def test_rule_that_is_surely_told_is_told() -> None:
    """Also where it gives, refuses and demands nothing."""
    assert points_with(FakeReader(), rules=RULES[0]) == []
    assert points_with(FakeReader({RULES[0]: True}), rules=RULES[0]) == [Point(RULES[0], "care")]


def test_no_more_than_three_such_rules_are_told() -> None:
    """A reply is no list of policies."""
    told = points_with(FakeReader(dict.fromkeys(RULES, True)), rules=" ".join(RULES))
    assert [point.text for point in told] == RULES[:3]


def test_rule_that_leans_on_the_one_before_it_brings_it_along() -> None:
    """Without it nobody knows what they are."""
    pair = "Lids are cut to size. They take two weeks."
    assert [point.text for point in points_with(FakeReader({"They take two weeks.": True}), rules=pair)] == [pair]


def test_policy_is_read_as_far_as_there_is_time() -> None:
    """Beyond some forty sentences the rules decide alone."""
    long = " ".join([RULES[0], *["The mill grinds on."] * 40])
    assert points_with(FakeReader({RULES[0]: True}), rules=long) == []


def test_note_becomes_the_sentence_that_the_reader_makes_of_it() -> None:
    """With a capital, and no model has to word it."""
    reader = FakeReader(sentences={MUTE: "the hinge was bent in our store"})
    assert points_with(reader, MUTE) == [Point("The hinge was bent in our store", fact=True)]


def test_capital_of_a_note_is_no_name() -> None:
    """A note that begins small is read as it was jotted down; a name keeps its capital."""
    reader = FakeReader(sentences={"Karen rang at noon": "Karen rang us at noon", "hinge bent": "the hinge is bent"})
    told = [point.text for point in points_with(reader, "Karen rang at noon", "hinge bent")]
    assert told == ["Karen rang us at noon", "The hinge is bent"]


ROUTER = "Router was reset on Saturday, from here."


@pytest.mark.parametrize(
    ("read", "told"),
    [
        ("the router was reset on Saturday", f"The router{ROUTER[6:]}"),
        ("Router was reset on Saturday", ROUTER),
        ("the router was reset by us on Saturday", ROUTER),
    ],
)
def test_fact_gets_the_article_that_was_saved(read: str, told: str) -> None:
    """Where the reader would put in nothing else; a name gets none."""
    (point,) = points_with(FakeReader(sentences={"Router was reset on Saturday": read}), ROUTER)
    assert (point.text, point.aside) == (told, False)


def test_what_was_given_is_told_though_the_reader_would_not() -> None:
    """A jotted refund is what the customer waits for; a jotted day is not."""
    refunded, waived, day = "refund of £96 sent", "call-out fee of £45 waived", "parcel back tomorrow"
    reader = FakeReader(tells={refunded: False, waived: False, day: False})
    points = points_with(reader, refunded, waived, day, rules="What is broken is replaced within 3 days.")
    told = [(point.text, point.aside) for point in points if point.fact]
    assert told == [("The refund of £96 was sent", False), ("The call-out fee of £45 was waived", False)]


def test_what_the_draft_refuses_and_others_grant_is_not_said() -> None:
    """A policy, or a fact: they are what holds; what nobody grants stays refused."""
    note = "You can return it at your own cost within 14 days."
    for fact, rules, told in (
        (RIGHT_ONE, "We are shut on Sundays.", True),
        (RIGHT_ONE, "If the lid does not close, the return is free: we send a free label.", False),
        ("The return label is free.", "We are shut on Sundays.", False),
    ):
        assert (note in [point.text for point in points_with(FakeReader(), fact, rules=rules, notes=[note])]) == told


def test_mistake_is_not_called_ours_twice() -> None:
    """The apology says it."""
    for note in ("lid was a size 9 - our mix-up", "lid was a size 9, our fault", "lid was a size 9 (our mistake)"):
        assert points_with(FakeReader(), note)[0].text == "I'm sorry, this was our mistake: the lid was a size 9"


@pytest.mark.parametrize("fact", ["The customer pays customs on arrival.", "She needs a new lead."])
def test_what_is_up_to_the_customer_is_never_idle(fact: str) -> None:
    """However far it seems from the point."""
    assert points_with(FakeReader(idle=[fact]), fact) != []


def test_sentence_with_a_verb_too_many_is_not_said() -> None:
    """Each small word is put in for itself, and two may do the same."""
    reader = FakeReader(tells={MUTE: True}, sentences={MUTE: "the hinge is bent is in store"})
    assert points_with(reader, MUTE) == [Point("Hinge bent in store", fact=True, note="hinge bent in store")]


def test_note_as_long_as_a_letter_is_not_worded() -> None:
    """It is told as code puts it: the networks read notes."""
    long = f"{MUTE}, {', '.join(['hinge bent on other side'] * 10)}"
    (point,) = points_with(FakeReader(tells={long: True}), long)
    assert (point.text, point.note) == (f"H{long[1:]}", None)


def test_sentence_that_turns_the_story_round_is_not_said() -> None:
    """Who called, and who was called, are two."""
    reader = FakeReader(sentences={"Karen called at noon": "Karen was called at noon"})
    assert "Karen was called at noon" not in [point.text for point in points_with(reader, "Karen called at noon")]


def test_mistake_is_owned_in_the_sentence_that_the_reader_makes_of_it() -> None:
    """Behind the apology it goes on small."""
    reader = FakeReader(sentences={"we forgot lid when packing": "we forgot the lid when we were packing"})
    (point,) = points_with(reader, "we forgot lid when packing")
    assert (point.text, point.owned, point.note) == ("I'm sorry: we forgot the lid when we were packing", True, None)
