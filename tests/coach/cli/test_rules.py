"""`coach rules` explains every rule, and makes the page that ships with them."""

import json

import pytest

from coach.rules import catalogue
from tests.fake_model import FakeModel
from tests.served import client_of
from tests.terminal import type_in


def test_every_rule_is_listed() -> None:
    """One line a rule: its id, for `coach rules ID`, and its name."""
    screen = type_in("coach", "rules")
    assert screen.code == 0
    for rule in catalogue().values():
        assert f"{rule.id} {rule.name}" in screen.words


def test_one_rule_is_explained() -> None:
    """What is wrong, why, what to write instead, with examples of both kinds, and where it comes from."""
    rule = catalogue()["blame"]
    screen = type_in("coach", "rules", "blame")
    assert screen.code == 0
    texts = [rule.name, rule.message, rule.why, rule.instead, *rule.sources]
    texts += [text for bad in rule.bad for text in (f"- {bad.plain}", f"+ {bad.better}")]
    texts += [f"+ {good.text}" for good in rule.good]
    for text in texts:
        assert "".join(text.split()) in "".join(screen.out.split())


@pytest.mark.parametrize("arguments", [("blam",), ("blam", "--json"), ("blam", "--markdown")])
def test_an_unknown_rule_is_told(arguments: tuple[str, ...]) -> None:
    """A slip in the id is wrong use, and it says where the ids are."""
    screen = type_in("coach", "rules", *arguments)
    assert (screen.code, screen.out) == (2, "")
    assert screen.err == "coach: There is no rule 'blam'; `coach rules` lists them.\n"


async def test_json_is_what_the_api_answers() -> None:
    """The catalogue and each rule of it, as `GET /v1/rules` gives them."""
    printed = [json.loads(type_in("coach", "rules", *one, "--json").out) for one in ([], ["blame"])]
    async with client_of(FakeModel()) as client:
        answered = [(await client.get(f"/v1/rules{one}")).json() for one in ("", "/blame")]
    assert printed == answered
