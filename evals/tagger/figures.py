"""Figures about the data and the tagger: near-duplicates, agreement of two labellers, calibration."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coach.check import Checker
from coach.check.tagger import TaggerDetector
from coach.rules import catalogue
from evals.labelled import Labelled
from evals.tagger.dataset import Sentence

_GRAM = 5
_NEAR = 0.5  # from this share of common five-word sequences on (Jaccard) two texts are near-duplicates
_COMMON = 50  # five words in a row that stand in more texts than this are nobody's
_BINS = 10
_BLOCK = 4096  # vectors are compared so many at a time: all at once would take the memory of all pairs

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that share much.

    Attributes:
        first: One text.
        second: The other.
        likeness: The share of five-word sequences that they have in common (Jaccard).
    """

    first: str
    second: str
    likeness: float


def near_duplicates(texts: Sequence[str], others: Sequence[str] | None = None) -> list[Pair]:
    """The pairs of texts that are nearly the same: within a list, or across two lists.

    Texts of fewer than five words are compared as a whole.
    """
    grams = [_grams(text) for text in texts]
    other_grams = grams if others is None else [_grams(text) for text in others]
    where = defaultdict(list)
    for j, found in enumerate(other_grams):
        for gram in found:
            where[gram].append(j)
    pairs = []
    for i, found in enumerate(grams):
        shared = Counter(
            j for gram in found if len(where[gram]) <= _COMMON for j in where[gram] if others is not None or j > i
        )
        for j, common in shared.items():
            likeness = common / len(found | other_grams[j])
            if likeness >= _NEAR:
                pairs.append(Pair(texts[i], (texts if others is None else others)[j], likeness))
    return sorted(pairs, key=lambda pair: -pair.likeness)


def nearest(vectors: Floats, others: Floats | None = None) -> Floats:
    """For each unit vector the cosine of the nearest: of the rest of them, or of some others."""
    found = np.full(len(vectors), -1, np.float32)
    for start in range(0, len(vectors), _BLOCK):
        block = vectors[start : start + _BLOCK]
        cosines = block @ (vectors if others is None else others).T
        if others is None:
            rows = np.arange(len(block))
            cosines[rows, start + rows] = -1  # itself
        found[start : start + len(block)] = cosines.max(axis=1)
    return found


def longest_common_runs(texts: Sequence[str], others: Iterable[str], at_least: int = 8) -> list[int]:
    """For each text its longest run of words, of `at_least` or more, that stands in any of some others; else 0."""
    known = {run for other in others for run in _runs(_words(other), at_least)}
    longest = []
    for text in texts:
        streak = best = 0
        for run in _runs(_words(text), at_least):
            streak = streak + 1 if run in known else 0
            best = max(best, streak)
        longest.append(best + at_least - 1 if best else 0)
    return longest


def kappas(first: Sequence[Labelled], second: Sequence[Labelled]) -> dict[str, float]:
    """Cohen's kappa of two labellers, a rule: does the text break it? `any`: does it break any rule at all?"""
    agreement = {
        rule: kappa([_breaks(one, rule) for one in first], [_breaks(one, rule) for one in second])
        for rule in catalogue().about_words
    }
    agreement["any"] = kappa([bool(one.findings) for one in first], [bool(one.findings) for one in second])
    return agreement


def calibration_error(tagger: TaggerDetector, sentences: Sequence[Sentence], at_least: float = 0.1) -> float:
    """Expected calibration error over sentence and rule, in ten bins.

    Only probabilities of `at_least` count: the many that are near zero would make any model look calibrated.
    """
    pairs = [
        (probability, any(label[0] == rule for label in sentence.labels))
        for sentence in sentences
        for rule, probability in tagger.probabilities(sentence.text).items()
        if probability >= at_least
    ]
    probabilities, broken = np.array([p for p, _ in pairs]), np.array([b for _, b in pairs])
    bins = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    gaps = [
        (bins == i).mean() * abs(probabilities[bins == i].mean() - broken[bins == i].mean())
        for i in range(_BINS)
        if (bins == i).any()
    ]
    return float(sum(gaps))


def confusions(checker: Checker, items: Sequence[Labelled]) -> Counter[tuple[str, str]]:
    """Which rule was found where another was labelled, and only that other one."""
    counted: Counter[tuple[str, str]] = Counter()
    for item in items:
        for finding in checker.check(item.text, customer_message=item.customer_message).findings:
            labelled = {
                label.rule for label in item.findings if label.start < finding.end and finding.start < label.end
            }
            if labelled and finding.rule not in labelled:
                counted.update((rule, finding.rule) for rule in labelled)
    return counted


def _breaks(item: Labelled, rule: str) -> bool:
    return any(label.rule == rule for label in item.findings)


def kappa(first: Sequence[bool], second: Sequence[bool]) -> float:
    """Cohen's kappa of two labellers of the same things."""
    observed = np.mean([a == b for a, b in zip(first, second, strict=True)])
    p, q = np.mean(first), np.mean(second)
    chance = p * q + (1 - p) * (1 - q)
    return round(float((observed - chance) / (1 - chance)), 6) + 0.0 if chance < 1 else 1.0  # no "-0.0"


def _grams(text: str) -> frozenset[str]:
    words = _words(text)
    return frozenset(_runs(words, min(_GRAM, len(words))))


def _runs(words: Sequence[str], length: int) -> list[str]:
    return [" ".join(words[i : i + length]) for i in range(len(words) - length + 1)]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
