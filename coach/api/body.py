"""Reading a request's body, strictly: what a client did not mean must not pass in silence."""

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any

from litestar import Request
from litestar.exceptions import ClientException, HTTPException

MAX_BODY_BYTES = 2_000_000
_READ_S = 15.0
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


async def expect_json(request: Request[Any, Any, Any]) -> None:
    """Refuse a body that is not one JSON object in UTF-8, or that takes for ever to arrive.

    It runs before a handler, and leaves the body for the handler to read.

    Raises:
        HTTPException: 400, 408, 413 or 415, with what is wrong and where.
    """
    if request.method != "POST":
        return
    media_type, parameters = request.content_type
    if media_type != "application/json":
        raise HTTPException(status_code=415, detail="Send the body as JSON, with Content-Type: application/json.")
    if parameters.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise HTTPException(status_code=415, detail="Send the body in UTF-8.")
    try:
        async with asyncio.timeout(_READ_S):
            body = await request.body()
    except TimeoutError:
        raise HTTPException(status_code=408, detail=f"The body did not arrive within {_READ_S:g} s.") from None
    _expect_one_object(body)


def _expect_one_object(body: bytes) -> None:
    if not body.strip():
        raise ClientException("The body is empty; send a JSON object.")
    halves = []
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
        if rb"\u" in body:
            halves = list(_half_characters(value))
    except UnicodeDecodeError as error:
        raise ClientException(f"The body is not UTF-8: byte {error.start} is wrong.") from None
    except json.JSONDecodeError as error:
        raise ClientException(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    except RecursionError:
        raise ClientException("The body is nested too deeply.") from None
    except ValueError:  # Python reads no number of more than 4,300 digits
        raise ClientException("The body holds a number that is too long.") from None
    if not isinstance(value, dict):
        raise ClientException("The body must be a JSON object.")
    if halves:
        raise ClientException("The body is not valid.", extra=halves)


def _half_characters(value: object, path: str = "") -> Iterator[dict[str, str]]:
    """Texts with half of a surrogate pair: JSON can spell them, UTF-8 cannot."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _half_characters(name, path)
            yield from _half_characters(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _half_characters(inner, f"{path}.{i}")
    elif isinstance(value, str) and _HALF_CHARACTER.search(value):
        yield {"key": path, "message": "holds half of a surrogate pair; send the whole character"}


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ClientException(
            "A field is given twice.", extra=[{"key": twice, "message": "is given twice; give it once"}]
        )
    return fields


def _no_constant(name: str) -> None:
    raise ClientException(f"The body is not JSON: {name} is not a value.")
