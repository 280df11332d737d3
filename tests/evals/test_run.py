"""A run coaches every case and counts what came of it; a case without a reply is a failure, not a gap."""

from collections.abc import Sequence
from typing import Any

import pytest

from coach.check import Checker
from coach.coaching import Coach
from coach.errors import ModelUnavailable
from coach.schemas import ReplyRequest
from evals.cases import Case, Expect
from evals.run import Result, run_cases, summary
from tests.fake_model import Answer, FakeModel

BLAME = "You should have read the listing."
DRAFT = f"{BLAME} We can swap it."
GOOD = "I'm sorry we sent the wrong size. A large leaves today."
FACTS = ["We sent the wrong size", "A large leaves today"]


def case(name: str, draft: str = DRAFT, facts: Sequence[str] = FACTS, **expected: Any) -> Case:
    """A complaint with a draft."""
    request = ReplyRequest(customer_message="Too small!", draft=draft, facts=list(facts))
    return Case(id=name, story="s", request=request, expect=Expect(fault="shop", **expected))


async def results_of(checker: Checker, cases: list[Case], *answers: Answer) -> list[Result]:
    """What comes of cases with a model that answers so; `done` must be told of each in turn."""
    told: list[Result] = []
    results = await run_cases(Coach(FakeModel(*answers), checker), cases, told.append)
    assert told == results
    return results


async def test_an_error_does_not_end_the_run(checker: Checker) -> None:
    """The cases after it are coached all the same, and what went wrong is kept."""
    down = [ModelUnavailable("down")]
    results = await results_of(checker, [case("a"), case("b"), case("c")], GOOD, down, GOOD)
    assert [(result.case.id, result.error) for result in results] == [("a", None), ("b", "down"), ("c", None)]
    assert [result.response.ready if result.response else None for result in results] == [True, None, True]


async def test_the_figures_of_a_run(checker: Checker) -> None:
    """Ready at once, ready when mended, never ready, and no reply at all: each is counted as what it is."""
    never = case("never", BLAME, [])  # there is nothing in it that code could add to a reply
    cases = [case("at once"), case("mended"), never, case("no reply"), case("unchanged", GOOD, outcome="unchanged")]
    down = [ModelUnavailable("down")]
    results = await results_of(checker, cases, GOOD, f"{GOOD} {BLAME}", GOOD, BLAME, BLAME, BLAME, down)
    figures = summary(results)
    assert (figures.cases, figures.ready, figures.ready_first, figures.errors) == (5, 3, 2, 1)
    assert figures.as_expected == 4  # all that have a reply: that the one is not ready is told above
    assert figures.attempts == 6
    assert (figures.tokens_in, figures.tokens_cached, figures.tokens_out) == (600, 360, 42)  # six calls were answered


async def test_what_the_model_broke_is_kept(checker: Checker) -> None:
    """Each rule counts once an attempt, however often it is broken; what passes at once has nothing to show."""
    twice = f"{GOOD} {BLAME} You should have measured first."
    at_once, mended = await results_of(checker, [case("at once"), case("mended")], GOOD, twice, GOOD)
    assert at_once.caught == ()
    assert mended.caught.count("blame") == 1
    (never,) = await results_of(checker, [case("never", BLAME, [])], BLAME)
    assert never.caught.count("blame") == 3
    figures = summary([at_once, mended, never])
    assert figures.caught["blame"] == 4
    assert list(figures.caught.values()) == sorted(figures.caught.values(), reverse=True)


@pytest.mark.parametrize(
    ("expected", "wrong"),
    [
        ({}, []),
        ({"allows": ("deadline",), "must_say": ("A LARGE",), "must_not_say": ("medium",)}, []),
        ({"outcome": "unchanged"}, ["rewritten, not unchanged"]),
        ({"forbids": ("refund", "deadline")}, ["promises deadline"]),
        ({"must_say": ("a large", "for free", "Dana")}, ["lacks for free", "lacks Dana"]),
        ({"must_not_say": ("medium", "a Large leaves")}, ["says a Large leaves"]),
    ],
)
async def test_a_reply_is_held_against_what_the_case_expects(
    checker: Checker, expected: dict[str, Any], wrong: list[str]
) -> None:
    """Its outcome, what it promises, and what it has to say or must not, in any case and across lines."""
    (result,) = await results_of(checker, [case("a", **expected)], GOOD.replace("A large", "A\nlarge"))
    assert result.wrong == wrong
    assert summary([result]).as_expected == (not wrong)


async def test_without_a_reply_nothing_has_to_be_said_in_it(checker: Checker) -> None:
    """A question in a reply's place is right or wrong by its outcome alone; an error is always wrong."""
    nothing_known = ReplyRequest(customer_message="Too small!", policies=[])
    asked = [Expect(outcome="needs_input", fault="unknown", must_say=("large",)), Expect(fault="unknown")]
    cases = [Case(id="a", story="s", request=nothing_known, expect=expect) for expect in asked]
    right, wrong, failed = await results_of(checker, [*cases, case("b")], [ModelUnavailable("down")])
    assert (right.wrong, wrong.wrong, failed.wrong) == ([], ["needs_input, not rewritten"], ["no reply"])


async def test_seconds_are_those_of_replies(checker: Checker) -> None:
    """An error that comes at once, or after a minute, says nothing about how long a reply takes."""
    ready, failed = await results_of(checker, [case("a"), case("b")], GOOD, [ModelUnavailable("down")])
    assert ready.response is not None
    timed = [Result(ready.case, seconds, ready.response) for seconds in (1.0, 2.0, 6.0)]
    figures = summary([*timed, Result(failed.case, 60.0, None, "down")])
    assert (figures.seconds_median, figures.seconds_max) == (2.0, 6.0)


async def test_a_first_sentence_is_timed_where_a_model_wrote_one(checker: Checker) -> None:
    """A draft that comes back as it was has none to wait for, and does not count."""
    written, unchanged = await results_of(checker, [case("a"), case("b", GOOD)], GOOD)
    assert written.response is not None
    slow = written.response.model_copy(update={"timings_ms": {"first_sentence": 1500.0}})
    assert summary([Result(written.case, 2.0, slow), unchanged]).first_sentence_median == 1.5


@pytest.mark.parametrize("results", [[], [Result(case("a"), 1.0, None, "down")]])
def test_a_run_without_a_reply_has_figures_too(results: list[Result]) -> None:
    """Nothing ready, no seconds, no tokens: the report is printed all the same."""
    figures = summary(results)
    assert (figures.cases, figures.ready, figures.errors) == (len(results), 0, len(results))
    assert (figures.seconds_median, figures.seconds_max, figures.tokens_in) == (0, 0, 0)
    assert (figures.as_expected, figures.first_sentence_median, figures.attempts, figures.caught) == (0, 0, 0, {})
