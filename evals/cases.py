"""The cases: one TOML file in `cases/` is one complaint, with all that a seller would have to answer it."""

import tomllib
from collections.abc import Iterator, Sequence
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, ValidationError

from coach.errors import InputError
from coach.schemas import ReplyRequest


class Case(BaseModel):
    """One complaint.

    Attributes:
        id: The case's name, that of its file.
        story: What happened, in a sentence.
        request: What the coach is given.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    story: str
    request: ReplyRequest


def load_cases(ids: Sequence[str] = ()) -> list[Case]:
    """The cases, in the order of their ids.

    Args:
        ids: Which ones; all where left out.

    Raises:
        InputError: A file is no case, or there is no case of that id.
    """
    cases = {case.id: case for case in sorted(_all_cases(), key=lambda case: case.id)}
    if unknown := [case_id for case_id in ids if case_id not in cases]:
        raise InputError(f"There is no case {', '.join(unknown)}; there are {', '.join(cases)}.")
    return [cases[case_id] for case_id in ids] if ids else list(cases.values())


def _all_cases() -> Iterator[Case]:
    for entry in (files("evals") / "cases").iterdir():
        if entry.name.endswith(".toml"):
            yield parse_case(entry.name, entry.read_text(encoding="utf-8"))


def parse_case(name: str, text: str) -> Case:
    """Read one case file.

    Raises:
        InputError: It is no TOML, a field is wrong, or its name is not its case's id.
    """
    try:
        case = Case.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise InputError(f"Case file {name}: {error}") from None
    if name != f"{case.id}.toml":
        raise InputError(f"Case file {name} holds the case {case.id!r}; call it {case.id}.toml.")
    return case
