"""A run coaches every case and counts what came of it; a case without a reply is a failure, not a gap."""

import pytest

from coach.check import Checker
from coach.coaching import Coach
from coach.errors import ModelUnavailable
from coach.schemas import ReplyRequest
from evals.cases import Case
from evals.run import Result, run_cases, summary
from tests.fake_model import Answer, FakeModel

BLAME = "You should have read the listing. We can swap it."
GOOD = "I'm sorry we sent the wrong size. A large leaves today."


def case(name: str, draft: str = BLAME) -> Case:
    """A complaint with a draft."""
    return Case(id=name, story="s", request=ReplyRequest(customer_message="Too small!", draft=draft))


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
    cases = [case("at once"), case("mended"), case("never"), case("no reply"), case("unchanged", GOOD)]
    results = await results_of(checker, cases, GOOD, BLAME, GOOD, BLAME, BLAME, [ModelUnavailable("down")])
    figures = summary(results)
    assert (figures.cases, figures.ready, figures.ready_first, figures.errors) == (5, 3, 2, 1)
    assert (figures.tokens_in, figures.tokens_cached, figures.tokens_out) == (500, 300, 35)  # five calls were answered


async def test_seconds_are_those_of_replies(checker: Checker) -> None:
    """An error that comes at once, or after a minute, says nothing about how long a reply takes."""
    ready, failed = await results_of(checker, [case("a"), case("b")], GOOD, [ModelUnavailable("down")])
    assert ready.response is not None
    timed = [Result(ready.case, seconds, ready.response) for seconds in (1.0, 2.0, 6.0)]
    figures = summary([*timed, Result(failed.case, 60.0, None, "down")])
    assert (figures.seconds_median, figures.seconds_max) == (2.0, 6.0)


@pytest.mark.parametrize("results", [[], [Result(case("a"), 1.0, None, "down")]])
def test_a_run_without_a_reply_has_figures_too(results: list[Result]) -> None:
    """Nothing ready, no seconds, no tokens: the report is printed all the same."""
    figures = summary(results)
    assert (figures.cases, figures.ready, figures.errors) == (len(results), 0, len(results))
    assert (figures.seconds_median, figures.seconds_max, figures.tokens_in) == (0, 0, 0)
