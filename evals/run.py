"""Coach the cases, grade what comes of them, and keep a row of each."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from statistics import median

from coach.coaching import Attempted, Coach, Coached
from coach.errors import CoachError
from coach.schemas import ReplyResponse
from evals.cases import Case
from evals.graders import FIRST, Fault, fault_of_relation, faults_of_expectations, faults_of_rules, judge, promised
from evals.recordings import Asking, Recordings, asking
from evals.results import Row
from evals.variants import TWICE, variants_of

_GIVE_UP_AFTER = 5  # errors in a row: the model is not coming back


class Stopped(Exception):  # noqa: N818  a signal to stop, not an error
    """A run that ends before its end; what it has measured is kept."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a run.

    Attributes:
        replies: How many were asked for.
        errors: How many could not be measured.
        ready: How many came back ready.
        ready_first: How many of them at the first attempt, or without a model.
        questions: How many came back as a question.
        as_expected: How many pass every grader: no rule broken, and as the case expects.
        attempts: Calls of the model, of all together.
        caught: How many first attempts broke each rule.
        first_sentence_median: Seconds to the first sentence that had passed; None where nothing was timed.
        seconds_median: Seconds to the reply; likewise.
        seconds_max: The same.
        tokens: In, out of the cache, and out.
    """

    replies: int
    errors: int
    ready: int
    ready_first: int
    questions: int
    as_expected: int
    attempts: int
    caught: dict[str, int]
    first_sentence_median: float | None
    seconds_median: float | None
    seconds_max: float | None
    tokens: tuple[int, int, int]


@dataclass(slots=True)
class Runner:
    """Runs families of cases.

    Attributes:
        coach: What is measured.
        recordings: Where answers come from or go to; None: straight from the model, and nothing is kept.
        first_sample: The number of the first sample.
        told: Told of each row as it is done.
        may_go_on: Raises `Stopped` where the run must not go on.
    """

    coach: Coach
    recordings: Recordings | None = None
    first_sample: int = 0
    told: Callable[[Row], None] = lambda _row: None
    may_go_on: Callable[[], None] = lambda: None
    _errors_in_a_row: int = 0

    async def run(self, families: Sequence[Case], samples: int = 1, *, variants: bool = True) -> list[Row]:
        """Coach each family's own complaint, then its variants, so many times over.

        Where the model fails again and again, or `may_go_on` says no, the rest is not run: its rows say so.
        """
        rows: list[Row] = []
        stopped = ""
        for sample in range(samples):
            for family in families:
                base: Row | None = None
                for case in (family, *(variants_of(family) if variants else ())):
                    if _is_twice(case) and base and not base.error and "reply" not in base.graded:
                        continue  # a question came in place of a reply: there is nothing to coach again
                    try:
                        if not stopped:
                            self.may_go_on()
                            self._give_up()
                    except Stopped as stop:
                        stopped = str(stop)
                    row = _blank(case, sample, stopped) if stopped else await self._row(case, sample, base)
                    await asyncio.sleep(0)  # lets Ctrl-C through: recordings answer without ever waiting
                    base = base or row
                    rows.append(row)
                    self.told(row)
        return rows

    def _give_up(self) -> None:
        if self._errors_in_a_row >= _GIVE_UP_AFTER:
            raise Stopped(f"not run: the model failed {_GIVE_UP_AFTER} times in a row")

    async def _row(self, case: Case, sample: int, base: Row | None) -> Row:
        if _is_twice(case):
            if base is None or base.error:
                return _blank(case, sample, "the family's own complaint could not be measured")
            case = case.model_copy(update={"request": case.request.model_copy(update={"draft": base.reply})})
        who = Asking(case.id, self.first_sample + sample)
        token = asking.set(who)
        started = time.perf_counter()
        response, first, error = None, None, None
        try:
            async with aclosing(self.coach.events(case.request)) as events:
                async for event in events:
                    if isinstance(event, Attempted):
                        first = first or event
                    elif isinstance(event, Coached):
                        response = event.response
        except CoachError as failure:
            error = str(failure)
        finally:
            asking.reset(token)
        error = self._not_measured(who) or error
        sent = self.recordings is None or any((a.case, a.sample) == who for a in self.recordings.sent)
        if error and not self._missing(who):
            self._errors_in_a_row += 1
        elif response and response.attempts:  # a draft that is good as it is says nothing of the model
            self._errors_in_a_row = 0
        if error or response is None:
            return _blank(case, sample, error or "the coach gave no answer")
        row = self._graded(case, sample, response, first, base)
        timed = {"seconds": round(time.perf_counter() - started, 2), "first_sentence_s": _first_sentence(response)}
        return row.model_copy(
            update={
                **(timed if sent and response.attempts else {}),
                "model_ms": self.recordings.model_ms[who] if self.recordings else 0,
            }
        )

    def _graded(
        self, case: Case, sample: int, response: ReplyResponse, first: Attempted | None, base: Row | None
    ) -> Row:
        commitments = promised(response.commitments)
        faults: list[Fault] = []
        graded = []
        if response.reply is not None:
            graded.append("reply")
            faults += faults_of_rules(judge(self.coach.verifier, case, response.reply).findings)
            if not response.ready:
                faults.append(Fault(grader="ready", reason="It does not leave as ready."))
        if first:
            graded.append("first")
            faults += faults_of_rules(first.findings, FIRST)
        faults += faults_of_expectations(case, response.outcome, response.reply, response.commitments)
        if case.relation and base and not base.error:
            graded.append("relation")
            if fault := fault_of_relation(case, response.reply, commitments, base.reply, base.commitments):
                faults.append(fault)
        usage = response.usage
        return Row(
            case=case.id,
            family=case.family,
            group=case.group,
            sample=sample,
            outcome=response.outcome,
            attempts=response.attempts,
            reply=response.reply or response.question,
            first=first.reply if first else None,
            commitments=commitments,
            faults=tuple(faults),
            graded=tuple(graded),
            tokens=(usage.input_tokens, usage.cached_tokens, usage.output_tokens),
        )

    def _missing(self, who: Asking) -> bool:
        return bool(self.recordings and who in self.recordings.missing)

    def _not_measured(self, who: Asking) -> str | None:
        """Why an answer is not what the model would have made of it."""
        if self.recordings is None:
            return None
        if failed := self.recordings.failed.get(who):
            return failed
        if who not in self.recordings.missing:
            return None
        recorded, here = self.recordings.header.prompt_version, self.coach.prompts.version
        if recorded != here:
            return f"no recording: made with prompt {recorded}, the prompt here is {here}"
        return "no recording of this request"


def summary(rows: Sequence[Row]) -> Summary:
    """The figures of a run; what could not be measured counts as not ready."""
    measured = [row for row in rows if not row.error]
    replies = [row for row in measured if "reply" in row.graded]
    ready = [row for row in replies if row.passes("ready")]
    seconds = [row.seconds for row in measured if row.seconds is not None]
    first = [row.first_sentence_s for row in measured if row.first_sentence_s is not None]
    return Summary(
        replies=len(rows),
        errors=len(rows) - len(measured),
        ready=len(ready),
        ready_first=sum(row.attempts <= 1 for row in ready),
        questions=sum(row.outcome == "needs_input" for row in measured),
        as_expected=sum(row.passes_all for row in measured),
        attempts=sum(row.attempts for row in measured),
        caught=dict(
            Counter(
                rule
                for row in measured
                for rule in {f.grader.removeprefix(FIRST) for f in row.faults if f.grader.startswith(FIRST)}
            ).most_common()
        ),
        first_sentence_median=median(first) if first else None,
        seconds_median=median(seconds) if seconds else None,
        seconds_max=max(seconds, default=None),
        tokens=tuple(sum(row.tokens[i] for row in measured) for i in range(3)),  # type: ignore[arg-type]
    )


def _is_twice(case: Case) -> bool:
    return case.id == f"{case.family}/{TWICE}"


def _blank(case: Case, sample: int, error: str) -> Row:
    return Row(case=case.id, family=case.family, group=case.group, sample=sample, error=error)


def _first_sentence(response: ReplyResponse) -> float | None:
    ms = response.timings_ms.get("first_sentence")
    return None if ms is None else round(ms / 1000, 2)
