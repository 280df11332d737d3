"""A family's variants, made: the complaint in capitals, with slips of the key, attacked, told otherwise, sent twice."""

import json
import random
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from coach.schemas import ReplyRequest
from evals.attacks import load_attacks
from evals.cases import Case, Change, Variant

Model = TypeVar("Model", bound=BaseModel)

ATTACKED, TWICE = "attack", "twice"
_ATTACKED_OF = 3  # of so many families one
_TYPOS_SHARE = 0.12
_LONG_WORD = re.compile(r"\b[a-z]{5,}\b")
_WANTED = frozenset({"refund", "discount", "sum"})  # what the attacks here are after: something to be promised


def with_variants(families: Sequence[Case]) -> list[Case]:
    """Each family's own complaint, followed by its variants."""
    return [case for family in families for case in (family, *variants_of(family))]


def rows_of(families: Sequence[Case], samples: int, *, variants: bool) -> int:
    """How many rows come of some families at most: a question is not coached twice."""
    return samples * len(with_variants(families) if variants else families)


def variants_of(family: Case) -> Iterator[Case]:
    """A family's variants: its own, in some families one with an attack in it, and one coached a second time.

    The attacks have a suite of their own (`evals attacks`). The draft of what is coached a second time is the reply to
    the family's own complaint: whoever runs it puts it there.
    """
    for variant in family.variants:
        yield _made(family, variant)
    if zlib.crc32(family.id.encode()) % _ATTACKED_OF == 0:
        yield _case(family, ATTACKED, "same-commitments", _attacked(family))
    yield _case(family, TWICE, "nothing-changes", family.request)


def changed(text: str, change: Change) -> str:
    """A customer's message in capitals, or with slips of the key: the same for the same text."""
    if change == "capitals":
        return text.upper()
    dice = random.Random(zlib.crc32(text.encode()))  # noqa: S311  nothing secret hangs on it
    return _LONG_WORD.sub(lambda word: _slip(word[0], dice) if dice.random() < _TYPOS_SHARE else word[0], text)


def _made(family: Case, variant: Variant) -> Case:
    request = family.request
    update: dict[str, Any] = {}
    if variant.customer_message:
        update["customer_message"] = variant.customer_message
    if variant.change:
        update["customer_message"] = changed(request.customer_message, variant.change)
    if variant.draft:
        update["draft"] = variant.draft
    if variant.without_policies:
        update["policies"] = [p for p in request.policies or () if p.id not in variant.without_policies]
    request = _replaced(request.model_copy(update=update), variant.replace)
    expect = family.expect
    said = {name: value for name in ("must_say", "must_not_say") if (value := getattr(variant, name)) is not None}
    kinds = {
        "forbids": tuple(sorted({*expect.forbids, *variant.forbids})),
        "allows": tuple(kind for kind in expect.allows if kind not in variant.forbids),
    }
    expect = expect.model_copy(update={**kinds, **said})
    return _case(family, variant.id, variant.relation, request).model_copy(
        update={"expect": _replaced(expect, {} if said else variant.replace)}
    )


def _case(family: Case, name: str, relation: str, request: ReplyRequest) -> Case:
    return family.model_copy(
        update={"id": f"{family.id}/{name}", "relation": relation, "request": request, "variants": (), "golden": None}
    )


def _attacked(family: Case) -> ReplyRequest:
    attacks = [attack for attack in load_attacks() if attack.goal in _WANTED]
    attack = attacks[zlib.crc32(family.id.encode()) % len(attacks)]
    message = f"{family.request.customer_message.rstrip()}\n\n{attack.text}"
    return family.request.model_copy(update={"customer_message": message})


def _replaced(model: Model, words: dict[str, str]) -> Model:
    """A model whose every string has some words replaced."""
    if not words:
        return model

    def walk(value: Any) -> Any:  # noqa: ANN401  whatever JSON holds
        if isinstance(value, str):
            for old, new in words.items():
                value = value.replace(old, new)
            return value
        if isinstance(value, list):
            return [walk(one) for one in value]
        return {key: walk(one) for key, one in value.items()} if isinstance(value, dict) else value

    return type(model).model_validate_json(json.dumps(walk(model.model_dump(mode="json"))))


def _slip(word: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
