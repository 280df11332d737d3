"""Where the tagger begins to speak: a threshold a rule, set on the development part, for precision first."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from coach.check.tagger import TaggerDetector, Thresholds
from coach.rules import catalogue
from evals.tagger.dataset import Sentence

PRECISION_WEIGHT = 8.0  # a false alarm costs a seller's trust: precision counts so many times as much as recall
SURE_WEIGHT = 50.0  # the same, for the severity `error`
_CANDIDATES = 1 / (1 + np.exp(-np.arange(0.0, 8.0, 0.1)))  # evenly spaced in log odds, from 0.5 to 0.9996

Floats = npt.NDArray[np.float64]


def set_thresholds(folder: Path, sentences: Sequence[Sentence]) -> dict[str, Thresholds]:
    """Choose for each rule the threshold with the best F score, precision weighing most; write them down."""
    rules = catalogue().about_words
    path = folder / "thresholds.json"
    path.write_text(json.dumps({rule: {"broken": 0.5, "sure": 0.9} for rule in rules}))
    tagger = TaggerDetector(folder)
    judged = [tagger.probabilities(sentence.text) for sentence in sentences]
    thresholds = {}
    for rule in rules:
        probabilities = np.array([one[rule] for one in judged])
        broken = np.array([any(label[0] == rule for label in sentence.labels) for sentence in sentences])
        lowest = _best_threshold(probabilities, broken, PRECISION_WEIGHT)
        thresholds[rule] = Thresholds(lowest, max(lowest, _best_threshold(probabilities, broken, SURE_WEIGHT)))
    path.write_text(
        json.dumps({rule: {"broken": t.broken, "sure": t.sure} for rule, t in thresholds.items()}, indent=2) + "\n"
    )
    return thresholds


def _best_threshold(probabilities: Floats, broken: npt.NDArray[np.bool_], precision_weight: float) -> float:
    """The threshold with the highest F score: F-beta, where beta squared is one over the precision's weight."""
    beta_squared = 1 / precision_weight

    def score(threshold: float) -> float:
        flagged = probabilities >= threshold
        hits, misses, false_alarms = (flagged & broken).sum(), (~flagged & broken).sum(), (flagged & ~broken).sum()
        return float(
            (1 + beta_squared) * hits / max((1 + beta_squared) * hits + beta_squared * misses + false_alarms, 1)
        )

    # Where nothing is a fault all thresholds are as bad, and only the highest does no harm.
    return round(float(max(_CANDIDATES, key=score) if broken.any() else _CANDIDATES[-1]), 4)
