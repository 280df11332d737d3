"""Sentences lose small words as busy people leave them out, and nothing else."""

from evals.case_reader.data import SMALL_WORDS
from evals.case_reader.thinned import thinned_sentences
from evals.tagger.dataset import sentences_of, training_items


def test_thinned_sentence_is_whole_again_with_what_was_taken_out() -> None:
    """No word is lost, and only small ones are taken."""
    known = {_words(one.text.strip().rstrip(".!")) for one in sentences_of(training_items()[0])}
    thinned = thinned_sentences(200, seed=1)
    assert len(thinned) == 200
    for one in thinned:
        assert one.inserted is not None
        assert _words(" ".join(map(" ".join, zip(one.inserted, one.words, strict=True)))) in known
        assert {word for put in one.inserted for word in put.split()} <= SMALL_WORDS
    assert sum(any(one.inserted or ()) for one in thinned) > 100


def test_same_seed_thins_alike() -> None:
    """Training is the same each time."""
    assert thinned_sentences(20, seed=3) == thinned_sentences(20, seed=3)
    assert thinned_sentences(20, seed=3) != thinned_sentences(20, seed=4)


def _words(text: str) -> str:
    """A text's words, whatever stands between them and however they begin."""
    return " ".join(text.lower().split())
