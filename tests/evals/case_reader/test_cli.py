"""`evals case-reader` says what the reader is worth."""

import pytest
from click.testing import CliRunner

from coach.case_reader import CaseReader
from coach.check import Checker
from coach.coaching import Coach
from coach.wording import wording_of
from evals.case_reader import cli
from evals.case_reader.data import Filling, load_cases, load_fillings
from evals.cli import group
from tests.fake_model import FakeModel
from tests.fake_reader import FakeReader


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


def test_the_model_is_asked_for_the_notes_that_are_left_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """One as people say it, one otherwise, one that is more than its note; where people make no sentence it is not."""
    notes = ["parcel lost by courier", "zip sewn in", "lamp tested", "yes no"]
    fillings = [Filling(("parcel", "lost", "by", "courier"), ("the", "was", "", "the"))]
    fillings += [Filling(("zip", "sewn", "in"), ("the", "was", "")), Filling(("lamp", "tested"), ("the", "was"))]
    fillings += [Filling(("yes", "no"), None)]
    model = FakeModel("A parcel was lost by the courier.", "The zip is sewn in.", "We tested the lamp.", small=True)
    coach = Coach(model, Checker())
    coach.verifier.reader = FakeReader()
    monkeypatch.setattr(cli, "make_coach", lambda _: coach)
    monkeypatch.setattr(cli, "load_fillings", lambda _: fillings)
    monkeypatch.setattr(cli, "load_cases", lambda _: load_cases("test")[:2])
    monkeypatch.setattr(cli, "_show_sentences", lambda *_: None)
    monkeypatch.setattr(cli, "_show_agreement", lambda *_: None)
    monkeypatch.setattr(CaseReader, "filled", lambda _, words: ([""] * len(words), 0.0))
    printed = CliRunner().invoke(group, ["case-reader", "--live"], catch_exceptions=False).output
    assert [turns[-1].content for turns in model.conversations] == notes[:3]
    assert model.grammars == [wording_of(note, FakeReader()).grammar for note in notes[:3]]
    assert "Of the 3 others of which one can be made, the model makes a sentence of 2; 50% of those" in " ".join(
        printed.split()
    )
