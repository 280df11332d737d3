"""Recordings are played back alike in one process and in several."""

import asyncio
from pathlib import Path

import pytest

import evals
from coach.check import Checker
from evals.cases import load_cases
from evals.recordings import Recordings
from evals.replay import Replay
from evals.results import Row

FILE = Path(evals.__file__).with_name("recordings") / "embedded.jsonl"
FAMILIES = ("broken", "cinema-power-cut", "gift-voucher")


@pytest.fixture
def recorded() -> Recordings:
    """What is recorded of the embedded model."""
    return Recordings.read(FILE)


def test_several_processes_play_what_one_does(recorded: Recordings, checker: Checker) -> None:
    """The same rows in the same order, and the same answers used."""
    replay, cases = Replay(FILE, samples=2), load_cases(FAMILIES)
    told: list[Row] = []
    rows = replay.in_processes(2, cases, recorded, told.append)
    alone = Recordings.read(FILE)
    assert rows == asyncio.run(replay.runner(alone, checker).run(cases, 2))
    assert sorted(told, key=str) == sorted(rows, key=str)
    assert recorded.used == alone.used
    assert len(recorded.used) >= len(FAMILIES)


def test_what_was_done_before_an_interruption_is_kept(recorded: Recordings) -> None:
    """Ctrl-C ends it: the families that are done come back, and nobody hangs."""

    def interrupt(_row: Row) -> None:
        raise KeyboardInterrupt

    rows = Replay(FILE, variants=False).in_processes(1, load_cases(FAMILIES), recorded, interrupt)
    assert [row.case for row in rows] in [[name] for name in FAMILIES]


@pytest.mark.parametrize(("samples", "families", "several"), [(1, 3, False), (1, None, True), (60, 3, True)])
def test_a_process_is_started_only_where_it_is_worth_it(
    samples: int, families: int | None, several: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not for a few replies; never more than there are processors."""
    replay, cases = Replay(FILE, samples=samples), load_cases()[:families]
    monkeypatch.setattr("evals.replay._processors", lambda: 2)
    assert replay.processes(cases) == (2 if several else 1)
    monkeypatch.setattr("evals.replay._processors", lambda: 1)
    assert replay.processes(cases) == 1
