"""What is said out of courtesy: sympathy, thanks, a wish, a question back. It states nothing that could be untrue.

There are too many ways of being kind for a list of cues. So each word, and each pair of neighbouring words, has a
weight, fitted to sentences that were labelled one by one (`python -m evals.courtesy`); their sum tells.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import pairwise

from coach.check import plain

_WORD = re.compile(r"[\w']+|[?!.,:;]")


def grams(sentence: str) -> frozenset[str]:
    """A sentence's words and signs, and the pairs of neighbours among them."""
    words = _WORD.findall(plain(sentence).text.lower())
    return frozenset({*words, *(f"{one} {other}" for one, other in pairwise(words))})


class Courtesy:
    """Tells sentences that are said out of courtesy from those that state or promise something."""

    def __init__(self, weights: Mapping[str, float], intercept: float, least: float) -> None:
        """Take over what was fitted.

        Args:
            weights: What each word or pair adds to the sum.
            intercept: What the sum begins with.
            least: From which sum on a sentence is a courtesy.
        """
        self._weights = weights
        self._intercept = intercept
        self._least = least

    def sum_of(self, sentence: str) -> float:
        """How much speaks for a courtesy: log-odds."""
        return self._intercept + sum(self._weights.get(gram, 0.0) for gram in sorted(grams(sentence)))

    def in_sentence(self, sentence: str) -> bool:
        """Whether a sentence is said out of courtesy."""
        return self.sum_of(sentence) >= self._least


@cache
def courtesy() -> Courtesy:
    """The one that comes with the package, read when it is first needed."""
    return Courtesy(**json.loads((files("coach") / "data" / "courtesy.json").read_text(encoding="utf-8")))
