"""The reader is believed from where on it is right often enough."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from coach.case_reader import CaseReader, Kind
from evals.case_reader import thresholds
from evals.case_reader.data import Case, Fact, Filling, Rule
from evals.case_reader.thresholds import filled, judged, set_layout

MESSAGE = "It leaks!"
CASES = [
    Case(
        f"case {i}",
        MESSAGE,
        [Fact(f"{i}", "T" if i >= 60 else "K", "o" if i >= 80 else "-")],
        [Rule(f"{i}", told=i >= 40)],
    )
    for i in range(100)
]
FILLINGS = [Filling((f"{i}", "sent"), ("", "was the") if i >= 50 else None) for i in range(100)]


class Reader(CaseReader):
    """As sure of a line as the number in it says: 73 is told with 73 %."""

    def __init__(self, _folder: Path) -> None:
        """No network is loaded."""

    def probability(self, _kind: Kind, line: str, _message: str, _facts: tuple[str, ...] = ()) -> float:
        """The number in the line."""
        return int(line.rsplit(maxsplit=1)[-1]) / 100

    def filled(self, words: Sequence[str]) -> tuple[list[str], float]:
        """An article is not as people put it in; the rest is."""
        return ["", "was a"], int(words[0]) / 100


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a layout is written, of a reader that needs no network."""
    monkeypatch.setattr(thresholds, "CaseReader", Reader)
    return tmp_path


def test_lines_are_judged_with_their_labels() -> None:
    """Share and label, in the order of the cases."""
    likely, told = judged(Reader(Path()), "fact", CASES)
    assert (likely[73], told[73], told[59]) == (0.73, True, False)


def test_articles_make_no_other_sentence() -> None:
    """One article for another is no other story; a sentence where there is none is."""
    sure, right = filled(Reader(Path()), FILLINGS)
    assert sure[73] == 0.73
    assert right.tolist() == [False] * 50 + [True] * 50


def test_thresholds_are_the_lowest_that_are_right_often_enough(folder: Path) -> None:
    """Each kind by its own share of right answers."""
    set_layout(folder, ["", "was a"], CASES, FILLINGS)
    held = json.loads((folder / "layout.json").read_text())
    # Of 0.57 and more, 40 of 43 facts are told; of 0.2 and more, 60 of 80 rules are.
    assert held["tell"] == {"fact": 0.57, "rule": 0.2}
    assert held["keep"] == 0.57  # further up enough would be kept rightly too, but it is told there
    assert held["fill"] == 0.24
    assert held["insertions"] == ["", "was a"]


def test_what_people_wrote_out_is_left_out_more_rarely(folder: Path) -> None:
    """What is jotted down says nothing of when a sentence is beside the point."""
    written = [
        Case("w", MESSAGE, [Fact(f"The lid was number {i}", "T" if i >= 20 else "K", "-")], []) for i in range(100)
    ]
    set_layout(folder, [""], [*CASES, *written], FILLINGS)
    assert json.loads((folder / "layout.json").read_text())["idle"] == 0.2  # up to it 20 of 21 are not told


def test_what_is_never_right_often_enough_is_never_said(folder: Path) -> None:
    """No sentence is made on a guess."""
    set_layout(folder, [""], CASES, [Filling(one.words, None) for one in FILLINGS])
    assert json.loads((folder / "layout.json").read_text())["fill"] == 1.0
