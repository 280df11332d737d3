"""The bare model with a plain prompt is judged by the coach's own rules."""

import pytest

from coach.check import Checker
from coach.coaching import Coach
from coach.errors import ModelBadAnswer
from evals.bare import bare
from evals.cases import load_cases
from tests.fake_model import Answer, FakeModel


@pytest.mark.parametrize(
    ("answer", "broken"),
    [
        ("You should have read the listing. You get 500 euros back today.", {"blame", "changed-facts"}),
        (["You should have read the listing. And", ModelBadAnswer("cut off")], {"blame"}),
    ],
)
async def test_its_reply_is_judged_in_the_cases_context(checker: Checker, answer: Answer, broken: set[str]) -> None:
    """Cut off or not, with the time to its first sentence."""
    (case,) = load_cases(["broken"])
    model = FakeModel(answer)
    result = await bare(Coach(model, checker), case)
    assert broken <= set(result.broken)
    assert 0 < result.first_sentence_s <= result.seconds
    told = model.told
    assert case.request.customer_message in told
    assert case.request.draft in told if case.request.draft else True
    assert all(fact in told for fact in case.request.facts)
