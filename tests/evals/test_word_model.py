"""Words are weighed by the sentences that they stand in."""

from pathlib import Path

from coach.check import WordModel
from evals.word_model import Fitted, fit

WISH, DEED = "Wishing you a calm week.", "Our driver has told the depot."


def _fitted() -> Fitted:
    return fit([WISH, WISH, DEED, DEED, "We lost it."], [True, True, False, False, False], penalty=1.0)


def test_words_are_weighed_by_what_they_stand_in() -> None:
    """What only one kind has speaks for it, what only others have against; what is seen once tells nothing."""
    weights = _fitted().weights
    assert weights["wishing you"] > 0 > weights["our driver"]
    assert "lost" not in weights


def test_the_sum_is_the_log_odds() -> None:
    """The kinds come out as they went in, and a sentence of unknown words has the intercept alone."""
    fitted = _fitted()
    model = fitted.model()
    assert model.knows(WISH)
    assert not model.knows(DEED)
    assert model.sum_of("Xyzzy") == fitted.intercept < 0


def test_a_model_is_written_and_read(tmp_path: Path) -> None:
    """The bound goes with it."""
    path = tmp_path / "words.json"
    fitted = _fitted()
    fitted.write(path, least=fitted.model().sum_of(WISH) + 0.1)
    model = WordModel.read(path.read_text(encoding="utf-8"))
    assert model.sum_of(WISH) == fitted.model().sum_of(WISH)
    assert not model.knows(WISH)
