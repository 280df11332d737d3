"""Where the tagger begins to speak: a threshold a rule, set on the development part.

The network's probabilities are too sure of themselves, and not of every rule alike. So they are calibrated first, rule
by rule (Platt scaling: Platt 1999, "Probabilistic outputs for support vector machines"), and then one probability
holds for all rules: the lowest from which on enough of the clean texts are left alone.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from coach.check.tagger import TaggerDetector, Thresholds
from coach.rules import catalogue
from evals.tagger.dataset import sentences_of
from evals.tagger.notation import Item

LEFT_ALONE = 0.97  # of the clean texts: a false alarm costs a seller's trust
SURE = 0.9  # the probability from which on a fault has the severity `error`
_CANDIDATES = np.arange(0.5, SURE, 0.01)
_LEAST, _MOST = 1e-6, 1 - 1e-6

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def set_thresholds(folder: Path, items: Sequence[Item]) -> dict[str, Thresholds]:
    """Choose each rule's thresholds on some texts, and write them down."""
    rules = catalogue().about_words
    path = folder / "thresholds.json"
    path.write_text(json.dumps({rule: {"broken": 0.5, "sure": SURE} for rule in rules}))
    tagger = TaggerDetector(folder)
    sentences = [(item, sentence) for item in items for sentence in sentences_of([item])]
    judged = [tagger.probabilities(sentence.text) for _, sentence in sentences]
    logits = logit(np.array([[one[rule] for rule in rules] for one in judged]))
    broken = np.array([[any(label[0] == rule for label in one.labels) for rule in rules] for _, one in sentences])
    scales = [calibrated(logits[:, i], broken[:, i]) for i in range(len(rules))]
    slopes, intercepts = np.array(scales).T
    speaks = lowest_for([item.place for item, _ in sentences], sigmoid(slopes * logits + intercepts), broken)
    thresholds = {
        rule: Thresholds(*(round(float(sigmoid((logit(np.array(at)) - b) / a)), 4) for at in (speaks, SURE)))
        for rule, (a, b) in zip(rules, scales, strict=True)
    }
    path.write_text(
        json.dumps({rule: {"broken": t.broken, "sure": t.sure} for rule, t in thresholds.items()}, indent=2) + "\n"
    )
    return thresholds


def calibrated(logits: Floats, broken: Bools) -> tuple[float, float]:
    """The slope and the intercept that make of logits what the labels show, by Newton's method.

    Where nothing is broken nothing can be said, and only silence does no harm.
    """
    if not broken.any():
        return 1.0, float(logit(np.array(_LEAST)) - logits.max(initial=0.0))
    yes, no = broken.sum(), (~broken).sum()
    wanted = np.where(broken, (yes + 1) / (yes + 2), 1 / (no + 2))  # as Platt has it: never quite certain
    known = np.stack([logits, np.ones_like(logits)], axis=1)
    scale = np.array([1.0, 0.0])
    for _ in range(100):
        said = sigmoid(known @ scale)
        curvature = known.T @ (known * (said * (1 - said))[:, None]) + 1e-9 * np.eye(2)
        step = np.linalg.solve(curvature, known.T @ (said - wanted))
        scale -= step
        if np.abs(step).max() < 1e-8:
            break
    return float(scale[0]), float(scale[1])


def lowest_for(texts: Sequence[str], probabilities: Floats, broken: Bools) -> float:
    """The lowest probability from which on enough of the clean texts are left alone.

    Args:
        texts: The text of which each sentence is a part.
        probabilities: How likely each sentence breaks each rule.
        broken: Whether it does.
    """
    names = np.unique(np.array(texts), return_inverse=True)[1]
    faulty, highest = np.zeros(names.max() + 1, bool), np.zeros(names.max() + 1)
    np.logical_or.at(faulty, names, broken.any(axis=1))
    np.maximum.at(highest, names, probabilities.max(axis=1))
    clean = highest[~faulty]
    return next((float(p) for p in _CANDIDATES if (clean < p).mean() >= LEFT_ALONE), SURE)


def logit(probabilities: Floats) -> Floats:
    """The log odds of probabilities."""
    kept = np.clip(probabilities, _LEAST, _MOST)
    odds: Floats = np.log(kept / (1 - kept))
    return odds


def sigmoid(logits: Floats) -> Floats:
    """The probabilities of log odds."""
    probabilities: Floats = 1 / (1 + np.exp(-logits))
    return probabilities
