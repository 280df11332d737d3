"""A threshold lies where the tagger is as sure of one rule as of another, and leaves clean texts alone."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from coach.check import TaggerDetector
from coach.rules import catalogue
from evals.briefing.labelled_notes import Note
from evals.labelled import Label, Labelled
from evals.tagger.notation import Item
from evals.tagger.thresholds import (
    LEFT_ALONE,
    PRECISE,
    SURE,
    calibrated,
    fault_scale,
    logit,
    lowest_for,
    lowest_precise,
    set_thresholds,
    sigmoid,
)

DICE = np.random.default_rng(0)


def test_what_is_too_sure_of_itself_is_calibrated() -> None:
    """Logits twice as large as they should be, and shifted: the scale undoes it."""
    true = DICE.normal(size=20_000)
    broken = DICE.random(20_000) < sigmoid(true)
    slope, intercept = calibrated((2 * true + 1)[:, None], broken)
    assert slope == pytest.approx(0.5, abs=0.03)
    assert intercept == pytest.approx(-0.5, abs=0.06)


def test_of_what_was_never_seen_nothing_is_said() -> None:
    """Whatever the network thinks of it."""
    slope, intercept = calibrated(np.array([[-3.0], [0.0], [5.0]]), np.array([False, False, False]))
    assert sigmoid(np.array([slope * 5 + intercept]))[0] < 0.01


def test_several_columns_are_weighed_together() -> None:
    """Each has its own weight, and what says nothing has none."""
    logits = DICE.normal(size=(20_000, 3))
    broken = DICE.random(20_000) < sigmoid(logits @ [1.5, 0.5, 0.0] - 2)
    assert calibrated(logits, broken) == pytest.approx((1.5, 0.5, 0.0, -2.0), abs=0.1)


def test_what_is_told_apart_without_a_doubt_is_calibrated_too() -> None:
    """Where a curve is flat, a step that only follows its bend may lead ever further away."""
    logits = np.array([[-12.0], [-11.0], [-10.0], [9.0]] * 50)
    slope, intercept = calibrated(logits, logits[:, 0] > 0)
    said = sigmoid(slope * logits[:, 0] + intercept)
    assert said[logits[:, 0] > 0] == pytest.approx(51 / 52, abs=0.01)
    assert said[logits[:, 0] < 0] == pytest.approx(1 / 152, abs=0.01)


def test_a_fault_shows_in_the_two_highest_logits() -> None:
    """Whichever rules they are of, and whatever the others are."""
    logits = DICE.normal(size=(20_000, 5))
    ordered = np.sort(logits, axis=1)
    faulty = DICE.random(20_000) < sigmoid(ordered[:, -1] + 0.5 * ordered[:, -2] - 1)
    broken = np.zeros(logits.shape, bool)
    broken[np.arange(len(broken)), DICE.integers(5, size=len(broken))] = faulty
    scale = fault_scale(logits, broken)
    assert (scale.highest, scale.second, scale.intercept) == pytest.approx((1.0, 0.5, -1.0), abs=0.15)


def test_what_was_set_is_what_the_tagger_reads(tmp_path: Path) -> None:
    """From labelled texts to the file beside the model, in the order of the model's rules."""
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / name).symlink_to(str(files("coach") / "data" / "tagger" / name))
    shame, plain = "I cannot begin to say how ashamed I am.", "I packed the wrong size, and the right one leaves today."
    items = [
        Item(Labelled(text=shame, findings=(Label(rule="grovel", start=0, end=len(shame)),)), "faulty", "sizes", "t:1"),
        Item(Labelled(text=plain), "clean", "sizes", "t:2"),
    ]
    notes = [
        Note(note="packed the wrong size, both were on the bench", doing="shop"),
        Note(note="forgot to post it, found it on the bench", doing="shop"),
        Note(note="parcel is 3 kg", doing="nobody"),
        Note(note="he typed the wrong house number on the form himself", doing="customer"),
    ]
    calibration = set_thresholds(tmp_path, items, notes)
    tagger = TaggerDetector(tmp_path)
    assert tagger.calibration.rules == calibration.rules == tuple(catalogue().about_words)
    assert 0.5 <= tagger.calibration.broken == calibration.broken <= tagger.calibration.sure == SURE
    by_rule = tagger.probabilities(shame)
    assert max(by_rule, key=lambda rule: by_rule[rule]) == "grovel"
    assert by_rule["grovel"] > tagger.probabilities(plain)["grovel"]
    logits = np.stack([tagger.logits(shame), tagger.logits(plain)])
    shameful, harmless = tagger.calibration.fault(logits)
    assert shameful > 0.5 > harmless
    assert tagger.calibration.notes == calibration.notes == {**calibration.notes, "third-party": 1.0, "inward": 1.0}
    assert [tagger.noted(note.note).doing for note in notes] == ["shop", "shop", None, "customer"]


def test_of_notes_enough_of_what_is_said_is_right() -> None:
    """The lowest probability at which it is; where it never is, nothing is said."""
    likely, right = np.linspace(0.5, 0.99, 50), np.arange(50) >= 20
    lowest = lowest_precise(likely, right, PRECISE)
    assert right[likely >= lowest].mean() >= PRECISE
    assert right[likely >= sigmoid(np.array(logit(lowest) - 0.26))].mean() < PRECISE, (
        "so it is the lowest of those tried"
    )
    assert lowest_precise(likely, np.zeros(50, bool), PRECISE) == 1.0


def test_the_threshold_leaves_clean_texts_alone() -> None:
    """A text is left alone when none of its sentences is flagged; what faulty texts hold does not count."""
    texts = [f"t{n // 2}" for n in range(400)]  # 200 texts of two sentences
    probabilities = np.zeros((400, 1))
    probabilities[0:20:2, 0] = np.linspace(0.55, 0.82, 10)  # ten clean texts with a suspect sentence each
    probabilities[200:400, 0] = 0.95
    broken = np.zeros((400, 1), bool)
    broken[200:400:2] = True  # the other hundred are faulty
    lowest = lowest_for(texts, probabilities, broken)
    flagged = {text for text, one in zip(texts[:200], probabilities[:200, 0], strict=True) if one >= lowest}
    assert 1 - len(flagged) / 100 >= LEFT_ALONE
    assert len(flagged) == round(100 * (1 - LEFT_ALONE))  # one more would be too many: it is the lowest


def test_where_no_threshold_will_do_only_what_is_sure_counts() -> None:
    """All clean texts look faulty."""
    assert lowest_for(["a", "b"], np.full((2, 1), 0.99), np.zeros((2, 1), bool)) == SURE
