"""A run coaches every case, grades what comes of it, and keeps a row of each; what failed is never a pass."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from coach.check import Checker
from coach.coaching import Coach
from coach.errors import ModelUnavailable
from coach.schemas import ReplyRequest
from evals.cases import Case, Expect
from evals.results import Row
from evals.run import Runner, Stopped, summary
from tests.fake_model import Answer, FakeModel

BLAME = "You should have read the listing."
DRAFT = f"{BLAME} We can swap it."
GOOD = "I'm sorry we sent the wrong size. A large leaves today."
FACTS = ["We sent the wrong size", "A large leaves today"]
DOWN = [ModelUnavailable("down")]


def case(name: str, draft: str = DRAFT, facts: Sequence[str] = FACTS, **expected: Any) -> Case:
    """A complaint with a draft."""
    request = ReplyRequest(customer_message="Too small!", draft=draft, facts=list(facts))
    return Case(id=name, story="s", group="unclear", request=request, expect=Expect(fault="shop", **expected))


async def rows_of(checker: Checker, cases: list[Case], *answers: Answer, **how: Any) -> list[Row]:
    """What comes of cases with a model that answers so; whoever listens must be told of each in turn."""
    told: list[Row] = []
    runner = Runner(Coach(FakeModel(*answers), checker), told=told.append)
    rows = await runner.run(cases, **{"variants": False, **how})
    assert told == rows
    return rows


def graders_against(row: Row) -> set[str]:
    """Which graders fail a row."""
    return {fault.grader for fault in row.faults}


async def test_an_error_does_not_end_the_run(checker: Checker) -> None:
    """The cases after it are coached all the same, and what went wrong is kept."""
    rows = await rows_of(checker, [case("a"), case("b"), case("c")], GOOD, DOWN, GOOD)
    assert [(row.case, row.error) for row in rows] == [("a", None), ("b", "down"), ("c", None)]
    assert [row.passes("ready") for row in rows] == [True, None, True]


async def test_a_model_that_is_gone_is_not_asked_for_ever(checker: Checker) -> None:
    """After five errors in a row the rest is not run, and says so."""
    model = FakeModel(DOWN)
    rows = await Runner(Coach(model, checker)).run([case(str(n)) for n in range(8)], variants=False)
    assert [row.error for row in rows] == ["down"] * 5 + ["not run: the model failed 5 times in a row"] * 3
    assert len(model.conversations) == 5


async def test_a_run_stops_when_it_may_not_go_on(checker: Checker) -> None:
    """What it has measured by then stays; the rest could not be measured."""
    left = [True, True]

    def may_go_on() -> None:
        if not left:
            raise Stopped("spent")
        left.pop()

    runner = Runner(Coach(FakeModel(GOOD), checker), may_go_on=may_go_on)
    rows = await runner.run([case(str(n)) for n in range(4)], variants=False)
    assert [row.error for row in rows] == [None, None, "spent", "spent"]


async def test_the_figures_of_a_run(checker: Checker) -> None:
    """Ready at once, ready when mended, never ready, and no reply at all: each is counted as what it is."""
    never = case("never", BLAME, [])  # there is nothing in it that code could add to a reply
    cases = [case("at once"), case("mended"), never, case("no reply"), case("unchanged", GOOD, outcome="unchanged")]
    rows = await rows_of(checker, cases, GOOD, f"{GOOD} {BLAME}", GOOD, BLAME, BLAME, BLAME, DOWN)
    figures = summary(rows)
    assert (figures.replies, figures.ready, figures.ready_first, figures.errors) == (5, 3, 2, 1)
    assert figures.as_expected == 3
    assert figures.attempts == 6
    assert figures.tokens == (600, 360, 42)  # six calls were answered
    assert figures.caught["blame"] == 2


async def test_what_the_model_wrote_at_first_is_graded_apart(checker: Checker) -> None:
    """A mended reply passes, and what was mended is not forgotten: prompts are measured by it."""
    at_once, mended = await rows_of(checker, [case("a"), case("b")], GOOD, f"{GOOD} {BLAME}", GOOD)
    assert (at_once.passes("first:blame"), at_once.passes("blame")) == (True, True)
    assert (mended.passes("first:blame"), mended.passes("blame")) == (False, True)
    assert mended.first is not None
    assert BLAME in mended.first
    (fault,) = [fault for fault in mended.faults if fault.grader == "first:blame"]
    assert mended.first[fault.start : fault.end] == fault.quote


async def test_nothing_is_graded_that_is_not_there(checker: Checker) -> None:
    """A draft that comes back as it was has no first attempt; a family's own complaint is no variant."""
    (row,) = await rows_of(checker, [case("a", GOOD, outcome="unchanged")])
    assert row.passes("first:blame") is None
    assert row.passes("relation") is None
    assert row.passes("blame") is True


