"""Fit what tells courtesies from statements to labelled sentences: `python -m evals.courtesy`.

The sentences are those of replies in their context (`replies_in_context/sentences/*.txt`), a thing a line:

    ## Knitting patterns, a chart page that stays blank     a case; what follows belongs to it
    > Page 7 is just white ...                              what the customer wrote
    p Patterns are digital, so ...                          a policy
    f The file was replaced on Tuesday                      a fact
    d Try another reader.                                   the seller's draft
    =                                                       a reply begins, a sentence a line:
    + The new file went up on Tuesday.                      it is in the sources, or follows from them
    o With the needles out already, that is hard.           it states nothing: a courtesy
    x I have tried it on my own tablet.                     nobody has said so
    u You'll have the £6.50 back as well.                   nothing grants it
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import click
import numpy as np

from coach.cli.render import out
from coach.errors import InputError
from evals.tables import plain_table
from evals.word_model import Fitted, Floats, fit

FOLDER = "replies_in_context/sentences"
TARGET = Path("coach/data/courtesy.json")
COURTESY = "o"
KINDS = {"+": "backed", COURTESY: "a courtesy", "x": "made up", "u": "promised without backing"}
_CONTEXT = (">", "p ", "f ", "d ", "=")
_PENALTY = 1.0  # on the squares of the weights
_FOLDS = 5
_TAKEN_WRONGLY = 0.03  # of what is made up or promised, at most so much may pass for a courtesy


@dataclass(frozen=True, slots=True)
class Sentence:
    """A labelled sentence.

    Attributes:
        text: The sentence.
        kind: What it is: a key of `KINDS`.
        case: The complaint that it belongs to.
    """

    text: str
    kind: str
    case: str


def labelled_sentences() -> list[Sentence]:
    """All of them, in the order of the files."""
    found = sorted((files("evals") / FOLDER).iterdir(), key=lambda file: file.name)
    return [one for file in found for one in read_sentences(file.name, file.read_text(encoding="utf-8"))]


def read_sentences(name: str, text: str) -> Iterator[Sentence]:
    """The sentences of one file.

    Raises:
        InputError: A line is not of the notation; it names file and line.
    """
    case = ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("## "):
            case = line.removeprefix("## ")
        elif line[:2] in {f"{kind} " for kind in KINDS}:
            yield Sentence(line[2:].strip(), line[0], case)
        elif line.strip() and not line.startswith(_CONTEXT):
            raise InputError(f"{name}:{number}: a line begins with '## ', '>', 'p ', 'f ', 'd ', '=' or a label.")


def fitted_to(sentences: Sequence[Sentence]) -> Fitted:
    """What tells the courtesies among some sentences from the rest of them."""
    return fit([one.text for one in sentences], [one.kind == COURTESY for one in sentences], _PENALTY)


def unseen_sums(sentences: Sequence[Sentence]) -> Floats:
    """What each sentence's sum is where its case was not fitted to."""
    cases = list(dict.fromkeys(sentence.case for sentence in sentences))
    fold = {case: i % _FOLDS for i, case in enumerate(cases)}
    sums = np.zeros(len(sentences))
    for left_out in range(_FOLDS):
        courtesy = fitted_to([one for one in sentences if fold[one.case] != left_out]).model()
        for i, sentence in enumerate(sentences):
            if fold[sentence.case] == left_out:
                sums[i] = courtesy.sum_of(sentence.text)
    return sums


def least_for(sentences: Sequence[Sentence], sums: Floats) -> float:
    """The lowest sum from which on hardly anything that is made up or promised passes for a courtesy."""
    wrong = sums[[one.kind in {"x", "u"} for one in sentences]]
    return round(float(np.quantile(wrong, 1 - _TAKEN_WRONGLY)), 3)


@click.command()
def main() -> None:
    """Fit it, and print how it does on cases that it was not fitted to."""
    sentences = labelled_sentences()
    sums = unseen_sums(sentences)
    least = least_for(sentences, sums)
    table = plain_table("sentence", "labelled", "taken for a courtesy")
    for kind, name in KINDS.items():
        own = sums[[one.kind == kind for one in sentences]]
        table.add_row(name, str(len(own)), f"{np.mean(own >= least):.1%}")
    out.print(table)
    fitted = fitted_to(sentences)
    fitted.write(TARGET, least)
    cases = len({one.case for one in sentences})
    out.print(f"\n{cases} cases, {len(sentences)} sentences; wrote {len(fitted.weights)} weights to {TARGET}.")


if __name__ == "__main__":
    main()
