"""`evals case-reader` says what the reader is worth."""

import pytest
from click.testing import CliRunner

from evals.case_reader import cli
from evals.case_reader.data import load_cases, load_fillings
from evals.cli import group


def test_figures_of_the_test_part_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its figures, and on the test part alone."""
    cases, fillings = load_cases("test")[:6], load_fillings("test")[:12]
    monkeypatch.setattr(cli, "load_cases", lambda part: cases if part == "test" else None)
    monkeypatch.setattr(cli, "load_fillings", lambda part: fillings if part == "test" else None)
    monkeypatch.setattr(cli, "second_labels", lambda: cases[:2])
    printed = CliRunner().invoke(group, ["case-reader"], catch_exceptions=False).output
    assert printed.startswith("6 cases, 12 notes")
    told = sum(fact.told == "T" for case in cases for fact in case.facts)
    assert "fact, to tell" in printed
    assert f" {told} " in printed
    assert "Of 12 notes" in printed
    assert "2 cases labelled again, blind; kappa: 1.00 facts told" in printed