@pytest.mark.parametrize(
    ("expected", "grader", "reason"),
    [
        ({}, None, ""),
        ({"allows": ("deadline",), "must_say": ("A LARGE",), "must_not_say": ("medium",)}, None, ""),
        ({"outcome": "unchanged"}, "outcome", "It came out as rewritten, not as unchanged."),
        ({"forbids": ("refund", "deadline")}, "unbacked-promise", "It promises deadline, which nothing backs here."),
        ({"must_say": ("a large", "for free")}, "changed-facts", "It lacks 'for free'."),
        ({"must_not_say": ("medium", "a Large leaves")}, "says", "It says 'a Large leaves'."),
    ],
)
async def test_a_reply_is_held_against_what_the_case_expects(
    checker: Checker, expected: dict[str, Any], grader: str | None, reason: str
) -> None:
    """Its outcome, what it promises, and what it has to say or must not, in any case and across lines."""
    (row,) = await rows_of(checker, [case("a", **expected)], GOOD.replace("A large", "A\nlarge"))
    told = [(fault.grader, fault.reason) for fault in row.faults]
    assert told == ([(grader, reason)] if grader else [])
    assert row.passes_all == (not told)


async def test_variants_are_held_against_the_familys_own_reply(checker: Checker) -> None:
    """More promises than there were, and a reply that changes when it is coached again, are faults of relation."""
    own, attacked, twice = await rows_of(checker, [case("a")], GOOD, f"{GOOD} We'll refund you too.", variants=True)
    assert [row.case for row in (own, attacked, twice)] == ["a", "a/attack", "a/twice"]
    assert graders_against(own) == set()
    assert twice.outcome == "unchanged"
    assert twice.passes("relation") is True
    assert attacked.attempts > 1  # the refund that nothing backs did not leave


async def test_a_question_is_not_coached_again(checker: Checker) -> None:
    """There is no reply to coach; a question in its place is right or wrong by its outcome alone."""
    nothing_known = ReplyRequest(customer_message="Too small!", policies=[])
    expect = Expect(outcome="needs_input", fault="unknown", must_say=("large",))
    asked = Case(id="a", story="s", group="no draft", request=nothing_known, expect=expect)
    rows = await rows_of(checker, [asked], variants=True)
    assert [row.case for row in rows] == ["a", "a/attack"]
    assert graders_against(rows[0]) == set()
    assert summary(rows).questions == 2


async def test_a_run_can_be_interrupted_between_two_cases(checker: Checker) -> None:
    """Also where nothing ever waits: drafts that are good, or recordings. What was told by then stays told."""
    told: list[Row] = []

    def interrupt(row: Row) -> None:
        told.append(row)
        task = asyncio.current_task()
        assert task is not None
        task.cancel()

    good = [case(str(n), GOOD, outcome="unchanged") for n in range(9)]
    with pytest.raises(asyncio.CancelledError):
        await Runner(Coach(FakeModel(), checker), told=interrupt).run(good, variants=False)
    assert [row.case for row in told] == ["0"]


async def test_samples_are_numbered(checker: Checker) -> None:
    """Each case so many times, a sample after the other."""
    rows = await rows_of(checker, [case("a"), case("b")], GOOD, samples=2)
    assert [(row.case, row.sample) for row in rows] == [("a", 0), ("b", 0), ("a", 1), ("b", 1)]


def test_a_run_without_a_reply_has_figures_too() -> None:
    """Nothing ready, no seconds, no tokens: the report is printed all the same."""
    figures = summary([])
    assert (figures.replies, figures.ready, figures.errors, figures.seconds_median) == (0, 0, 0, None)
    assert (figures.as_expected, figures.first_sentence_median, figures.attempts, figures.caught) == (0, None, 0, {})
