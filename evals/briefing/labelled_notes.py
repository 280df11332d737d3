"""Labelled notes: what a shop jots down about a case; whose doing it shows, and whether it must stay in the shop."""

import hashlib
from collections.abc import Iterator
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

Part = Literal["training", "development", "test"]

_APART = "guests-and-health"  # written by one who saw none of the others: the test of what stays in the shop
_SHARE = 0.1  # of the scenarios: for development, and as much for the test of whose doing it was


class Note(BaseModel):
    """What a shop has noted.

    Attributes:
        note: The note, as it was jotted down.
        doing: Whose doing it shows; None where that was not labelled.
        inward: Whether it must stay in the shop; None where that was not labelled.
        scenario: The story that it belongs to; the notes of one are in one part.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    note: str
    doing: Literal["nobody", "shop", "customer", "third-party"] | None = None
    inward: bool | None = None
    scenario: str = ""


def load_notes(part: Part) -> list[Note]:
    """The notes of a part, in the order of their files."""
    notes = ((file, Note.model_validate_json(line)) for file, line in lines_in("notes"))
    return [note for file, note in notes if _part_of(file, note) == part]


def lines_in(folder: str) -> Iterator[tuple[str, str]]:
    """The lines of a folder's files, in the order of their names, each with its file's name."""
    for file in sorted((files("evals.briefing") / folder).iterdir(), key=lambda file: file.name):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield file.name, line


def _part_of(file: str, note: Note) -> Part:
    position = hashlib.sha256((note.scenario or note.note).encode()).digest()[0] / 256
    if note.doing is None:
        return "test" if file.startswith(_APART) else "development" if position < _SHARE else "training"
    return "test" if position < _SHARE else "development" if position < 2 * _SHARE else "training"
