"""Logs: one line an event, a fixed dotted name and everything variable as a key.

What the customer, the seller or the model wrote is never a key's value: nothing in this package logs it, and the
libraries that would are kept quiet.
"""

import logging
import sys

import structlog

_CHATTY = ("httpx", "httpx2", "httpcore", "httpcore2", "openai", "litestar", "uvicorn.access", "asyncio")


def configure_logs(log_format: str = "auto", level: str = "info") -> None:
    """Send logs to standard error: for people where that is a terminal, as JSON Lines elsewhere.

    Args:
        log_format: `console`, `json`, or `auto` to choose by where standard error goes.
        level: The lowest level that is shown.
    """
    for_people = log_format == "console" or (log_format == "auto" and sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            _without_exception_values,
            structlog.dev.ConsoleRenderer() if for_people else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level.upper()),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _without_exception_values(
    _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """A traceback as places in the code: an exception's own text, or a frame's values, may hold a customer's words."""
    error = event.pop("exc", None)
    if isinstance(error, BaseException):
        frames = []
        trace = error.__traceback__
        while trace:
            frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno} {trace.tb_frame.f_code.co_name}")
            trace = trace.tb_next
        event["error"] = type(error).__name__
        event["trace"] = frames
    return event
