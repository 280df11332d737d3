"""From which probability on the case reader is believed: chosen on the development part, for precision first."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from coach.case_reader import KINDS, CaseReader, Kind
from coach.notes import is_jotted, spelt_out
from evals.case_reader.data import Case, Filling, aligned
from evals.tagger.thresholds import Bools, Floats

TOLD_RIGHTLY = {"fact": 0.92, "rule": 0.75}  # of what is told: a fact that nobody should hear does harm, a rule less
KEPT_RIGHTLY = 0.85  # of the facts that are not
IDLE_RIGHTLY = 0.93  # of those that are not though they were written out as sentences: people took the trouble
FILLED_RIGHTLY = 0.65  # of the sentences: most of the others put in another tense than people did
_CANDIDATES = np.arange(0.02, 1.0, 0.01).round(2)
_LEAST = 10  # as few say nothing of a share
_OF_VERBS = {"is", "are", "was", "were", "be", "been", "being", "has", "have", "had"}
_OF_PERSONS = {"it", "there", "we", "us", "our", "you", "your", "they"}


def set_layout(folder: Path, insertions: Sequence[str], cases: Sequence[Case], fillings: Sequence[Filling]) -> None:
    """Write down what the network's output means, and from where on it counts."""
    path = folder / "layout.json"
    held: dict[str, Any] = {"insertions": insertions, "tell": {}, "keep": 0.0, "idle": 0.0, "fill": 1.0}
    path.write_text(json.dumps(held), encoding="utf-8")
    reader = CaseReader(folder)
    for kind in KINDS:
        likely, told = judged(reader, kind, cases)
        held["tell"][kind] = _lowest(likely, told, TOLD_RIGHTLY[kind])
        if kind == "fact":
            held["keep"] = min(held["tell"][kind], _highest(likely, ~told, KEPT_RIGHTLY))
            written = written_out(cases)
            held["idle"] = min(held["keep"], _highest(likely[written], ~told[written], IDLE_RIGHTLY))
    sure, right = filled(reader, fillings)
    held["fill"] = _lowest(sure, right, FILLED_RIGHTLY)
    path.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")


def judged(reader: CaseReader, kind: Kind, cases: Sequence[Case]) -> tuple[Floats, Bools]:
    """Of each line: how likely it is told, and whether it is."""
    likely, told = [], []
    for case in cases:
        facts = tuple(fact.text for fact in case.facts)
        of_facts, of_rules = ((f.text, f.told == "T") for f in case.facts), ((r.text, r.told) for r in case.rules)
        for text, is_told in of_facts if kind == "fact" else of_rules:
            likely.append(reader.probability(kind, text, case.message, facts))
            told.append(is_told)
    return np.array(likely), np.array(told)


def written_out(cases: Sequence[Case]) -> Bools:
    """Of each fact: whether it is a sentence already."""
    return np.array([not is_jotted(spelt_out(fact.text)) for case in cases for fact in case.facts])


def filled(reader: CaseReader, fillings: Sequence[Filling]) -> tuple[Floats, Bools]:
    """How sure each sentence is, and whether it puts in the persons and verbs that people put in."""
    sure, right = [], []
    for one in fillings:
        inserted, likely = reader.filled(one.words)
        sure.append(likely)
        right.append(_are_alike(inserted, one.inserted))
    return np.array(sure), np.array(right)


def is_as_people_say_it(one: Filling, sentence: str) -> bool:
    """Whether a sentence puts in the persons and verbs that people put in, whatever its signs."""
    return _are_alike(aligned(_plain(one.words), _plain(sentence.split())), one.inserted)


def _are_alike(inserted: Sequence[str] | None, by_people: Sequence[str] | None) -> bool:
    """Whether two put in the same persons and verbs."""
    if inserted is None or by_people is None:
        return False
    return [*map(_bare, inserted)] == [*map(_bare, by_people)]


def _plain(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.lower().rstrip(",;.") for word in words)


def _bare(insertion: str) -> list[str]:
    return [word for word in insertion.split() if word in _OF_VERBS | _OF_PERSONS]


def _lowest(likely: Floats, right: Bools, share: float) -> float:
    """The lowest probability from which on so large a share is right; 1 where there is none."""
    enough = (float(p) for p in _CANDIDATES if (said := likely >= p).sum() >= _LEAST and right[said].mean() >= share)
    return next(enough, 1.0)


def _highest(likely: Floats, right: Bools, share: float) -> float:
    """The highest probability below which so large a share is right; 0 where there is none."""
    return round(1 - _lowest(1 - likely, right, share), 2)
