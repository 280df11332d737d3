"""A judge's verdict counts only with a quote that is in the reply, and only as far as labels agree with it."""

import pytest

from coach.rules import catalogue
from evals.judge import Judgement, calibration, judge, verdict_in
from tests.fake_model import FakeModel

REPLY = "Hello Dana,\n\nYou should have read the listing."


@pytest.mark.parametrize(
    ("answer", "opinion"),
    [
        ('{"broken": false}', "fine"),
        ('Sure: {"broken": true, "quote": "should have  READ"}.', "broken"),
        ('{"broken": true, "quote": "ought to have read"}', "invalid"),
        ('{"broken": true, "quote": " "}', "invalid"),
        ('{"broken": true}', "invalid"),
        ('{"broken": "no"}', "invalid"),
        ("Yes, it is.", "invalid"),
        ("{", "invalid"),
        ("", "invalid"),
    ],
)
def test_only_a_quoted_verdict_is_valid(answer: str, opinion: str) -> None:
    """Whatever stands round it, however its words are broken into lines."""
    assert verdict_in(answer, REPLY).opinion == opinion


async def test_the_judge_is_asked_about_one_rule() -> None:
    """It is told the rule in the rule's own words, and the reply as data between markers that it cannot hold."""
    model = FakeModel('{"broken": true, "quote": "You should have read the listing"}')
    judgement = await judge(model, catalogue()["blame"], "It is too small.", REPLY)
    assert judgement == Judgement("broken", "You should have read the listing")
    ((message,),) = model.conversations
    assert catalogue()["blame"].message in message.content
    assert REPLY in message.content
    assert "It is too small." in message.content


def test_agreement_with_labels() -> None:
    """10 broken of which 8 are found, 10 fine of which 9 are spared; kappa by hand: (0.85 - 0.5) / (1 - 0.5)."""
    says = [Judgement("broken")] * 8 + [Judgement("fine")] * 2 + [Judgement("broken")] + [Judgement("fine")] * 9
    measured = calibration([True] * 10 + [False] * 10, says)
    assert (measured.judged, measured.invalid, measured.found, measured.spared) == (20, 0, 0.8, 0.9)
    assert measured.kappa == pytest.approx(0.7)
    assert measured.found_interval == pytest.approx((0.490, 0.943), abs=0.001)  # Wilson's, by the formula
    assert measured.corrected(0.45) == pytest.approx(0.5)
    assert measured.corrected(0.0) == 0.0


def test_invalid_verdicts_are_counted_apart() -> None:
    """And a judge that says the same of all has no kappa, and corrects nothing."""
    measured = calibration([True, False, True], [Judgement("broken"), Judgement("broken"), Judgement("invalid")])
    assert (measured.judged, measured.invalid, measured.kappa) == (2, 1, None)
    assert measured.corrected(0.5) is None
    assert calibration([], []).found is None
