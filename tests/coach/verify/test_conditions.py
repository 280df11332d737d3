"""A policy's condition goes only where the facts or the customer show that it is met."""

import pytest

from coach.schemas import Policy
from coach.verify import Situation, Verifier, sources_of

BROKEN = "If a piece arrives broken, we send another."
LATE = "If we post an order more than five days late, we refund the postage."
OURS = "If it was our mistake, the reprint is free."


def applied(verifier: Verifier, rule: str, fact: str, customer: str = "What now?") -> str:
    """What the rule says in a case with this fact."""
    return verifier.applied(rule, Situation(customer, sources_of([Policy(id="p", text=rule)], (fact,), None)))


@pytest.mark.parametrize(
    ("rule", "fact", "customer", "said"),
    [
        pytest.param(BROKEN, "We packed it badly", "It came in four pieces.", "We send another.", id="as complained"),
        pytest.param(OURS, "We printed it wrong", "Look!", "The reprint is free.", id="our doing"),
        pytest.param(LATE, "We posted it nine days late", "Where is it?", "We refund the postage.", id="late enough"),
        pytest.param(
            "If we send the wrong size we post the right one.",
            "We packed the wrong size by mistake",
            "Look!",
            "We post the right one.",
            id="without a comma",
        ),
        pytest.param(
            "If we send the wrong size we post the right one or refund it, your choice, and pay the postage.",
            "We packed the wrong size by mistake",
            "Look!",
            "We post the right one or refund it, your choice, and pay the postage.",
            id="what is done goes on behind a comma",
        ),
        pytest.param(
            "If we miss a lesson, we give it again at a time that suits you.",
            "We entered two pupils by mistake, and missed the lesson",
            "Where were you?",
            "We give it again at a time that suits you.",
            id="what we do, and the facts tell of",
        ),
        pytest.param(
            f"{BROKEN} If clothes were torn, we pay $50.",
            "We packed it badly",
            "The jug is broken.",
            "We send another. If clothes were torn, we pay $50.",
            id="of two the one that is met",
        ),
    ],
)
def test_a_condition_that_is_met_is_left_out(
    verifier: Verifier, rule: str, fact: str, customer: str, said: str
) -> None:
    """It was the shop's fault, and what happened is what the condition names."""
    assert applied(verifier, rule, fact, customer) == said


@pytest.mark.parametrize(
    ("rule", "fact", "customer"),
    [
        pytest.param(BROKEN, "We posted it nine days late", "It is late.", id="another mistake"),
        pytest.param(BROKEN, "The customer dropped it", "It is broken.", id="not the shop's fault"),
        pytest.param(BROKEN, "Nobody knows what happened", "Hm.", id="nothing is known"),
        pytest.param(LATE, "We posted it four days late", "It is late.", id="not late enough"),
        pytest.param(LATE, "We posted it late", "It is late.", id="how late is not known"),
        pytest.param(
            "If a piece arrives broken and we hear of it within 14 days, we send another.",
            "We packed it badly",
            "It is broken.",
            id="a span of which nothing is known",
        ),
        pytest.param(
            "If a broken piece cannot be mended, we refund it.", "We packed it badly", "It is broken.", id="not yet"
        ),
        pytest.param(
            "If clothes were torn, we pay for them.", "We tore it by mistake", "My coat is torn.", id="leans on it"
        ),
        pytest.param(
            "If we close early, we refund the day.", "We forgot to write to you", "Where were you?", id="we did not"
        ),
        pytest.param("We refund broken pieces.", "We packed it badly", "It is broken.", id="no condition"),
    ],
)
def test_any_other_condition_stays(verifier: Verifier, rule: str, fact: str, customer: str) -> None:
    """A promise must not outgrow its backing."""
    assert applied(verifier, rule, fact, customer) == rule


@pytest.mark.parametrize(
    ("reply", "passes"),
    [
        ("We'll refund it within 14 days.", False),
        ("We'll refund it: that is possible within 14 days of purchase.", True),
        ("We'll refund it if you write within 14 days.", True),
        ("You can send it back within 14 days, and we'll refund it.", True),
    ],
)
def test_a_time_that_runs_from_the_purchase_is_no_time_from_now(verifier: Verifier, reply: str, passes: bool) -> None:
    """What the customer has 14 days for is not what the shop will have done in 14 days."""
    policy = Policy(id="p", text="Unused goods can be refunded within 14 days of purchase.")
    where = Situation("I want my money back.", sources_of([policy], (), None))
    found = [finding for finding in verifier.verify(reply, where).findings if finding.rule == "unbacked-promise"]
    assert (not found) == passes
