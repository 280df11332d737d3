"""The briefs that `evals run --brief` compares differ in what they tell the model of a faulty draft."""

import pytest

from coach.check import Checker
from coach.coaching import Coach
from coach.schemas import Policy, ReplyRequest
from evals.briefs import BRIEFS
from tests.fake_model import FakeModel

BLAME = "You should have read the listing."
OFFER = "We can swap it for a large"
DIG = "the old one was junk anyway"
REFUSAL = "We can't refund the worn pair."
CHATTER = "The weather was fine on our trip."
FACTS = ["We sent the wrong size", "A large leaves today"]
POLICY = "If we send the wrong size, the customer gets the right one."
REQUEST = ReplyRequest(
    customer_message="The shirt is a medium and I had ordered a large! Can I have my money back?",
    draft=f"Hi Dana,\n\n{BLAME} {OFFER}, and {DIG}. {REFUSAL} {CHATTER}\n\nBest,\nLiz",
    facts=FACTS,
    policies=[Policy(id="swap", text=POLICY)],
)


async def told_by(brief: str, checker: Checker, request: ReplyRequest) -> str:
    """What the model is told of a request, its opening aside."""
    model = FakeModel("I'm sorry we sent the wrong size. A large leaves today.")
    await Coach(model, checker, brief_of=BRIEFS[brief]).reply(request)
    return model.conversations[0][-1].content


def points_in(told: str) -> list[str]:
    """What the reply has to say, by what the model is told."""
    return [line.removeprefix("- ") for line in told.splitlines() if line.startswith("- ")]


def test_there_are_three_ways_to_brief() -> None:
    """The coach's own way comes first."""
    assert list(BRIEFS) == ["points", "sentences", "draft"]


async def test_points_tell_all_that_is_worked_out(checker: Checker) -> None:
    """The coach's own way: the admission, what the draft decides and refuses, and that there is no refund."""
    told = await told_by("points", checker, REQUEST)
    assert points_in(told) == [
        "I'm sorry: we sent the wrong size",
        "A large leaves today",
        OFFER,
        REFUSAL,
    ]
    assert "no refund" in told
    assert "made a mistake" in told


async def test_sentences_tell_facts_and_the_draft_without_its_faults(checker: Checker) -> None:
    """The facts in the seller's words; whose fault it was, and what is refused, the model has to see for itself."""
    told = await told_by("sentences", checker, REQUEST)
    assert points_in(told) == [*FACTS, OFFER, REFUSAL]
    assert "no refund" not in told
    assert "made a mistake" not in told


async def test_the_draft_tells_everything(checker: Checker) -> None:
    """The facts, and the draft sentence by sentence with all its faults, but for greeting and sign-off."""
    told = await told_by("draft", checker, REQUEST)
    assert points_in(told) == [*FACTS, BLAME, f"{OFFER}, and {DIG}.", REFUSAL, CHATTER]
    assert "no refund" not in told
    assert "made a mistake" not in told


@pytest.mark.parametrize("brief", BRIEFS)
async def test_every_brief_tells_the_customers_words_and_the_policies(checker: Checker, brief: str) -> None:
    """What is compared is what is told of the draft, and nothing else."""
    told = await told_by(brief, checker, REQUEST)
    assert f"> {REQUEST.customer_message}" in told
    assert f"swap: {POLICY}" in told
    assert "Dana" not in told
    assert "Liz" not in told


@pytest.mark.parametrize("brief", BRIEFS)
async def test_every_brief_does_without_a_draft(checker: Checker, brief: str) -> None:
    """The facts are told all the same."""
    told = await told_by(brief, checker, REQUEST.model_copy(update={"draft": None}))
    assert FACTS[1] in points_in(told)
    assert OFFER not in told
