"""What `evals in-context` measures on is whole, and what it prints is counted right."""

import pytest

from coach.rules import catalogue
from coach.verify.commitments import KINDS
from evals.in_context import RULES, Item, LabelledReply, load_items
from tests.terminal import type_in

PARTS = ("dev", "test")
SORRY = "I'm sorry we sent the wrong size."
TODAY = "A large leaves today."
FACTS = ("We sent the wrong size", "A large leaves today")


def item(name: str, *replies: tuple[str, set[str]]) -> Item:
    """A complaint with replies, each with the rules that it is labelled with."""
    labelled = tuple(LabelledReply(text=text, breaks=frozenset(breaks)) for text, breaks in replies)
    return Item(id=name, customer="The shirt is a medium and I had ordered a large!", facts=FACTS, reply=labelled)


@pytest.mark.parametrize("part", PARTS)
def test_the_parts_are_large_and_even_enough(part: str) -> None:
    """Complaints with fit and unfit replies in each, and every rule broken often enough to measure it."""
    items = load_items(part)
    replies = [reply for item in items for reply in item.reply]
    assert len(items) >= 30
    assert len({item.id for item in items}) == len(items)
    assert all({bool(reply.breaks) for reply in item.reply} == {True, False} for item in items)
    assert min(sum(rule in reply.breaks for reply in replies) for rule in RULES) >= 10


@pytest.mark.parametrize("part", PARTS)
def test_every_label_is_a_rule_about_the_whole_reply(part: str) -> None:
    """A slip in a rule's name would count as a miss for ever."""
    labels = {rule for item in load_items(part) for reply in item.reply for rule in reply.breaks}
    assert labels <= set(RULES)
    assert {catalogue()[rule].scope for rule in RULES} == {"reply"}


@pytest.mark.parametrize("part", PARTS)
def test_every_commitment_is_in_its_reply(part: str) -> None:
    """It is of a kind that the coach knows, and it is quoted word for word."""
    for item in load_items(part):
        for reply in item.reply:
            for commitment in reply.commitments:
                assert commitment.kind in {*KINDS, "deadline", "callback"}, item.id
                assert commitment.quote in reply.text, item.id


@pytest.mark.parametrize("part", PARTS)
def test_what_nothing_backs_is_labelled(part: str) -> None:
    """A reply with a commitment that nothing backs breaks the rule about promises."""
    for item in load_items(part):
        for reply in item.reply:
            if not all(commitment.backed for commitment in reply.commitments):
                assert "unbacked-promise" in reply.breaks, (item.id, reply.text)


def test_the_test_part_is_not_known_from_the_other() -> None:
    """What the rules were written against is not what they are measured on."""
    dev, test = ({item.id for item in load_items(part)} for part in PARTS)
    assert not dev & test
    dev, test = ({item.customer for item in load_items(part)} for part in PARTS)
    assert not dev & test


def test_an_item_says_what_its_replies_have_to_be_true_to() -> None:
    """The customer's words, and what the shop has said: policies, facts and draft."""
    situation = item("a").model_copy(update={"policies": ("We swap.", "We mend."), "draft": "No."}).situation
    assert situation.customer == "The shirt is a medium and I had ordered a large!"
    assert [(source.kind, source.text) for source in situation.sources] == [
        ("policy", "We swap."),
        ("policy", "We mend."),
        ("fact", FACTS[0]),
        ("fact", FACTS[1]),
        ("draft", "No."),
    ]


def test_the_rules_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reply and rule count once; `any` asks only whether the reply is called fit. The test part is the default."""
    asked: list[str] = []
    items = [
        item("a", (f"{SORRY} {TODAY}", set()), (TODAY, {"no-ownership"})),
        item("b", (f"{SORRY} {TODAY} You get a refund of 500 euros.", set()), (f"{SORRY} {TODAY}", {"unanswered"})),
    ]

    def loaded(part: str) -> list[Item]:
        asked.append(part)
        return items

    monkeypatch.setattr("evals.in_context.load_items", loaded)
    screen = type_in("evals", "in-context")
    assert screen.code == 0
    assert asked == ["test"]
    assert "no-ownership 1 1 0 1.00 1.00 1.00" in screen.words
    assert "no-next-step 0 0 0 - - -" in screen.words
    assert "unbacked-promise 0 0 1 0.00 - 0.00" in screen.words
    assert "unanswered 1 0 0 - 0.00 0.00" in screen.words
    assert "any 2 1 1 0.50 0.50 0.50" in screen.words
    assert screen.words.endswith("2 complaints; of 2 fit replies 1 pass these rules.")
    type_in("evals", "in-context", "dev")
    assert asked == ["test", "dev"]


def test_there_are_two_parts() -> None:
    """Another name is a slip."""
    screen = type_in("evals", "in-context", "training")
    assert (screen.code, screen.out) == (2, "")
    assert "'training' is not one of 'dev', 'test'" in screen.err
