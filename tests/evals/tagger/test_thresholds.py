"""A threshold lies where the tagger is as sure of one rule as of another, and leaves clean texts alone."""

import numpy as np
import pytest

from evals.tagger.thresholds import LEFT_ALONE, SURE, calibrated, lowest_for, sigmoid

DICE = np.random.default_rng(0)


def test_what_is_too_sure_of_itself_is_calibrated() -> None:
    """Logits twice as large as they should be, and shifted: the scale undoes it."""
    true = DICE.normal(size=20_000)
    broken = DICE.random(20_000) < sigmoid(true)
    slope, intercept = calibrated(2 * true + 1, broken)
    assert slope == pytest.approx(0.5, abs=0.03)
    assert intercept == pytest.approx(-0.5, abs=0.06)


def test_of_what_was_never_seen_nothing_is_said() -> None:
    """Whatever the network thinks of it."""
    slope, intercept = calibrated(np.array([-3.0, 0.0, 5.0]), np.array([False, False, False]))
    assert sigmoid(np.array([slope * 5 + intercept]))[0] < 0.01


def test_the_threshold_leaves_clean_texts_alone() -> None:
    """A text is left alone when none of its sentences is flagged; what faulty texts hold does not count."""
    texts = [f"t{n // 2}" for n in range(400)]  # 200 texts of two sentences
    probabilities = np.zeros((400, 1))
    probabilities[0:20:2, 0] = np.linspace(0.55, 0.82, 10)  # ten clean texts with a suspect sentence each
    probabilities[200:400, 0] = 0.95
    broken = np.zeros((400, 1), bool)
    broken[200:400:2] = True  # the other hundred are faulty
    lowest = lowest_for(texts, probabilities, broken)
    flagged = {text for text, one in zip(texts[:200], probabilities[:200, 0], strict=True) if one >= lowest}
    assert 1 - len(flagged) / 100 >= LEFT_ALONE
    assert len(flagged) == 3  # one more would be too many: it is the lowest


def test_where_no_threshold_will_do_only_what_is_sure_counts() -> None:
    """All clean texts look faulty."""
    assert lowest_for(["a", "b"], np.full((2, 1), 0.99), np.zeros((2, 1), bool)) == SURE
