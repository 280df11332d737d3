"""The cases: one TOML file in `cases/` is one complaint, with all that a seller would have to answer it."""

import tomllib
from collections.abc import Iterator, Sequence
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, ValidationError

from coach.errors import InputError
from coach.schemas import Outcome, ReplyRequest
from coach.verify import Fault


class Expect(BaseModel):
    """What a right answer to a complaint is like.

    Attributes:
        outcome: What has to come of it.
        fault: Whose fault it was, by what is known.
        allows: Kinds of commitment that the reply may make.
        forbids: Kinds that it must not make; a kind in neither list is left open.
        must_say: Stretches that the reply has to hold, in any case.
        must_not_say: Stretches that it must not hold.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    outcome: Outcome = "rewritten"
    fault: Fault
    allows: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()
    must_say: tuple[str, ...] = ()
    must_not_say: tuple[str, ...] = ()


class Case(BaseModel):
    """One complaint.

    Attributes:
        id: The case's name, that of its file.
        story: What happened, in a sentence.
        request: What the coach is given.
        expect: What a right answer is like.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    story: str
    request: ReplyRequest
    expect: Expect


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
