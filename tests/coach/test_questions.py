"""The one thing to ask the seller, where what is known does not decide."""

import pytest

from coach.check import Checker
from coach.questions import question_for
from coach.schemas import Policy, ReplyRequest
from coach.verify import Verifier, situation_of

RETURNS = {"id": "returns", "text": "Unused goods can be refunded within 14 days."}
LONGER = {"id": "old", "text": "Unused goods can be refunded within 30 days."}
KERB = {"id": "delivery", "text": "We deliver to the kerb."}
FORKED = {
    "id": "print",
    "text": "If we made the mistake, the reprint is free. If the proof was approved, it costs half the price.",
}


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    """One for all: it holds nothing but the rules."""
    return Verifier(Checker())


def asked(verifier: Verifier, message: str, **fields: object) -> str | None:
    """The question on a request."""
    request = ReplyRequest.model_validate({"customer_message": message, "policies": [], **fields})
    return question_for(situation_of(request, request.policies or [], verifier.commands), verifier)


@pytest.mark.parametrize(
    ("message", "fields", "says"),
    [
        ("I want my money back.", {}, "money back"),
        ("Where is my parcel?", {}, "tracking"),
        ("It is ugly.", {}, "What happened"),
        ("I want my money back.", {"facts": ["The lamp is blue"]}, "Do they"),
        ("Can I buy the hinge alone?", {"facts": ["Bought in May"], "policies": [KERB]}, "Can I buy the hinge alone?"),
        ("I want a refund.", {"policies": [RETURNS, LONGER]}, '"returns" and the policy "old"'),
        ("The print is wrong, I want a refund.", {"policies": [FORKED]}, "If the proof was approved"),
    ],
)
def test_what_does_not_decide_is_asked(verifier: Verifier, message: str, fields: dict[str, object], says: str) -> None:
    """One precise question, by what the customer wants and by what is missing."""
    question = asked(verifier, message, **fields)
    assert question is not None
    assert says in question


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        ("I want my money back.", {"policies": [RETURNS]}),
        ("I want my money back.", {"draft": "We can swap it for another one."}),
        ("Where is my parcel?", {"facts": ["It left on Monday and arrives on Friday"]}),
        ("The print is wrong.", {"policies": [FORKED], "facts": ["We made the mistake; the reprint is free"]}),
    ],
)
def test_what_decides_is_not_asked(verifier: Verifier, message: str, fields: dict[str, object]) -> None:
    """A draft, a policy or a fact that says what happens is enough."""
    assert asked(verifier, message, **fields) is None


def test_policies_are_those_of_the_request(verifier: Verifier) -> None:
    """The question names them as the shop does."""
    assert Policy.model_validate(RETURNS).id in (asked(verifier, "I want a refund.", policies=[RETURNS, LONGER]) or "")
