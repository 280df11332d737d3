"""The use case, from top to bottom: check the draft, brief the model, ask, check what it wrote, have it mended once."""

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from coach.brief import make_brief
from coach.budget import count_tokens, fitting
from coach.check import Checked, Checker, detect_language, sentence_spans
from coach.edits import edits_between
from coach.errors import ModelBadAnswer, ModelError, ModelTimeout, TooLongError
from coach.letter import Letter, split_letter
from coach.model import Chunk, Message, Model
from coach.prompting import Prompts, load_prompts
from coach.schemas import Advice, Edit, Finding, Outcome, Policy, ReplyRequest, ReplyResponse, Usage

MAX_ATTEMPTS = 2
MAX_REPLY_TOKENS = 600
_REPAIR_TOKENS = 300  # the request to mend a reply
DEFAULT_DEADLINE_MS = 120_000
_QUESTION = (
    "What happened, and what can you offer? A line or two is enough. There is no draft, no fact and no policy to go "
    "by, and a reply written now would be made up."
)


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


Event = DraftChecked | SentencePassed | Coached


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

    def __init__(
        self,
        model: Model,
        checker: Checker,
        *,
        prompts: Prompts | None = None,
        policies: Sequence[Policy] = (),
        deadline_ms: int = DEFAULT_DEADLINE_MS,
    ) -> None:
        """Bring the parts together.

        Args:
            model: What writes.
            checker: What judges.
            prompts: What the model is told; the package's own where left out.
            policies: The policy book, for requests that bring no policies.
            deadline_ms: How long an answer may take, for requests that do not say.
        """
        self.model = model
        self.checker = checker
        self.prompts = prompts or load_prompts()
        self.policies = tuple(policies)
        self.deadline_ms = deadline_ms

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
        run = _Run(self, request)
        yield DraftChecked(run.draft.findings)
        if request.draft and run.draft.passed:
            yield run.finish("unchanged", _Attempt(request.draft, run.draft))
        elif not (request.draft or request.facts or run.policies):
            yield run.finish("needs_input", None)
        else:
            async with aclosing(run.rewrite()) as events:
                async for event in events:
                    yield event

    def plan(self, request: ReplyRequest) -> Plan:
        """What would be sent to the model for a request; nothing is sent.

        Raises:
            InputError: The request cannot be used, or does not fit the model.
        """
        return _Run(self, request).plan()


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A reply that may be sent, or may not."""

    text: str
    checked: Checked


def _faults(attempt: _Attempt) -> tuple[bool, int]:
    """What speaks against an attempt: above all that nobody can read it."""
    return not attempt.checked.readable, len(attempt.checked.findings)


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
        self.policies = coach.policies if request.policies is None else tuple(request.policies)
        self.draft = self._check(request.draft or "")
        self._clock("check")

    def plan(self) -> Plan:
        """Put together what the model is told, with as many policies as there is room for."""
        brief = make_brief(self._request, self.policies, self.draft.findings)
        conversation = self._coach.prompts.conversation
        # The reply may have to be sent back once and written anew: both must fit.
        limit = self._coach.model.context_tokens - 2 * MAX_REPLY_TOKENS - _REPAIR_TOKENS
        kept = fitting(
            self.policies,
            query="\n".join([brief.customer_message, *brief.notes, *brief.facts]),
            count_with=lambda some: count_tokens(conversation(replace(brief, policies=tuple(some)))),
            limit=limit,
        )
        messages = tuple(conversation(replace(brief, policies=tuple(kept))))
        left_out = tuple(policy.id for policy in self.policies if policy not in kept)
        return Plan(messages, count_tokens(messages), limit, left_out, brief.letter)

    async def rewrite(self) -> AsyncGenerator[Event, None]:
        """Ask the model, check what it writes while it writes, and have it mended if it fails."""
        plan = self.plan()
        self._left_out = plan.policies_left_out
        told = _Told(lambda text: self._check(text).passed)
        unsigned = replace(plan.letter, sign_off="")  # under half a sentence it would make it look like a whole one
        messages = plan.messages
        best: _Attempt | None = None
        while self._attempts < MAX_ATTEMPTS and (best is None or best.checked.findings):
            self._attempts += 1
            answer = ""
            try:
                async with aclosing(self._ask(messages)) as pieces:
                    async for piece in pieces:
                        answer += piece
                        for event in told.news(_reply(unsigned, answer), finished=False):
                            self._clock("first_sentence")
                            yield event
                attempt = self._attempt(plan.letter, answer)
            except (ModelError, TooLongError):
                if best is None:
                    raise
                break  # a reply that is not ready, and says so, is worth more than none
            best = min(best or attempt, attempt, key=_faults)
            messages = (*plan.messages, *self._coach.prompts.repair_turn(answer, attempt.checked.findings))
        if best and best.checked.passed:
            for event in told.news(best.text, finished=True):
                self._clock("first_sentence")
                yield event
        yield self.finish("rewritten", best)

    def finish(self, outcome: Outcome, attempt: _Attempt | None) -> Coached:
        """The whole answer."""
        request, checked = self._request, attempt.checked if attempt else None
        self._clock("total")
        return Coached(
            ReplyResponse(
                id=uuid.uuid4().hex,
                outcome=outcome,
                ready=bool(checked and checked.passed),
                reply=attempt.text if attempt else None,
                question=_QUESTION if outcome == "needs_input" else None,
                draft_findings=list(self.draft.findings),
                reply_findings=list(checked.findings) if checked else [],
                edits=self._edits(attempt),
                advice=_advice(checked),
                language=checked.language if checked else self._customers_language(),
                rules_off=request.rules_off,
                policies_left_out=list(self._left_out),
                attempts=self._attempts,
                model=self._coach.model.name,
                prompt_version=self._coach.prompts.version,
                usage=self._usage,
                timings_ms=self._timings_ms,
                input_hash=request.input_hash,
            )
        )

    async def _ask(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        async with aclosing(self._coach.model.stream(messages, max_tokens=MAX_REPLY_TOKENS)) as chunks:
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

    def _attempt(self, letter: Letter, answer: str) -> _Attempt:
        if not split_letter(answer).body:
            raise ModelBadAnswer("The model's answer says nothing.")
        text = _reply(letter, answer)
        return _Attempt(text, self._check(text))

    def _check(self, text: str) -> Checked:
        return self._coach.checker.check(
            text,
            customer_message=self._request.customer_message,
            quotable=[policy.text for policy in self.policies],
            rules_off=self._request.rules_off,
        )

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
        """The sentences to tell now: those that are complete and, with all that stands before them, pass."""
        spans = sentence_spans(text)
        starts = [0, *(end for _, end in spans)]
        for index, (_, end) in enumerate(spans if finished else spans[:-1]):
            sentence = text[starts[index] : end]
            # The last one is told again where it was not the last before: that takes back what followed it.
            last = finished and index == len(spans) - 1
            if self._sentences[index : None if last else index + 1] == [sentence]:
                continue
            if not self._passes(text[:end]):
                return
            self._sentences[index:] = [sentence]
            yield SentencePassed(index, sentence)


def _reply(letter: Letter, answer: str) -> str:
    """The model's words, between the seller's own greeting and sign-off; a sign-off of the model's own is dropped."""
    written = split_letter(answer)
    return str(replace(letter, greeting=letter.greeting or written.greeting, body=written.body))


def _advice(checked: Checked | None) -> list[Advice]:
    if checked is None or checked.readable:
        return []
    message = (
        f"The rules read English. This reply seems to be in another language ({checked.language}): it is unchecked."
    )
    return [Advice(kind="language", message=message)]
