"""`POST /v1/replies`: coach a reply, as one JSON answer or as a stream of Server-Sent Events."""

import asyncio
import json
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Annotated, Any

from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import BodyKwarg
from litestar.response import ServerSentEvent, ServerSentEventMessage
from prometheus_client import Counter

from coach.api.examples import example
from coach.api.middleware import log_fields
from coach.api.problems import problem_for, problem_specs, remember_draft_findings
from coach.coaching import Attempted, Coach, Coached, DraftChecked, Event, SentencePassed
from coach.schemas import ReplyRequest, ReplyResponse

_Request = Request[None, None, State]
_CLIENT_CLOSED_REQUEST = 499  # nginx's number for it; nobody is left to read it, but the log is
_EVENT_STREAM = "text/event-stream"

_replies = Counter("coach_replies", "Replies given", ["outcome", "ready"])


_BODY = BodyKwarg(media_type=RequestEncodingType.JSON, examples=example("reply-request", "The wrong size was sent"))


@post(
    "/replies",
    status_code=200,
    summary="Coach a reply",
    description=(
        "The reply that should be sent, checked by every rule, with each change explained.\n\n"
        "With `Accept: text/event-stream` the same as Server-Sent Events: `check` (`findings`: the draft's, at once); "
        "`sentence` (`index`, `text`: a sentence that has passed the checks, with the white space before it; an index "
        "that comes again takes the place of that sentence and of all that followed it); `result` (this response) or "
        "`problem`."
    ),
    responses={
        200: ResponseSpec(
            data_container=ReplyResponse,
            description="The reply",
            examples=example("reply-response", "What the embedded model made of it"),
        ),
        **problem_specs(400, 408, 413, 415, 502, 503, 504),
    },
    tags=["coach"],
)
async def coach_reply(
    data: Annotated[ReplyRequest, _BODY], coach: NamedDependency[Coach], request: Request[None, None, State]
) -> Response[Any]:
    """Coach a reply."""
    if _EVENT_STREAM in request.headers.get("accept", ""):
        events = _events(coach, data, request)
        first = await anext(events)  # a request that cannot be used is still refused in the plain way
        return ServerSentEvent(_stream(first, events, request))
    reply = await _unless_client_leaves(request, _reply(coach, data, request))
    return Response(reply) if reply else Response(None, status_code=_CLIENT_CLOSED_REQUEST)


async def _reply(coach: Coach, data: ReplyRequest, request: _Request) -> ReplyResponse:
    async with aclosing(_events(coach, data, request)) as events:
        async for event in events:
            if isinstance(event, Coached):
                return event.response
    raise AssertionError("coaching ends with an answer or an error")


async def _stream(
    first: Event, events: AsyncGenerator[Event, None], request: _Request
) -> AsyncGenerator[ServerSentEventMessage, None]:
    try:
        async with aclosing(events):
            if message := _message(first):
                yield message
            async for event in events:
                if message := _message(event):
                    yield message
    except Exception as error:  # noqa: BLE001  the response has begun: whatever goes wrong now is said in the stream
        problem, _ = problem_for(request, error)
        log_fields(request.scope, problem=problem["status"])
        yield ServerSentEventMessage(event="problem", data=json.dumps(problem))


async def _events(coach: Coach, data: ReplyRequest, request: _Request) -> AsyncGenerator[Event, None]:
    """What happens while a reply is coached; on the way, what the log, the metrics and a problem will tell of it."""
    async with aclosing(coach.events(data)) as events:
        async for event in events:
            if isinstance(event, DraftChecked):
                remember_draft_findings(request, event.findings)
            elif isinstance(event, Coached):
                _note(event.response, request)
            yield event


def _message(event: Event) -> ServerSentEventMessage | None:
    """What a streaming caller is told; None where it is nothing to them."""
    match event:
        case DraftChecked():
            findings = [finding.model_dump() for finding in event.findings]
            return ServerSentEventMessage(event="check", data=json.dumps({"findings": findings}))
        case SentencePassed():
            return ServerSentEventMessage(event="sentence", data=json.dumps({"index": event.index, "text": event.text}))
        case Attempted():
            return None
        case Coached():
            return ServerSentEventMessage(event="result", data=event.response.model_dump_json())


def _note(response: ReplyResponse, request: _Request) -> None:
    _replies.labels(outcome=response.outcome, ready=str(response.ready).lower()).inc()
    log_fields(
        request.scope,
        reply_id=response.id,
        outcome=response.outcome,
        ready=response.ready,
        attempts=response.attempts,
        model=response.model,
        prompt_version=response.prompt_version,
        draft_findings=len(response.draft_findings),
        reply_findings=len(response.reply_findings),
        **response.usage.model_dump(),
    )


async def _unless_client_leaves(request: _Request, work: Coroutine[Any, Any, ReplyResponse]) -> ReplyResponse | None:
    """The work's result; None where the client has gone before it was there, and the work with it."""
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_client_leaves(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _client_leaves(request: _Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
