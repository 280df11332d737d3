"""Round every request: its id, its line in the log, and the headers that keep browsers on the safe side."""

import re
import time
import uuid
from typing import Any

import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_REQUEST_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
_CSP = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
# Swagger's page starts itself from an inline script (and an empty one), and draws with inline styles and images.
_CSP_DOCS = f"{_CSP}; script-src 'self' 'unsafe-inline' data:; style-src 'self' 'unsafe-inline'; img-src 'self' data:"

log: structlog.stdlib.BoundLogger = structlog.get_logger("coach.api")


class RequestContext(ASGIMiddleware):
    """Gives each request an id, logs one line for it, and sets the security headers."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Serve one request."""
        started = time.perf_counter()
        seen: dict[str, Any] = {"status": 0}
        request_id = _request_id(scope)
        scope["state"]["request_id"] = request_id

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                headers = MutableScopeHeaders.from_message(message)
                headers["X-Request-ID"] = request_id
                headers.update(security_headers(scope["path"]))
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await next_app(scope, receive, send_with_headers)
            finally:
                log.info(
                    "request.done",
                    method=scope["method"],  # type: ignore[typeddict-item]
                    path=_route(scope),
                    status=seen["status"],
                    ms=round((time.perf_counter() - started) * 1000, 1),
                    **scope["state"].get("log_fields", {}),
                )


def security_headers(path: str) -> dict[str, str]:
    """The headers that keep browsers on the safe side, for a response at a path."""
    return {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": _CSP_DOCS if path.startswith("/docs") else _CSP,
    }


def log_fields(scope: Scope, **fields: object) -> None:
    """Add keys to the request's line in the log. Nothing that anybody wrote belongs here."""
    scope["state"].setdefault("log_fields", {}).update(fields)


def _request_id(scope: Scope) -> str:
    given = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"x-request-id"), "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _route(scope: Scope) -> str:
    """The route, not the path: a path may hold anything."""
    return str(scope.get("path_template") or "(no route)")
