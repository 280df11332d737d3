"""The gate: whether a change made replies worse, by comparing two runs pair by pair.

A pair is a case and a sample in both runs. Pairs of a family tell much the same story, so each family counts as one
observation: the mean of its pairs' differences. Of these: an interval (Student's t), and, for a drop, the exact
sign-flip permutation test (scipy). Only the hard rules can block, with Holm's correction for looking at several
(statsmodels). What the run cannot tell is called unclear, and how small a drop it could have seen is said.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import comb, sqrt
from typing import Literal

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

from evals.graders import FIRST, HARD
from evals.results import Results, Row, graders

MARGIN = 0.02  # a difference smaller than this is none that anybody would notice
ALPHA = 0.05
CONFIDENCE = 0.90
POWER = 0.80
_RESAMPLES = 20_000  # beyond this many sign flips, a random choice of them stands for all
_SMALLEST_P = 0.001
_SEED = 0
BLOCKING = (*HARD, *(FIRST + rule for rule in HARD))

Judgement = Literal["worse", "unclear", "no worse", "better"]
Verdict = Literal["pass", "worse", "unclear", "not measured"]


@dataclass(frozen=True, slots=True)
class Change:
    """How a grader's pass rate has changed.

    Attributes:
        grader: Which one.
        before: Its rate in the base, over the pairs.
        after: Its rate in the candidate.
        difference: The mean of the families' differences.
        low: The interval's lower end.
        high: The upper one.
        p: How likely a drop like this is by chance, by the permutation test; adjusted where the grader can block.
        smallest_seen: The smallest drop that would have been seen in four runs of five.
        families: How many families had pairs.
        judgement: What to make of it.
    """

    grader: str
    before: float
    after: float
    difference: float
    low: float
    high: float
    p: float
    smallest_seen: float
    families: int
    judgement: Judgement

    @property
    def told_p(self) -> str:
        """How p is told: "= 0.031", and never as nothing at all."""
        return f"= {self.p:.3f}" if self.p >= _SMALLEST_P else f"< {_SMALLEST_P}"

    @property
    def blocks(self) -> bool:
        """Whether it stands in the way of the change."""
        return self.grader in BLOCKING and self.judgement == "worse"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs, compared.

    Attributes:
        base: The one before.
        candidate: The one after.
        changes: Grader by grader.
        pairs: How many pairs there were; what is in one run alone is in none.
        not_measured: What of the candidate could not be measured, and why.
        verdict: What comes of it.
    """

    base: Results
    candidate: Results
    changes: tuple[Change, ...]
    pairs: int
    not_measured: tuple[str, ...]
    verdict: Verdict


def compare(base: Results, candidate: Results, judged: Sequence[str] | None = None) -> Comparison:
    """Compare two runs.

    Args:
        base: The one before.
        candidate: The one after.
        judged: The graders to compare by; all where left out.
    """
    before = {(row.case, row.sample): row for row in base.rows}
    after = {(row.case, row.sample): row for row in candidate.rows}
    gone = [f"{row.case}, sample {row.sample}: {row.error}" for row in candidate.rows if row.error]
    pairs = [(before[key], row) for key, row in after.items() if key in before and not (row.error or before[key].error)]
    changes = [change for grader in judged or graders() if (change := _change(grader, pairs))]
    changes = _adjusted(changes)
    return Comparison(base, candidate, tuple(changes), len(pairs), tuple(gone), _verdict(changes, gone))


def pass_power_k(results: Results, samples: int) -> list[float]:
    """For each k up to the number of samples: how likely k replies in a row pass everything (pass^k), over the cases.

    Of n samples of a case with c passes, C(c, k) / C(n, k): Yao et al., tau-bench, 2024.
    """
    by_case = defaultdict(list)
    for row in results.measured:
        by_case[row.case].append(row.passes_all)
    full = [passes for passes in by_case.values() if len(passes) >= samples]
    if not full:
        return []
    return [
        float(np.mean([comb(sum(passes), k) / comb(len(passes), k) for passes in full])) for k in range(1, samples + 1)
    ]


def _change(grader: str, pairs: Sequence[tuple[Row, Row]]) -> Change | None:
    by_family = defaultdict(list)
    for old, new in pairs:
        was, now = old.passes(grader), new.passes(grader)
        if was is not None and now is not None:
            by_family[new.family].append((was, now))
    if not by_family:
        return None
    judged = [pair for family in by_family.values() for pair in family]
    before, after = (float(np.mean([pair[i] for pair in judged])) for i in (0, 1))
    drops = np.array([np.mean([now - was for was, now in family]) for family in by_family.values()])
    error = float(np.std(drops, ddof=1) / sqrt(len(drops))) if len(drops) > 1 else 0.0
    difference = float(np.mean(drops))
    freedom = max(len(drops) - 1, 1)
    reach = float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom)) * error
    return Change(
        grader=grader,
        before=before,
        after=after,
        difference=difference,
        low=difference - reach,
        high=difference + reach,
        p=_p_of_drop(drops),
        smallest_seen=_smallest_seen(before, error, len(drops)),
        families=len(drops),
        judgement="unclear",
    )


def _p_of_drop(drops: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    changed = drops[drops != 0]
    if not len(changed):
        return 1.0
    if len(changed) == 1:  # one family's sign can be flipped one way: even odds
        return 0.5 if changed[0] < 0 else 1.0
    tested = stats.permutation_test(
        (changed,),
        np.mean,
        permutation_type="samples",
        alternative="less",
        n_resamples=_RESAMPLES,
        rng=np.random.default_rng(_SEED),
    )
    return float(tested.pvalue)


def _smallest_seen(before: float, error: float, families: int) -> float:
    """The drop that would have been seen with the power that we want, at the strictest of Holm's levels.

    The error is at least that of a rate like the base's in so many families: two runs that happen to agree to the last
    pair do not prove that nothing varies.
    """
    smoothed = (before * families + 0.5) / (families + 1)
    least = sqrt(smoothed * (1 - smoothed) / families)
    level = stats.norm.ppf(1 - ALPHA / len(BLOCKING)) + stats.norm.ppf(POWER)
    return float(min(1.0, level * max(error, least)))


def _adjusted(changes: Sequence[Change]) -> list[Change]:
    """Holm's correction over those that can block, and what to make of each."""
    blocking = [change for change in changes if change.grader in BLOCKING]
    adjusted = multipletests([c.p for c in blocking], alpha=ALPHA, method="holm")[1] if blocking else []
    holm = dict(zip((change.grader for change in blocking), map(float, adjusted), strict=True))
    judged = []
    for change in changes:
        p = holm.get(change.grader, change.p)
        judged.append(replace(change, p=p, judgement=_judgement(change, p)))
    return judged


def _judgement(change: Change, p: float) -> Judgement:
    if change.difference < 0 and p < ALPHA:
        return "worse"
    if change.low > 0:
        return "better"
    return "no worse" if change.low >= -MARGIN else "unclear"


def _verdict(changes: Sequence[Change], gone: Sequence[str]) -> Verdict:
    if any(change.blocks for change in changes):
        return "worse"
    if gone or not changes:
        return "not measured"
    blocking = [change for change in changes if change.grader in BLOCKING]
    return "unclear" if any(change.judgement == "unclear" for change in blocking) else "pass"
