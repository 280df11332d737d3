"""The use case, from top to bottom: judge the draft, brief the model, ask, judge what it wrote, have it mended."""

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from coach.advice import advice_for
from coach.answer import reply_in, whole_sentences_of
from coach.brief import NO_DOUBT, BriefMaker, make_brief
from coach.budget import count_tokens, fitting
from coach.check import Checker, detect_language, sentence_spans
from coach.edits import edits_between
from coach.errors import ModelBadAnswer, ModelError, ModelTimeout, TooLongError
from coach.letter import Letter, split_letter
from coach.mending import completed, composed, mended, points_said
from coach.model import Chunk, Message, Model
from coach.points import Point
from coach.prompting import Prompts, load_prompts
from coach.questions import question_for
from coach.schemas import Edit, Finding, Outcome, Policy, ReplyRequest, ReplyResponse, Usage
from coach.verify import Verdict, Verifier, situation_of
from coach.wording import wording_of

MAX_ATTEMPTS = 3
MAX_REPLY_TOKENS = 600
MAX_NOTE_TOKENS = 120  # a note as a sentence; facts have one or two lines
_REPAIR_TOKENS = 300  # the request to mend a reply
DEFAULT_DEADLINE_MS = 120_000


@dataclass(frozen=True, slots=True)
class DraftChecked:
    """First event: what is wrong with the draft. No model has been asked yet."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class SentencePassed:
    """A sentence that has passed the checks, with the white space before it: joined, the sentences are the reply.

    When a reply has to be mended, a sentence that differs comes again under its index, and so do all that follow it.
    """

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class Coached:
    """Last event: the whole answer."""

    response: ReplyResponse


@dataclass(frozen=True, slots=True)
class Attempted:
    """What the model wrote has been judged; what is wrong with it goes back to the model, or is mended."""

    reply: str
    findings: tuple[Finding, ...]


Event = DraftChecked | SentencePassed | Attempted | Coached


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be sent to the model.

    Attributes:
        messages: The conversation.
        tokens: What it counts.
        limit_tokens: What it may count.
        policies_left_out: Ids of the policies for which there was no room.
        letter: Greeting and sign-off that the reply will have; its body is empty.
    """

    messages: tuple[Message, ...]
    tokens: int
    limit_tokens: int
    policies_left_out: tuple[str, ...]
    letter: Letter


