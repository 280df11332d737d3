"""The figures about the data are right on cases small enough to count by hand."""

import numpy as np
import pytest

from evals.labelled import Label, Labelled
from evals.tagger.figures import kappas, longest_common_runs, near_duplicates, nearest

BLAME = (Label(rule="blame", start=0, end=1),)


def test_near_duplicates_share_half_of_their_runs() -> None:
    """A text with one word changed at its end is one; a text that shares a greeting is none."""
    texts = [
        "the lamp leaves today by post and is yours on Friday",
        "the lamp leaves today by post and is yours on Monday",
        "the lamp leaves today and nobody knows when it will come",
    ]
    (pair,) = near_duplicates(texts)
    assert {pair.first, pair.second} == set(texts[:2])
    assert pair.likeness == pytest.approx(6 / 8)


def test_short_texts_are_compared_as_a_whole() -> None:
    """Fewer than five words are no run."""
    assert len(near_duplicates(["Thank you.", "thank you", "Thank them."])) == 1


def test_two_lists_are_compared_with_each_other_only() -> None:
    """What a list repeats within itself does not count there."""
    assert near_duplicates(["a b c d e", "a b c d e"], ["f g h i j"]) == []
    assert len(near_duplicates(["a b c d e"], ["A, b: c d e!"])) == 1


def test_the_longest_common_run_is_counted_in_words() -> None:
    """Whatever stands between the words; shorter runs than asked for are none."""
    others = ["We leave at nine, and the van is back by four o'clock."]
    texts = [
        "So: AT nine and the van is back by ten.",
        "The van is back.",
        "Nine, and the van is back by four o'clock.",
    ]
    assert longest_common_runs(texts, others) == [8, 0, 10]


def test_kappa_takes_chance_off() -> None:
    """Half of the texts agreed on by more than chance; full agreement is 1."""
    first = [Labelled(text="x", findings=f) for f in (BLAME, BLAME, (), ())]
    second = [Labelled(text="x", findings=f) for f in (BLAME, (), (), ())]
    agreement = kappas(first, second)
    assert agreement["blame"] == pytest.approx(0.5)
    assert agreement["any"] == pytest.approx(0.5)
    assert agreement["spin"] == 1
    assert kappas(first, first)["blame"] == 1


def test_the_nearest_is_another() -> None:
    """Of a list never the vector itself; of another list whatever is nearest."""
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
    assert nearest(vectors) == pytest.approx([0.6, 0.8, 0.8])
    assert nearest(vectors, vectors[:1]) == pytest.approx([1, 0, 0.6])
