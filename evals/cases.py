"""The cases: one TOML file in `cases/` is one family of complaints, with all that a seller would have to answer it.

A family is a complaint and its variants: the same, told otherwise, with what must hold between the two replies. See
`variants.py` for how they are made, and `cases/schema.json` for the file's form.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from coach.errors import InputError
from coach.schemas import Outcome, ReplyRequest
from coach.verify import Fault
from coach.verify.commitments import KINDS

CANARY = (
    "reply-coach-eval-canary-5d1f0c3e-7a52-4c1b-9e0e-6f3b8c2d9a41"  # in every case file: training data must not hold it
)
Group = Literal[
    "shop at fault",
    "customer's mistake",
    "third party",
    "unclear",
    "no draft",
    "good draft",
    "refusal",
    "abuse",
    "facts-heavy",
    "policy book",
    "other language",
    "injection",
]
Relation = Literal["same-commitments", "offer-follows", "offer-goes", "nothing-changes"]
Change = Literal["capitals", "typos"]
_OVERLAP_WORDS = 8
_COMMITMENTS = frozenset({*KINDS, "deadline", "callback"})


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expect(_Part):
    """What a right answer to a complaint is like.

    Attributes:
        outcome: What has to come of it.
        fault: Whose fault it was, by what is known.
        allows: Kinds of commitment that the reply may make.
        forbids: Kinds that it must not make; a kind in neither list is left open.
        must_say: Stretches that the reply has to hold, in any case.
        must_not_say: Stretches that it must not hold.
    """

    outcome: Outcome = "rewritten"
    fault: Fault
    allows: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()
    must_say: tuple[str, ...] = ()
    must_not_say: tuple[str, ...] = ()


class Variant(_Part):
    """A complaint told otherwise.

    Attributes:
        id: Its name within the family.
        relation: What must hold between its reply and the family's own.
        change: A change that code makes to the customer's message.
        customer_message: Another wording of it, by hand.
        draft: Another draft.
        replace: Words to replace, wherever they stand in the request and the expectations.
        without_policies: Ids of policies that the shop does not have here.
        forbids: More kinds of commitment that the reply must not make.
        must_say: In place of the family's own.
        must_not_say: The same.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z-]*$")]
    relation: Relation
    change: Change | None = None
    customer_message: str | None = None
    draft: str | None = None
    replace: dict[str, str] = {}
    without_policies: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()
    must_say: tuple[str, ...] | None = None
    must_not_say: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not (self.change or self.customer_message or self.replace or self.without_policies):
            raise ValueError("changes nothing: give change, customer_message, replace or without_policies")
        return self


class Case(_Part):
    """One complaint.

    Attributes:
        id: The case's name: that of its file, or `family/variant`.
        story: What happened, in a sentence.
        group: What kind of complaint it is.
        request: What the coach is given.
        expect: What a right answer is like.
        golden: A reply, written by hand, that must pass; none where a question has to come.
        relation: Of a variant: what must hold between its reply and the family's own.
        variants: The complaint told otherwise; of a family only.
    """

    id: str
    story: str
    group: Group
    request: ReplyRequest
    expect: Expect
    golden: str | None = None
    relation: Relation | None = None
    variants: tuple[Variant, ...] = ()

    @property
    def family(self) -> str:
        """The name of its family."""
        return self.id.partition("/")[0]


def load_cases(families: Sequence[str] = ()) -> list[Case]:
    """The families, in the order of their ids.

    Args:
        families: Which ones; all where left out.

    Raises:
        InputError: A file is no case, or there is no family of that name.
    """
    cases = {case.id: case for case in sorted(_all_cases(), key=lambda case: case.id)}
    if unknown := [name for name in families if name not in cases]:
        raise InputError(f"There is no family {', '.join(unknown)}; there are {', '.join(cases)}.")
    return [cases[name] for name in families] if families else list(cases.values())


def parse_case(name: str, text: str) -> Case:
    """Read one case file.

    Raises:
        InputError: It is no TOML, a field is wrong, or its name is not its case's id. It names file, line where it can
            be told, field, and what was expected.
    """
    try:
        case = Case.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"Case file {name} is no TOML: {error}.") from None
    except ValidationError as error:
        raise InputError("\n".join(_complaint(name, text, e["loc"], e["msg"]) for e in error.errors())) from None
    if name != f"{case.id}.toml":
        raise InputError(f"Case file {name} holds the case {case.id!r}; call it {case.id}.toml.")
    return case


def lint(name: str, text: str, prompt_texts: Sequence[str]) -> list[str]:
    """What is wrong with a case file beyond its form; empty where nothing is.

    Args:
        name: The file's name.
        text: What is in it.
        prompt_texts: What the model is told anyway: a case that repeats it measures memory.

    Raises:
        InputError: It is no case file at all.
    """
    case = parse_case(name, text)
    expect, wrong = case.expect, []
    if CANARY not in text:
        wrong.append(f"lacks the canary: put the comment '# {CANARY}' in its first line")
    policies = {policy.id for policy in case.request.policies or ()}
    for place, kinds in (("allows", expect.allows), ("forbids", expect.forbids)):
        wrong += [f"expect.{place}: {kind!r} is no kind of commitment" for kind in kinds if kind not in _COMMITMENTS]
    if not (expect.allows or expect.forbids or expect.must_say or expect.must_not_say):
        wrong.append("expect: says nothing about the reply: give allows, forbids, must_say or must_not_say")
    for variant in case.variants:
        place = f"variants.{variant.id}"
        whole = case.request.model_dump_json()
        wrong += [f"{place}.replace: {old!r} is not in the request" for old in variant.replace if old not in whole]
        wrong += [f"{place}.without_policies: no policy {p!r}" for p in variant.without_policies if p not in policies]
        wrong += [f"{place}.forbids: {kind!r} is no kind" for kind in variant.forbids if kind not in _COMMITMENTS]
    if len({variant.id for variant in case.variants}) < len(case.variants):
        wrong.append("variants: two have the same id")
    told = {run for prompt in prompt_texts for run in _runs(prompt)}
    if shared := sorted(told & set(_runs(text))):
        wrong.append(f"shares eight words with a prompt: {shared[0]!r}")
    return [f"{name}: {complaint}" for complaint in wrong]


def case_texts() -> list[tuple[str, str]]:
    """The case files: name and text, in order."""
    entries = (entry for entry in (files("evals") / "cases").iterdir() if entry.name.endswith(".toml"))
    return sorted((entry.name, entry.read_text(encoding="utf-8")) for entry in entries)


def groups() -> tuple[str, ...]:
    """The kinds of complaint, in the order in which tables show them."""
    return get_args(Group)


def _all_cases() -> Iterator[Case]:
    for name, text in case_texts():
        yield parse_case(name, text)


def _complaint(name: str, text: str, location: tuple[int | str, ...], message: str) -> str:
    field = ".".join(map(str, location))
    keys = [part for part in location if isinstance(part, str)]
    lines = text.splitlines()
    numbers = [n for n, line in enumerate(lines, 1) if keys and re.match(rf"\s*{re.escape(keys[-1])}\s*=", line)]
    place = f"{name}, line {numbers[0]}" if len(numbers) == 1 else name
    return f"Case file {place}: {field or 'the file'}: {message}."


def _runs(text: str) -> Iterator[str]:
    words = re.findall(r"\w+", text.casefold())
    for i in range(len(words) - _OVERLAP_WORDS + 1):
        yield " ".join(words[i : i + _OVERLAP_WORDS])