class Coach:
    """Coaches replies with one model, one set of rules, one set of prompts and one policy book."""

    def __init__(  # noqa: PLR0913  the parts
        self,
        model: Model,
        checker: Checker,
        *,
        prompts: Prompts | None = None,
        policies: Sequence[Policy] = (),
        deadline_ms: int = DEFAULT_DEADLINE_MS,
        brief_of: BriefMaker = make_brief,
    ) -> None:
        """Bring the parts together.

        Args:
            model: What writes.
            checker: What judges.
            prompts: What the model is told; the package's own where left out.
            policies: The policy book, for requests that bring no policies.
            deadline_ms: How long an answer may take, for requests that do not say.
            brief_of: What makes the brief; the evals compare several ways.
        """
        self.model = model
        self.checker = checker
        self.prompts = prompts or load_prompts()
        self.verifier = Verifier(checker, secret=self.prompts.secret)
        self.policies = tuple(policies)
        self.deadline_ms = deadline_ms
        self.brief_of = brief_of

    async def reply(self, request: ReplyRequest) -> ReplyResponse:
        """Coach a reply and wait for the whole answer.

        Raises:
            InputError: The request cannot be used, or does not fit the model.
            ModelError: The model gave no answer at all.
        """
        async with aclosing(self.events(request)) as events:
            async for event in events:
                if isinstance(event, Coached):
                    return event.response
        raise AssertionError("coaching ends with an answer or an error")

    async def events(self, request: ReplyRequest) -> AsyncGenerator[Event, None]:
        """Coach a reply and tell what happens as it happens; the last event is a `Coached`.

        Raises:
            InputError: The request cannot be used, or does not fit the model.
            ModelError: The model gave no answer at all. What the draft's check found has been told by then.
        """
        run = await asyncio.to_thread(_Run, self, request)  # to read a case takes a while, and others wait
        yield DraftChecked(run.draft.findings)
        question = question_for(run.situation, self.verifier)
        if request.draft and run.draft.passed:
            yield run.finish("unchanged", _Attempt(Letter("", request.draft, ""), request.draft, run.draft))
        elif question:
            yield run.finish("needs_input", None, question)
        else:
            async with aclosing(run.rewrite()) as events:
                async for event in events:
                    yield event

    def plan(self, request: ReplyRequest) -> Plan:
        """What would be sent to the model for a request; nothing is sent.

        A small model gets each note in a conversation of its own: here they stand behind the one opening.

        Raises:
            InputError: The request cannot be used, or does not fit the model.
        """
        run = _Run(self, request)
        return run.plan_of_notes() if run.says_points else run.plan()


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A reply that may be sent, or may not."""

    letter: Letter
    text: str
    verdict: Verdict


def _faults(attempt: _Attempt) -> tuple[bool, int]:
    """What speaks against an attempt: above all that nobody can read it."""
    return not attempt.verdict.readable, len(attempt.verdict.findings)


class _Run:
    """One request on its way."""

    def __init__(self, coach: Coach, request: ReplyRequest) -> None:
        self._started = time.perf_counter()
        self._deadline_s = (request.deadline_ms or coach.deadline_ms) / 1000
        self._coach = coach
        self._request = request
        self._attempts = 0
        self._usage = Usage()
        self._timings_ms: dict[str, float] = {}
        self._left_out: tuple[str, ...] = ()
        self._best: _Attempt | None = None
        self._model_failed = False
        self.policies = coach.policies if request.policies is None else tuple(request.policies)
        self.situation = situation_of(request, self.policies, coach.verifier.commands)
        self.draft = self._verify(request.draft or "", whole=bool(request.draft))
        self.brief = coach.brief_of(request, self.policies, self.draft.findings, coach.verifier, self.situation)
        self.situation = replace(self.situation, to_keep="\n".join(self.brief.notes))
        self._clock("check")

    def plan(self) -> Plan:
        """Put together what the model is told, with as many policies as there is room for."""
        brief = self.brief
        conversation = self._coach.prompts.conversation
        # The reply may have to be sent back once and written anew: both must fit.
        limit = self._coach.model.context_tokens - 2 * MAX_REPLY_TOKENS - _REPAIR_TOKENS
        kept = fitting(
            brief.policies,
            query="\n".join([brief.customer_message, *brief.notes, *brief.facts]),
            count_with=lambda some: count_tokens(conversation(brief.with_policies(some))),
            limit=limit,
        )
        messages = tuple(conversation(brief.with_policies(kept)))
        left_out = tuple(policy.id for policy in brief.policies if policy not in kept)
        return Plan(messages, count_tokens(messages), limit, left_out, brief.letter)

    @property
    def says_points(self) -> bool:
        """Whether the points are the reply: a small model chooses badly what to say, and words a note well enough."""
        return self._coach.model.small and self.brief.spoken and bool(self.brief.due)

    def plan_of_notes(self) -> Plan:
        """What the model is told where it only puts notes as sentences."""
        prompts = self._coach.prompts
        notes = [prompts.note_conversation(point.note)[-1] for point in self.brief.points if point.note]
        messages = (*prompts.note_opening, *notes) if notes else ()
        limit = self._coach.model.context_tokens - MAX_NOTE_TOKENS
        return Plan(messages, count_tokens(messages), limit, (), self.brief.letter)

    async def rewrite(self) -> AsyncGenerator[Event, None]:
        """Have a reply written; its sentences are told as soon as they pass, and again where they had to be mended."""
        told = _Told(lambda text: self._verify(text, whole=False).passed)
        self._best = self._kept_draft()
        ways = (self._say_the_points, self._ask_for_a_reply) if self.says_points else (self._ask_for_a_reply,)
        for way in ways:
            if not self._passed:
                async with aclosing(way(told)) as events:
                    async for event in events:
                        yield event
        best = self._best
        if best and best.verdict.passed:
            best = self._completed(best) if self._attempts else best
            for event in told.news(best.text, finished=True):
                self._clock("first_sentence")
                yield event
        yield self.finish("rewritten", best)

    async def _say_the_points(self, told: "_Told") -> AsyncGenerator[Event, None]:
        """Put the reply together, point by point, with each note in the model's words where they can be proved."""
        points = self.brief.points
        for place, point in enumerate(points):
            points = (*points[:place], await self._worded(point), *points[place + 1 :])
            self.brief = replace(self.brief, points=points)
            so_far = composed(self._unsigned, replace(self.brief, points=points[: place + 1]))
            for event in told.news(str(so_far), finished=False):
                self._clock("first_sentence")
                yield event
        plainest = self._plainest()
        yield Attempted(plainest.text, plainest.verdict.findings)
        self._best = self._mended(plainest)

    async def _worded(self, point: Point) -> Point:
        """A point as a sentence of the model's, where it was jotted down: the note's own words, and what joins them."""
        if not point.note or self._model_failed:
            return point
        self._attempts = 1
        messages = self._coach.prompts.note_conversation(point.note)
        wording = wording_of(point.note, self._coach.verifier.reader)
        try:
            async with aclosing(self._ask(messages, MAX_NOTE_TOKENS, wording.grammar)) as pieces:
                sentence = reply_in("".join([piece async for piece in pieces])).strip()
        except ModelBadAnswer:
            return point
        except (ModelError, TooLongError):
            self._model_failed = True  # code's own words will do, and are there at once
            return point
        return point.said_as(sentence) if wording.allows(sentence) else point

    async def _ask_for_a_reply(self, told: "_Told") -> AsyncGenerator[Event, None]:
        """Ask the model, check what it writes while it writes, and have it mended if it fails."""
        try:
            plan = self.plan()
        except TooLongError:
            if self._best is None:
                raise
            return  # what there is comes back, though it is not ready
        self._left_out = plan.policies_left_out
        messages = plan.messages
        # What is wrong with the points, a small model hardly ever mends: it is asked once.
        limit = self._attempts + 1 if self.says_points else MAX_ATTEMPTS
        while self._attempts < limit and not self._passed:
            self._attempts += 1
            answer, problem = "", None
            try:
                async with aclosing(self._ask(messages, MAX_REPLY_TOKENS)) as pieces:
                    async for piece in pieces:
                        answer += piece
                        for event in told.news(str(_letter(self._unsigned, answer)), finished=False):
                            self._clock("first_sentence")
                            yield event
            except (ModelError, TooLongError) as error:
                problem, answer = error, whole_sentences_of(answer) if isinstance(error, ModelBadAnswer) else ""
            if not split_letter(reply_in(answer)).body:
                if self._best is None:
                    raise problem or ModelBadAnswer("The model's answer says nothing.")
                break  # a reply that is not ready, and says so, is worth more than none
            attempt = self._attempt(_letter(self.brief.letter, answer))
            yield Attempted(attempt.text, attempt.verdict.findings)
            self._best = min(self._best or attempt, attempt, key=_faults)
            # Asked once, the model did not mend it, and a small one hardly would: what code does is sure, and at once.
            if self._attempts > 1 or self._coach.model.small:
                self._best = self._mended(attempt, self._best)
            messages = (*plan.messages, *self._coach.prompts.repair_turn(answer, attempt.verdict.findings))

    def finish(self, outcome: Outcome, attempt: _Attempt | None, question: str | None = None) -> Coached:
        """The whole answer."""
        request, verdict = self._request, attempt.verdict if attempt else None
        self._clock("total")
        return Coached(
            ReplyResponse(
                id=uuid.uuid4().hex,
                outcome=outcome,
                ready=bool(verdict and verdict.passed),
                reply=attempt.text if attempt else None,
                question=question,
                draft_findings=list(self.draft.findings),
                reply_findings=list(verdict.findings) if verdict else [],
                edits=self._edits(attempt),
                commitments=list(verdict.commitments) if verdict else [],
                citations=list(verdict.citations) if verdict else [],
                advice=advice_for(self.situation, self.draft, verdict, self._coach.verifier),
                language=verdict.language if verdict else self._customers_language(),
                rules_off=request.rules_off,
                rules_unread=list(verdict.unread) if verdict else [],
                policies_left_out=list(self._left_out),
                attempts=self._attempts,
                model=self._coach.model.name,
                prompt_version=self._coach.prompts.version,
                usage=self._usage,
                timings_ms=self._timings_ms,
                input_hash=request.input_hash,
            )
        )

    async def _ask(
        self, messages: Sequence[Message], max_tokens: int, grammar: str | None = None
    ) -> AsyncGenerator[str, None]:
        answer = self._coach.model.stream(messages, max_tokens=max_tokens, grammar=grammar)
        async with aclosing(answer) as chunks:
            while chunk := await self._next_in_time(chunks):
                self._usage += chunk.usage or Usage()
                if chunk.text:
                    yield chunk.text
        self._clock("model")

    async def _next_in_time(self, chunks: AsyncGenerator[Chunk, None]) -> Chunk | None:
        left_s = self._deadline_s - (time.perf_counter() - self._started)
        try:
            async with asyncio.timeout(max(0.0, left_s)):
                return await anext(chunks, None)
        except TimeoutError:
            raise ModelTimeout(f"The model did not come to an end within {self._deadline_s:g} s.") from None

    @property
    def _passed(self) -> bool:
        """Whether there is a reply that may be sent."""
        return self._best is not None and self._best.verdict.passed

    @property
    def _unsigned(self) -> Letter:
        """The letter of a reply that is still being written: a sign-off makes half a sentence look like a whole one."""
        return replace(self.brief.letter, sign_off="")

    def _attempt(self, letter: Letter) -> _Attempt:
        return _Attempt(letter, str(letter), self._judge(letter))

    def _judge(self, letter: Letter) -> Verdict:
        return self._verify(str(letter))

    def _completed(self, attempt: _Attempt) -> _Attempt:
        """A reply that passes, with whatever the customer needs and the model has left out."""
        verifier = self._coach.verifier
        needed = [
            point
            for point in self.brief.due
            if verifier.adds(point.text, attempt.text) and (point.fact or (point.policy and verifier.gives(point.text)))
        ]
        letter, verdict = completed(attempt.letter, attempt.verdict, self.brief, needed, self._judge)
        return _Attempt(letter, str(letter), verdict)

    def _mended(self, *attempts: _Attempt) -> _Attempt:
        """The best of some attempts, with what code can do for them; the last of them where nothing helps."""
        best = attempts[-1]
        if best.verdict.passed:
            return best
        tried = [mended(one.letter, one.verdict, self.brief, self._judge) for one in (*attempts, self._plainest())]
        made = [_Attempt(letter, str(letter), verdict) for letter, verdict in tried if verdict.passed]
        return max(made, key=lambda one: points_said(one.letter, self.brief), default=best)

    def _kept_draft(self) -> _Attempt | None:
        """The seller's own words, where they lack no more than code can add: a small model writes worse."""
        draft = self._request.draft
        if not self._coach.model.small or not draft or any(f.start < f.end for f in self.draft.findings):
            return None
        if self._coach.checker.check(draft, doubt=NO_DOUBT).findings:
            return None
        own = replace(self.brief.letter, body=split_letter(draft).body)
        longer, verdict = mended(own, self._judge(own), self.brief, self._judge)
        return _Attempt(longer, str(longer), verdict) if verdict.passed else None

    def _plainest(self) -> _Attempt:
        """The points as they stand, in the letter of a reply."""
        return self._attempt(composed(self.brief.letter, self.brief))

    def _verify(self, text: str, *, whole: bool = True) -> Verdict:
        return self._coach.verifier.verify(text, self.situation, rules_off=self._request.rules_off, whole=whole)

    def _edits(self, attempt: _Attempt | None) -> list[Edit]:
        if not attempt or not self._request.draft:
            return []
        return edits_between(self._request.draft, attempt.text, self.draft.findings, self._coach.checker.rules)

    def _customers_language(self) -> str:
        return detect_language(self._request.customer_message)

    def _clock(self, name: str) -> None:
        """Note when something was first done, in milliseconds from the start."""
        self._timings_ms.setdefault(name, round((time.perf_counter() - self._started) * 1000, 1))


class _Told:
    """The sentences that a streaming caller has been told."""

    def __init__(self, passes: Callable[[str], bool]) -> None:
        self._passes = passes
        self._sentences: list[str] = []

    def news(self, text: str, *, finished: bool) -> Iterator[SentencePassed]:
        """The sentences to tell now: those that are complete and, with all that stands before them, pass.

        Those of a finished reply have passed: nothing that fails is told.
        """
        spans = sentence_spans(text)
        starts = [0, *(end for _, end in spans)]
        for index, (_, end) in enumerate(spans if finished else spans[:-1]):
            sentence = text[starts[index] : end]
            # The last one is told again where it was not the last before: that takes back what followed it.
            last = finished and index == len(spans) - 1
            if self._sentences[index : None if last else index + 1] == [sentence]:
                continue
            if not (finished or self._passes(text[:end])):
                return
            self._sentences[index:] = [sentence]
            yield SentencePassed(index, sentence)


def _letter(letter: Letter, answer: str) -> Letter:
    """The model's words, between the seller's own greeting and sign-off; a sign-off of the model's own is dropped."""
    written = split_letter(reply_in(answer))
    return replace(letter, greeting=letter.greeting or written.greeting, body=written.body)
