"""Which sentences the network need not read: their words alone show that they break no rule.

Most sentences of most replies say thanks, name a day, wish well. A model of words knows half of them, in next
to no time. It is fitted to the training part, and its bound is set on the development part by what would be
lost.
"""

from collections.abc import Sequence
from pathlib import Path

from coach.check import TaggerDetector
from evals.tagger.dataset import Sentence
from evals.word_model import fit

PASSED_OVER = 0.005  # of the faulty sentences that the network would report
_PENALTY = 3.0
_DIGITS = 3
_MARGIN = 2 * 10**-_DIGITS  # rounding must not take it down to the fault itself


def set_harmless(folder: Path, training: Sequence[Sentence], development: Sequence[Sentence]) -> None:
    """Fit the model of words for the tagger in a folder, and write it down there."""
    fitted = fit([one.text for one in training], [not one.labels for one in training], _PENALTY)
    words, tagger = fitted.model(), TaggerDetector(folder)
    caught = [one.text for one in development if one.labels and tagger.suspects(one.text)]
    sums = sorted((words.sum_of(text) for text in caught), reverse=True)
    fitted.write(folder / "harmless.json", least=round(sums[int(PASSED_OVER * len(sums))] + _MARGIN, _DIGITS))
