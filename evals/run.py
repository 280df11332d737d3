"""Coach every case and keep what came of it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from coach.coaching import Coach
from coach.errors import CoachError
from coach.schemas import ReplyResponse
from evals.cases import Case


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a case: a response, or the error in its place."""

    case: Case
    seconds: float
    response: ReplyResponse | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a run.

    Attributes:
        cases: How many were run.
        ready: How many came back ready.
        ready_first: How many of them at the first attempt.
        errors: How many gave no reply at all.
        seconds_median: Of the time a reply took, errors aside.
        seconds_max: The same.
        tokens_in: Of all cases together, those out of the cache included.
        tokens_cached: The same, those out of the cache alone.
        tokens_out: The same, written.
    """

    cases: int
    ready: int
    ready_first: int
    errors: int
    seconds_median: float
    seconds_max: float
    tokens_in: int
    tokens_cached: int
    tokens_out: int


async def run_cases(coach: Coach, cases: Sequence[Case], done: Callable[[Result], None]) -> list[Result]:
    """Coach the cases one after the other; `done` is told of each as it ends."""
    results = []
    for case in cases:
        started = time.perf_counter()
        response, error = None, None
        try:
            response = await coach.reply(case.request)
        except CoachError as failure:
            error = str(failure)
        results.append(Result(case, time.perf_counter() - started, response, error))
        done(results[-1])
    return results


def summary(results: Sequence[Result]) -> Summary:
    """The figures of a run; a case without a reply counts as not ready."""
    responses = [result.response for result in results if result.response]
    seconds = [result.seconds for result in results if result.response] or [0.0]
    return Summary(
        cases=len(results),
        ready=sum(response.ready for response in responses),
        ready_first=sum(response.ready and response.attempts <= 1 for response in responses),
        errors=len(results) - len(responses),
        seconds_median=median(seconds),
        seconds_max=max(seconds),
        tokens_in=sum(response.usage.input_tokens for response in responses),
        tokens_cached=sum(response.usage.cached_tokens for response in responses),
        tokens_out=sum(response.usage.output_tokens for response in responses),
    )
