"""A linear model of a sentence's words: cheap, and enough where words alone tell.

Each word, and each pair of neighbouring words, has a weight, fitted to labelled sentences (`evals/word_model.py`);
their sum tells.
"""

import json
import re
from collections.abc import Mapping
from itertools import pairwise, repeat
from math import fsum

from coach.check.text import plain

_WORD = re.compile(r"[\w']+|[?!.,:;]")


def grams(sentence: str) -> frozenset[str]:
    """A sentence's words and signs, and the pairs of neighbours among them."""
    words = _WORD.findall(plain(sentence).text.lower())
    return frozenset({*words, *map(" ".join, pairwise(words))})


class WordModel:
    """Tells sentences of one kind from all others."""

    def __init__(self, weights: Mapping[str, float], intercept: float, least: float) -> None:
        """Take over what was fitted.

        Args:
            weights: What each word or pair adds to the sum.
            intercept: What the sum begins with.
            least: From which sum on a sentence is of the kind.
        """
        self._weights = weights
        self._intercept = intercept
        self._least = least

    @classmethod
    def read(cls, text: str) -> "WordModel":
        """The model that a JSON text holds."""
        return cls(**json.loads(text))

    def sum_of(self, sentence: str) -> float:
        """How much speaks for the kind: log-odds."""
        return self._intercept + fsum(map(self._weights.get, grams(sentence), repeat(0.0)))

    def knows(self, sentence: str) -> bool:
        """Whether a sentence is of the kind."""
        return self.sum_of(sentence) >= self._least
