"""The selftest would notice graders that see nothing, and graders that cry wolf."""

import pytest

from coach.verify import Verifier
from evals.cases import Case, load_cases
from evals.graders import Fault
from evals.selftest import SABOTEURS, Selftest, by_rule, recorded_against_base

FAMILIES = load_cases(["late", "wrong-size", "broken", "bike-brake", "hosting-outage", "lost-parcel"])


class _Blind(Selftest):
    """Graders that see nothing."""

    def faults(self, case: Case, reply: str) -> tuple[Fault, ...]:  # noqa: ARG002
        return ()


class _Crying(Selftest):
    """Graders that cry wolf at whatever is not golden."""

    def faults(self, case: Case, reply: str) -> tuple[Fault, ...]:
        return () if reply == case.golden else (Fault(grader="blame", reason="!"),)


@pytest.fixture(scope="session")
def selftest(verifier: Verifier) -> Selftest:
    """The selftest, of a few families."""
    return Selftest(verifier, FAMILIES)


def test_golden_replies_pass(selftest: Selftest) -> None:
    """All of them."""
    assert selftest.golden_failures() == {}


def test_planted_faults_are_caught(selftest: Selftest) -> None:
    """Of each kind at least four in five, even in so few replies."""
    planted = by_rule(list(selftest.planted()))
    assert len(planted) >= 20
    assert {rule: sum(one.caught for one in ones) / len(ones) for rule, ones in planted.items()} == {
        rule: pytest.approx(1, abs=0.4) for rule in planted
    }


def test_blind_graders_are_found_out(verifier: Verifier) -> None:
    """They catch nothing, and no saboteur fails."""
    blind = _Blind(verifier, FAMILIES)
    assert not any(one.caught for one in blind.planted())
    assert not any(one.worse_in for one in blind.saboteurs())


def test_graders_that_cry_wolf_are_found_out(verifier: Verifier) -> None:
    """Every harmless edit is an alarm to them."""
    assert all(one.alarms for one in _Crying(verifier, FAMILIES).harmless())


def test_saboteurs_fail_and_the_golden_coach_passes(verifier: Verifier) -> None:
    """Each is worse in something; the golden one in nothing."""
    *saboteurs, golden = Selftest(verifier, load_cases()[:20]).saboteurs()
    assert [one.name for one in saboteurs] == list(SABOTEURS)
    assert [one.name for one in saboteurs if one.comparison.verdict != "worse"] == []
    assert (golden.comparison.verdict, golden.worse_in) == ("pass", [])


def test_a_drop_alarms_and_chance_does_not(selftest: Selftest) -> None:
    """In few families only a large drop can be seen."""
    assert selftest.alarms_of_chance(0.0, 10) == 0.0


@pytest.mark.parametrize(("run", "worse"), [("again", False), ("worse", True)])
def test_recorded_runs_are_told_apart(run: str, worse: bool) -> None:
    """On real answers: the same prompt twice is not called worse; one made worse on purpose is, by first answers."""
    comparison = recorded_against_base(run)
    blocking = {change.grader for change in comparison.changes if change.blocks}
    assert comparison.pairs >= 45
    assert bool(blocking) == worse
    assert ("first:fauxpology" in blocking) == worse
