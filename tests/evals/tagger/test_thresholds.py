"""A threshold lies where the tagger becomes right often enough."""

import numpy as np
import pytest

from evals.tagger.thresholds import _best_threshold

PROBABILITIES = np.array([0.999, 0.998, 0.997, 0.987, 0.985, 0.980, 0.960, 0.3])
BROKEN = np.array([True, True, True, False, True, False, False, False])


def test_precision_weighs_more_the_more_it_is_asked_to() -> None:
    """A careful threshold leaves out the fault that comes with a false alarm; one for recall takes both."""
    careful = _best_threshold(PROBABILITIES, BROKEN, 50.0)
    generous = _best_threshold(PROBABILITIES, BROKEN, 0.1)
    assert 0.987 < careful <= 0.997
    assert 0.980 < generous <= 0.985


@pytest.mark.parametrize("broken", [np.array([True] * 8), np.array([False] * 8)])
def test_there_is_always_a_threshold(broken: "np.typing.NDArray[np.bool_]") -> None:
    """Also where nothing, or everything, is a fault."""
    threshold = _best_threshold(PROBABILITIES, broken, 8.0)
    assert (0.9 if not broken.any() else 0.5) <= threshold < 1
