"""Every error as a problem after RFC 9457: one map from our errors to what a client sees."""

import math
import re
import uuid
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example

from coach.api.body import MAX_BODY_BYTES
from coach.api.middleware import security_headers
from coach.errors import InputError, ModelBadAnswer, ModelError, ModelTimeout, ModelUnavailable, TooLongError
from coach.schemas import Finding, Problem

MEDIA_TYPE = "application/problem+json"
_STATUS: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (TooLongError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (InputError, HTTPStatus.BAD_REQUEST),
    (ModelBadAnswer, HTTPStatus.BAD_GATEWAY),
    (ModelUnavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (ModelTimeout, HTTPStatus.GATEWAY_TIMEOUT),
)
_DESCRIPTIONS = {
    400: "The body is not valid; `errors` names every wrong field.",
    404: "There is no such thing.",
    408: "The body did not arrive in time.",
    413: "The body is too large, or does not fit the model's context; `detail` gives both numbers.",
    415: "The body is not JSON.",
    500: "A mistake of ours.",
    502: "The model's server answered with something that is no answer.",
    503: "The model cannot be reached, is loading, or is overloaded; `Retry-After` where known.",
    504: "The model did not come to an end before the deadline.",
}
# In place of what litestar says, which is the status's name once more.
_DETAILS = {
    404: "There is nothing at this path; /docs tells what there is.",
    405: "This path does not answer to that method; the Allow header names those that it answers to.",
    413: f"The body is larger than {MAX_BODY_BYTES} bytes; send fewer policies or shorter texts.",
}

log: structlog.stdlib.BoundLogger = structlog.get_logger("coach.api")


def problem_specs(*statuses: int) -> dict[int, ResponseSpec]:
    """The problems that a handler can answer with, for its description in OpenAPI."""
    return {status: _problem_spec(HTTPStatus(status)) for status in statuses}


def _problem_spec(status: HTTPStatus) -> ResponseSpec:
    description = _DESCRIPTIONS[status]
    problem = Problem(title=status.phrase, status=status, detail=description, request_id="0b7f7c2f4c6a4f0f8d3c9b1a")
    example = Example(summary=status.phrase, value=problem.model_dump(exclude_none=True))
    return ResponseSpec(data_container=Problem, media_type=MEDIA_TYPE, description=description, examples=[example])


def problem_response(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """The response for an error that left a handler; the one exception handler of the app."""
    # Where no route fits, no middleware has given the request its id, or will set the headers.
    identifier = request.scope["state"].setdefault("request_id", uuid.uuid4().hex)
    problem, headers = problem_for(request, error)
    headers |= {"X-Request-ID": identifier, **security_headers(request.scope["path"])}
    return Response(problem, status_code=problem["status"], headers=headers, media_type=MEDIA_TYPE)


def problem_for(request: Request[Any, Any, Any], error: Exception) -> tuple[dict[str, Any], dict[str, str]]:
    """An error as a problem, and the headers that belong to it. Errors that nobody intended are logged here."""
    status, detail, headers = _described(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request.crashed", exc=error)
    problem = Problem(
        title=status.phrase,
        status=status,
        detail=detail,
        request_id=request.scope["state"].get("request_id", ""),
        errors=_field_errors(error) or None,
        retry_after_s=error.retry_after_s if isinstance(error, ModelError) else None,
        draft_findings=request.scope["state"].get("draft_findings"),
    )
    return problem.model_dump(exclude_none=True), headers


def remember_draft_findings(request: Request[Any, Any, Any], findings: Sequence[Finding]) -> None:
    """Keep what the check found in a draft, so that a problem that comes after it can still tell."""
    request.scope["state"]["draft_findings"] = list(findings)


def _described(error: Exception) -> tuple[HTTPStatus, str, dict[str, str]]:
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.status_code)
        crashed = status == HTTPStatus.INTERNAL_SERVER_ERROR
        detail = _crash_detail() if crashed else _detail(error)
        return status, detail, dict(error.headers or {})
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return status, str(error), _retry_after(error)
    return HTTPStatus.INTERNAL_SERVER_ERROR, _crash_detail(), {}


def _crash_detail() -> str:
    return "Something went wrong on our side. Nothing that you sent was kept; the request id helps us to find out."


def _detail(error: HTTPException) -> str:
    if error.extra and error.detail.startswith("Validation failed"):
        return "The body is not valid."
    status = HTTPStatus(error.status_code)
    return _DETAILS.get(status, status.description) if error.detail in {"", status.phrase} else error.detail


def _retry_after(error: Exception) -> dict[str, str]:
    seconds = error.retry_after_s if isinstance(error, ModelError) else None
    return {} if seconds is None else {"Retry-After": str(math.ceil(seconds))}


def _field_errors(error: Exception) -> list[dict[str, str]]:
    if isinstance(error, InputError):
        return error.errors
    if isinstance(error, HTTPException) and isinstance(error.extra, list):
        return [
            {"field": _path(str(entry.get("key", ""))), "message": _sentence(str(entry.get("message", "")))}
            for entry in error.extra
        ]
    return []


def _path(key: str) -> str:
    """`policies.1.text` as people write it: `policies[1].text`; printable whatever the client sent."""
    path = re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", key)
    return path.encode("utf-8", "backslashreplace").decode()


def _sentence(message: str) -> str:
    if message == "Extra inputs are not permitted":
        return "there is no such field"
    return message.removeprefix("Value error, ")
