"""The gate sees a drop that is there, does not see one that is not, and says what it cannot tell."""

import random

import pytest

from evals.gate import BLOCKING, Change, compare, pass_power_k
from evals.graders import Fault
from evals.results import About, Results, Row


def results(broken: dict[tuple[int, int], str], families: int = 40, samples: int = 3, **errors: str) -> Results:
    """A run of so many families, where a family and sample in `broken` fails a grader."""
    rows = [
        Row(
            case=f"f{family}",
            family=f"f{family}",
            group="unclear",
            sample=sample,
            error=errors.get(f"f{family}"),
            graded=("reply", "first"),
            faults=(Fault(grader=broken[family, sample], reason="r"),) if (family, sample) in broken else (),
        )
        for family in range(families)
        for sample in range(samples)
    ]
    return Results(about=About(model="m", prompt_version="p", suite="s", samples=samples), rows=tuple(rows))


def change_of(grader: str, base: Results, candidate: Results) -> Change:
    """How a grader has changed."""
    (change,) = [change for change in compare(base, candidate).changes if change.grader == grader]
    return change


def failing(grader: str, families: int, samples: int = 3) -> dict[tuple[int, int], str]:
    """So many families that fail a grader, always."""
    return {(family, sample): grader for family in range(families) for sample in range(samples)}


def test_a_run_against_itself_passes() -> None:
    """Whatever it fails, it fails on both sides."""
    run = results(failing("blame", 7))
    comparison = compare(run, run)
    assert (comparison.verdict, comparison.pairs) == ("pass", 120)
    assert {change.difference for change in comparison.changes} == {0.0}


@pytest.mark.parametrize("grader", BLOCKING)
def test_a_hard_rule_that_gets_worse_blocks(grader: str) -> None:
    """In twelve families of forty; how much, and how sure that is, is told."""
    comparison = compare(results({}), results(failing(grader, 12)))
    assert comparison.verdict == "worse"
    change = change_of(grader, results({}), results(failing(grader, 12)))
    assert change.blocks
    assert (change.before, change.after, change.difference) == (1.0, 0.7, -0.3)
    assert change.low < -0.3 < change.high < 0
    assert change.p == pytest.approx(8 / 2**12)  # all twelve signs alike, and Holm's eight


@pytest.mark.parametrize("grader", ["spin", "outcome", "first:jargon"])
def test_another_rule_that_gets_worse_is_told_and_does_not_block(grader: str) -> None:
    """It is the maintainers' to weigh."""
    comparison = compare(results({}), results(failing(grader, 12)))
    assert comparison.verdict == "pass"
    assert change_of(grader, results({}), results(failing(grader, 12))).judgement == "worse"


def test_what_may_be_chance_is_unclear() -> None:
    """Three families that fail now are no proof, and no all-clear."""
    comparison = compare(results({}), results(failing("blame", 3)))
    assert comparison.verdict == "unclear"
    change = change_of("blame", results({}), results(failing("blame", 3)))
    assert (change.judgement, change.blocks) == ("unclear", False)
    assert change.smallest_seen > 0.075


def test_samples_of_a_family_are_no_proof_by_themselves() -> None:
    """A hundred replies to one complaint are one story told a hundred times."""
    change = change_of("blame", results({}, 2, 100), results(failing("blame", 1, 100), 2, 100))
    assert change.after == 0.5
    assert not change.blocks


def test_no_p_is_told_as_nothing() -> None:
    """What is sure beyond the table's places is said to be so."""
    assert change_of("blame", results({}), results(failing("blame", 40))).told_p == "< 0.001"
    assert change_of("blame", results({}), results({})).told_p == "= 1.000"


def test_better_is_told() -> None:
    """What a change mends is worth knowing too."""
    assert change_of("blame", results(failing("blame", 20)), results({})).judgement == "better"


def test_what_was_not_measured_is_no_pass() -> None:
    """An error is neither a pass nor a failure of the reply: it is no measurement. A drop that is seen still blocks."""
    lost = results({}, f3="no recording")
    comparison = compare(results({}), lost)
    assert comparison.verdict == "not measured"
    assert comparison.not_measured == tuple(f"f3, sample {n}: no recording" for n in range(3))
    assert comparison.pairs == 117
    assert compare(results({}), results(failing("blame", 12), f30="no recording")).verdict == "worse"
    assert compare(results({}), results({}, families=0)).verdict == "not measured"


def test_a_new_case_has_no_pair() -> None:
    """It is in neither scale, and does not keep the others from being weighed."""
    comparison = compare(results({}, 30), results(failing("blame", 40), 40))
    assert comparison.pairs == 90


def test_chance_alone_alarms_seldom() -> None:
    """Of forty pairs of runs that differ by chance, at most two are called worse."""
    dice = random.Random(1)

    def drawn() -> Results:
        broken = {(f, s): "blame" for f in range(40) for s in range(3) if dice.random() < 0.15}
        return results(broken)

    alarms = sum(compare(drawn(), drawn(), judged=BLOCKING).verdict == "worse" for _ in range(40))
    assert alarms <= 2


def test_pass_power_k() -> None:
    """Of 3 samples with 2 passes: 2/3 once, 1/3 twice in a row, never three times; over the cases the mean."""
    run = results({(0, 0): "blame", (1, 0): "first:blame"}, families=2)
    assert pass_power_k(run, 3) == pytest.approx([(2 / 3 + 1) / 2, (1 / 3 + 1) / 2, 0.5])
    assert pass_power_k(results({}, families=0), 3) == []
