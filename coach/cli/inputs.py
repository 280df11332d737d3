"""Reading what people hand to a command: files, standard input, a JSON request."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import click
from pydantic import BaseModel, ValidationError

from coach.errors import InputError

_Request = TypeVar("_Request", bound=BaseModel)

MAX_BYTES = 2_000_000


def read_text(source: str) -> str:
    """The text of a file, or of standard input where the name is `-`.

    Raises:
        InputError: It cannot be read, is too large, or is not UTF-8.
    """
    name = "standard input" if source == "-" else source
    if source == "-" and sys.stdin.isatty():
        click.echo("Type or paste the text, then press Ctrl-D (Windows: Ctrl-Z, Enter).", err=True)
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1) if source == "-" else _read_file(Path(source))
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}.") from None
    if len(data) > MAX_BYTES:
        raise InputError(f"{name} is too large: at most {MAX_BYTES // 1_000_000} MB are read.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8 text: byte {error.start} is wrong.") from None


def read_json(source: str) -> dict[str, object]:
    """The JSON object in a file, or on standard input.

    Raises:
        InputError: It cannot be read, or is no JSON object.
    """
    try:
        value = json.loads(read_text(source))
    except json.JSONDecodeError as error:
        raise InputError(f"{source} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    except RecursionError:
        raise InputError(f"{source} is nested too deeply.") from None
    if not isinstance(value, dict):
        raise InputError(f"{source} must hold a JSON object.")
    return value


def request_from(kind: type[_Request], fields: Mapping[str, object]) -> _Request:
    """A request made of fields.

    Raises:
        InputError: Fields are wrong; it names each.
    """
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise InputError(
            "The request is not valid.",
            [
                {
                    "field": "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in e["loc"]).lstrip("."),
                    "message": e["msg"].removeprefix("Value error, "),
                }
                for e in error.errors(include_input=False)
            ],
        ) from None


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
