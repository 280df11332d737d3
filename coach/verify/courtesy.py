"""What is said out of courtesy: sympathy, thanks, a wish, a question back. It states nothing that could be untrue.

There are too many ways of being kind for a list of cues, so a model is fitted to sentences that were labelled one by
one (`python -m evals.courtesy`).
"""

from functools import cache
from importlib.resources import files

from coach.check import WordModel


@cache
def courtesy() -> WordModel:
    """The model that comes with the package, read when it is first needed."""
    return WordModel.read((files("coach") / "data" / "courtesy.json").read_text(encoding="utf-8"))
