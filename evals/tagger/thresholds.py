"""Where the tagger begins to speak: its logits made probabilities, and one threshold for all, on the development part.

The network's probabilities are too sure of themselves, and not of every rule alike. So they are calibrated first, rule
by rule (Platt scaling: Platt 1999, "Probabilistic outputs for support vector machines"). In the same way it is fitted
how likely a sentence breaks any rule at all. Then one probability holds for all: the lowest from which on enough of the
clean texts are left alone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt

from coach.check.tagger import DOINGS, INWARD, Calibration, FaultScale, Scale, TaggerDetector, two_highest
from coach.rules import catalogue
from evals.briefing.labelled_notes import Note
from evals.tagger.dataset import sentences_of
from evals.tagger.notation import Item

LEFT_ALONE = 0.96  # of the clean texts: a false alarm costs a seller's trust
PRECISE = 0.94  # of what is said of whose doing a note shows: owned wrongly is worse than not seen
KEPT_RIGHTLY = 0.99  # of the notes that are said to be inward: most notes are not, and have to be told
SURE = 0.9  # the probability of the rule itself from which on a fault has the severity `error`
_CANDIDATES = np.arange(0.5, SURE, 0.01).round(2)
_NOTE_CANDIDATES = (1 / (1 + np.exp(-np.arange(0, 12, 0.25)))).round(6)  # close to 1, where a trained network is sure
_LEAST = 1e-6
_DIGITS = 4

Floats = npt.NDArray[np.floating]
Bools = npt.NDArray[np.bool_]


def set_thresholds(folder: Path, items: Sequence[Item], notes: Sequence[Note]) -> Calibration:
    """Calibrate the tagger in a folder on some texts, choose from where on it speaks, and write both down."""
    rules = catalogue().about_words
    path = folder / "calibration.json"
    as_it_is = {rule: Scale(1.0, 0.0) for rule in rules}
    path.write_text(_json(as_it_is, FaultScale(1.0, 0.0, 0.0), SURE, {}), encoding="utf-8")
    tagger = TaggerDetector(folder)
    sentences = [(item, sentence) for item in items for sentence in sentences_of([item])]
    logits = np.array([tagger.logits(sentence.text) for _, sentence in sentences], dtype=np.float64)
    broken = np.array([[any(label[0] == rule for label in one.labels) for rule in rules] for _, one in sentences])
    scales = {rule: Scale(*calibrated(logits[:, [i]], broken[:, i])) for i, rule in enumerate(rules)}
    fault = fault_scale(logits, broken)
    suspicions = Calibration(scales, fault, SURE, SURE, {}).suspicions(logits)
    broken_from = lowest_for([item.place for item, _ in sentences], suspicions, broken)
    text = _json(scales, fault, broken_from, _note_thresholds(tagger, notes))
    path.write_text(text, encoding="utf-8")
    return Calibration.read(text)


def fault_scale(logits: Floats, broken: Bools) -> FaultScale:
    """What tells from a sentence's two highest logits how likely it breaks any rule."""
    second, highest, intercept = calibrated(two_highest(logits), np.asarray(broken.any(axis=1)))
    return FaultScale(highest, second, intercept)


def calibrated(logits: Floats, broken: Bools) -> tuple[float, ...]:
    """The weight of each column of logits, and the intercept, that make of them what the labels show: Newton's method.

    Where nothing is broken nothing can be said, and only silence does no harm.
    """
    columns = logits.shape[1]
    if not broken.any():
        return *(0.0 for _ in range(columns)), round(float(logit(_LEAST)), _DIGITS)
    yes, no = broken.sum(), (~broken).sum()
    wanted = np.where(broken, (yes + 1) / (yes + 2), 1 / (no + 2))  # as Platt has it: never quite certain
    known = np.column_stack([logits, np.ones(len(logits))])
    weights = np.zeros(columns + 1)  # from further off the first step may lead past the lowest point, and ever further
    for _ in range(100):
        said = sigmoid(known @ weights)
        curvature = known.T @ (known * (said * (1 - said))[:, None]) + 1e-9 * np.eye(columns + 1)
        step = np.linalg.solve(curvature, known.T @ (said - wanted))
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    return tuple(round(float(weight), _DIGITS) for weight in weights)


def lowest_for(texts: Sequence[str], suspicions: Floats, broken: Bools) -> float:
    """The lowest probability from which on enough of the clean texts are left alone.

    Args:
        texts: The text of which each sentence is a part.
        suspicions: How suspect each sentence is of breaking each rule.
        broken: Whether it does.
    """
    names = np.unique(np.array(texts), return_inverse=True)[1]
    faulty, highest = np.zeros(names.max() + 1, bool), np.zeros(names.max() + 1)
    np.logical_or.at(faulty, names, broken.any(axis=1))
    np.maximum.at(highest, names, suspicions.max(axis=1))
    clean = highest[~faulty]
    return next((float(p) for p in _CANDIDATES if (clean < p).mean() >= LEFT_ALONE), SURE)


def lowest_precise(likely: Floats, right: Bools, precise: float) -> float:
    """The lowest probability from which on so much of what is said of notes is right; 1 where there is none."""
    fit = (p for p in _NOTE_CANDIDATES if (said := likely >= p).any() and right[said].mean() >= precise)
    return float(next(fit, 1.0))


def _note_thresholds(tagger: TaggerDetector, notes: Sequence[Note]) -> dict[str, float]:
    likely = [tagger.note_probabilities(note.note) for note in notes]
    chosen = {}
    for what in (*DOINGS[1:], INWARD):
        shown = [note.inward if what == INWARD else note.doing and note.doing == what for note in notes]
        known = [i for i, label in enumerate(shown) if label is not None]
        shares, right = np.array([likely[i][what] for i in known]), np.array([shown[i] for i in known], dtype=bool)
        chosen[what] = lowest_precise(shares, right, KEPT_RIGHTLY if what == INWARD else PRECISE)
    return chosen


def logit(probability: float) -> float:
    """The log odds of a probability."""
    return float(np.log(probability / (1 - probability)))


def sigmoid(logits: Floats) -> Floats:
    """The probabilities of log odds."""
    probabilities: Floats = 1 / (1 + np.exp(-logits))
    return probabilities


def _json(rules: Mapping[str, Scale], fault: FaultScale, broken: float, notes: Mapping[str, float]) -> str:
    held = {
        "broken": broken,
        "sure": SURE,
        "notes": notes,
        "fault": asdict(fault),
        "rules": {rule: asdict(scale) for rule, scale in rules.items()},
    }
    return json.dumps(held, indent=2) + "\n"
