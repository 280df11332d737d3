"""The learning curve: how good the check is on the test part, for growing shares of the training scenarios.

    python -m evals.tagger.curve 0.25 0.5

Needs the extra `train`; each share takes its share of a training's time. What it trains is thrown away.
"""

import hashlib
import sys
import tempfile
from pathlib import Path

from coach.check import Checker, PatternDetector, TaggerDetector
from coach.rules import catalogue
from evals.labelled import measure
from evals.tagger.dataset import held_out_items, sentences_of, threshold_items, training_items
from evals.tagger.thresholds import set_thresholds
from evals.tagger.train import export, train


def main(shares: list[float]) -> None:
    """Train on each share and print what came of it."""
    training, _ = training_items()
    development = threshold_items()
    for share in shares:
        items = [item for item in training if _position(item.scenario) < share]
        with tempfile.TemporaryDirectory() as folder:
            export(train(sentences_of(items)), Path(folder))
            set_thresholds(Path(folder), development, [])
            checker = Checker([PatternDetector(catalogue()), TaggerDetector(Path(folder))])
            figures = measure(checker, [item.labelled for item in held_out_items()])
        overall = figures.overall
        print(
            f"{len(items)} items: precision {overall.precision:.3f}, recall {overall.recall:.3f}, F1 {overall.f1:.3f}; "
            f"clean texts left alone {figures.clean_left_alone} of {figures.clean}",
            flush=True,
        )


def _position(scenario: str) -> float:
    """Where a scenario stands between 0 and 1, by its name alone: a larger share holds every smaller one."""
    return hashlib.sha256(scenario.encode()).digest()[1] / 256


if __name__ == "__main__":
    main([float(share) for share in sys.argv[1:]] or [0.125, 0.25, 0.5, 1.0])
