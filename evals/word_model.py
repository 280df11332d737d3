"""Fit a model of words (`coach.check.WordModel`) to labelled sentences."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_array

from coach.check import WordModel
from coach.check.word_model import grams

_LEAST_SEEN = 2  # what stands in one sentence alone tells nothing of the next
_LEAST_WEIGHT = 0.02
_DIGITS = 3

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a model of words holds, but for the bound."""

    weights: dict[str, float]
    intercept: float

    def model(self, least: float = 0.0) -> WordModel:
        """The model, with a bound."""
        return WordModel(self.weights, self.intercept, least)

    def write(self, path: Path, least: float) -> None:
        """Keep it as JSON, as `WordModel.read` takes it."""
        held = {"weights": self.weights, "intercept": self.intercept, "least": least}
        path.write_text(json.dumps(held, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")


def fit(sentences: Sequence[str], is_kind: Sequence[bool], penalty: float) -> Fitted:
    """Logistic regression on the words, and pairs of words, of some sentences.

    Args:
        sentences: The sentences.
        is_kind: Whether each is of the kind that the model is to know.
        penalty: How much the squares of the weights cost: the more, the less a single word may tell.
    """
    read = [grams(sentence) for sentence in sentences]
    seen = Counter(gram for found in read for gram in found)
    known = sorted(gram for gram, times in seen.items() if times >= _LEAST_SEEN)
    place = {gram: i for i, gram in enumerate(known)}
    rows = [[place[gram] for gram in sorted(found) if gram in place] for found in read]
    ends = np.cumsum([0, *map(len, rows)])
    there = csr_array((np.ones(ends[-1]), np.concatenate(rows), ends), shape=(len(rows), len(known)))
    sign = np.where(is_kind, 1.0, -1.0)

    def loss(values: Floats) -> tuple[float, Floats]:
        weights, intercept = values[:-1], values[-1]
        margin = sign * (there @ weights + intercept)
        slope = -sign / (1 + np.exp(margin))
        total = np.logaddexp(0, -margin).sum() + penalty * (weights @ weights) / 2
        return float(total), np.append(there.T @ slope + penalty * weights, slope.sum())

    fitted = minimize(loss, np.zeros(len(known) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 1000}).x
    weights = {gram: round(float(weight), _DIGITS) for gram, weight in zip(known, fitted, strict=False)}
    telling = {gram: weight for gram, weight in weights.items() if abs(weight) >= _LEAST_WEIGHT}
    return Fitted(telling, round(float(fitted[-1]), _DIGITS))
