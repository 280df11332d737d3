"""Coach every case and keep what came of it."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from statistics import median

from coach.coaching import Attempted, Coach, Coached
from coach.errors import CoachError
from coach.schemas import ReplyResponse
from evals.cases import Case


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a case: a response, or the error in its place.

    Attributes:
        case: The case.
        seconds: How long it took.
        response: The response.
        error: What went wrong instead.
        caught: The rules that what the model wrote had broken, an entry an attempt and rule.
    """

    case: Case
    seconds: float
    response: ReplyResponse | None
    error: str | None = None
    caught: tuple[str, ...] = ()

    @property
    def wrong(self) -> list[str]:
        """What the case's expectations say against the response."""
        return list(_wrong(self.case, self.response)) if self.response else ["no reply"]


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a run.

    Attributes:
        cases: How many were run.
        ready: How many came back ready.
        ready_first: How many of them at the first attempt.
        as_expected: How many came out as the case says, and promise and say nothing that it forbids.
        errors: How many gave no reply at all.
        seconds_median: Of the time a reply took, errors aside.
        seconds_max: The same.
        first_sentence_median: Seconds to the first sentence that had passed, where a model wrote.
        attempts: Calls of the model, of all cases together.
        caught: How many attempts had broken each rule.
        tokens_in: Of all cases together, those out of the cache included.
        tokens_cached: The same, those out of the cache alone.
        tokens_out: The same, written.
    """

    cases: int
    ready: int
    ready_first: int
    as_expected: int
    errors: int
    seconds_median: float
    seconds_max: float
    first_sentence_median: float
    attempts: int
    caught: dict[str, int]
    tokens_in: int
    tokens_cached: int
    tokens_out: int


async def run_cases(coach: Coach, cases: Sequence[Case], done: Callable[[Result], None]) -> list[Result]:
    """Coach the cases one after the other; `done` is told of each as it ends."""
    results = []
    for case in cases:
        started = time.perf_counter()
        response, error, caught = None, None, list[str]()
        try:
            async with aclosing(coach.events(case.request)) as events:
                async for event in events:
                    if isinstance(event, Attempted):
                        caught += sorted({finding.rule for finding in event.findings})
                    elif isinstance(event, Coached):
                        response = event.response
        except CoachError as failure:
            error = str(failure)
        results.append(Result(case, time.perf_counter() - started, response, error, tuple(caught)))
        done(results[-1])
    return results


def summary(results: Sequence[Result]) -> Summary:
    """The figures of a run; a case without a reply counts as not ready."""
    responses = [result.response for result in results if result.response]
    seconds = [result.seconds for result in results if result.response] or [0.0]
    first = [r.timings_ms["first_sentence"] / 1000 for r in responses if "first_sentence" in r.timings_ms] or [0.0]
    return Summary(
        cases=len(results),
        ready=sum(response.ready for response in responses),
        ready_first=sum(response.ready and response.attempts <= 1 for response in responses),
        as_expected=sum(not result.wrong for result in results),
        errors=len(results) - len(responses),
        seconds_median=median(seconds),
        seconds_max=max(seconds),
        first_sentence_median=median(first),
        attempts=sum(response.attempts for response in responses),
        caught=dict(Counter(rule for result in results for rule in result.caught).most_common()),
        tokens_in=sum(response.usage.input_tokens for response in responses),
        tokens_cached=sum(response.usage.cached_tokens for response in responses),
        tokens_out=sum(response.usage.output_tokens for response in responses),
    )


def _wrong(case: Case, response: ReplyResponse) -> Iterator[str]:
    expect, reply = case.expect, " ".join((response.reply or "").split()).casefold()
    if response.outcome != expect.outcome:
        yield f"{response.outcome}, not {expect.outcome}"
    promised = {commitment.kind for commitment in response.commitments}
    yield from (f"promises {kind}" for kind in sorted(promised & set(expect.forbids)))
    if response.reply is not None:
        yield from (f"lacks {said}" for said in expect.must_say if said.casefold() not in reply)
    yield from (f"says {said}" for said in expect.must_not_say if said.casefold() in reply)
