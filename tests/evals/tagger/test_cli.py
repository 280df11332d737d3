"""`evals tagger` prints figures about the data and the tagger that follow from what it was given."""

import json
from pathlib import Path

import pytest

from tests.terminal import type_in

PLAIN = "I packed the wrong size, and the right one leaves today."
GROVELLING = "I cannot begin to say how ashamed I am, I am a disgrace to this trade"
TRAINING = f"""
## wrong size, Leeds
> This is a 42.
- {PLAIN}
! [[grovel|{GROVELLING}]].
~ You should have a new pair on Friday, and the label for the old one is in the box.
"""
TEST = f"""
## late lamp, Accra
> Where is it?
- It leaves today and reaches you on Friday before noon.
! [[blame|{GROVELLING}]].
"""


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A few labelled replies in place of the shipped ones; the rules' own examples are left out."""
    for part, text in {"train": TRAINING, "test": TEST}.items():
        (tmp_path / part).mkdir()
        (tmp_path / part / "some.txt").write_text(text, encoding="utf-8")
    monkeypatch.setattr("evals.tagger.dataset.FOLDER", tmp_path)
    monkeypatch.setattr("evals.tagger.dataset._rule_examples", list)
    monkeypatch.setattr("evals.tagger.dataset._is_dev", lambda _scenario: False)
    return tmp_path


def test_the_report_sets_patterns_and_tagger_side_by_side() -> None:
    """A fault found under another rule is a miss, a false alarm and a confusion."""
    screen = type_in("evals", "tagger", "report")
    assert screen.code == 0
    patterns, together = screen.words.split("Patterns and tagger")
    for part in (patterns, together):
        assert "2 texts: of 1 with a fault 1 are flagged, of 1 clean ones 1 are left alone." in part
    assert "blame 1 0 0 - 0.00 0.00" in together
    assert "grovel 0 0 1 0.00 -" in together
    assert "1 blame taken for grovel" in together
    assert "Expected calibration error" in together


def test_the_data_is_counted_and_compared(tmp_path: Path) -> None:
    """Items by part and kind, texts that are too much alike, and those that should not be in it at all."""
    held_out = tmp_path / "held-out.jsonl"
    held_out.write_text(json.dumps({"text": PLAIN}) + "\n" + json.dumps({"text": "Something else."}) + "\n")
    screen = type_in("evals", "tagger", "data", str(held_out))
    assert screen.code == 0
    assert "clean 1 0 1 near miss 1 0 0 faulty 1 0 1 scenarios 1 0 1" in screen.words
    assert "grovel 1 0 0" in screen.words
    assert "40.0% of the texts have a near-duplicate" in screen.words
    assert "1 test texts have one in the training or development part." in screen.words
    assert "of 2 texts 1 have a near-duplicate in the data; 1 share a run of eight words" in screen.words
    assert f"11 words: {PLAIN}" in screen.words


def test_two_labellers_are_compared(tmp_path: Path) -> None:
    """Kappa a rule, over the texts that both have labelled."""
    second = tmp_path / "second.txt"
    second.write_text(f"## again\n- {PLAIN}\n! [[grovel+guilt-trip|{GROVELLING}]].\n- Nobody knows this text.\n")
    screen = type_in("evals", "tagger", "agreement", str(second))
    assert screen.code == 0
    assert "grovel 0.40" in screen.words  # the test part calls the same words blame
    assert "guilt-trip 0.00" in screen.words
    assert screen.words.endswith("3 texts, labelled twice.")


def test_a_slip_in_the_data_is_named(data: Path) -> None:
    """File and line, and no traceback."""
    (data / "train" / "some.txt").write_text("## a story\n- fine\n? what\n")
    screen = type_in("evals", "tagger", "data")
    assert screen.code == 2
    assert screen.err == "evals: some.txt:3: a line begins with '## ', '>', '- ', '~ ' or '! '.\n"
