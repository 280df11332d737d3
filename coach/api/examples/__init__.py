"""Requests and responses as examples in the API's description: the files beside this module, real output all of it."""

import json
from importlib.resources import files
from typing import Any

from litestar.openapi.spec import Example


def example(name: str, summary: str) -> list[Example]:
    """The example in `<name>.json`."""
    return [Example(summary=summary, value=load(name))]


def load(name: str) -> dict[str, Any]:
    """The document in `<name>.json`."""
    document: dict[str, Any] = json.loads((files(__name__) / f"{name}.json").read_text(encoding="utf-8"))
    return document
