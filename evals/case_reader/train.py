"""Train the case reader from the labelled data, export it, and set its thresholds: `make case-reader`.

MiniLM first learns to put back the small words that were taken out of clean sentences, of which there are many. Then it
learns from the labelled cases and the notes that people made sentences of, side by side.

Needs the extra `train`. Seeded; some 40 minutes on two CPU cores.
"""

import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from coach.case_reader import KINDS, WHOLE, ids_of_line, ids_of_words
from evals.case_reader.data import MARKS, Case, Filling, load_cases, load_fillings
from evals.case_reader.network import CaseNetwork
from evals.case_reader.thinned import thinned_sentences
from evals.case_reader.thresholds import set_layout
from evals.tagger.encoding import padded
from evals.tagger.fitting import fitter
from evals.tagger.network import Reader, write_onnx
from evals.tagger.train import SEED, new_tokenizer

TARGET = Path("coach/data/case_reader")
THINNED, EPOCHS = 40_000, 4
LINES_A_STEP, NOTES_A_STEP = 16, 24
FIRST_RATE, RATE, HEAD_RATE = 2e-4, 1e-4, 1e-3
_LEAST_OFTEN = 8  # what is put in more rarely is not learnt
_REAL_SHARE = 2 / 3  # of the notes in the second part: what people jotted down; the others are thinned sentences
_BUCKET = 20  # batches
_TELLS = 100  # steps
_UNLABELLED = -100
OF_LINES = WHOLE + 1


@dataclass(frozen=True, slots=True)
class Line:
    """A fact or a rule as the network reads it; its kind, whether it is told, and whose doing, as numbers."""

    ids: list[int]
    kind: int
    told: float
    doing: int


@dataclass(frozen=True, slots=True)
class Note:
    """A note as the network reads it; what is put in before each token, and whether a sentence can be made of it."""

    ids: list[int]
    insertions: list[int]
    whole: float


Text = TypeVar("Text", Line, Note)


def lines_of(tokenizer: Tokenizer, cases: Sequence[Case]) -> list[Line]:
    """The facts and rules of some cases."""
    lines = []
    for case in cases:
        facts = [fact.text for fact in case.facts]
        for fact in case.facts:
            ids = ids_of_line(tokenizer, "fact", fact.text, case.message, facts)
            lines.append(Line(ids, KINDS.index("fact"), float(fact.told == "T"), MARKS.index(fact.doing)))
        for rule in case.rules:
            ids = ids_of_line(tokenizer, "rule", rule.text, case.message, facts)
            lines.append(Line(ids, KINDS.index("rule"), float(rule.told), _UNLABELLED))
    return lines


def notes_of(tokenizer: Tokenizer, fillings: Sequence[Filling], insertions: Sequence[str]) -> list[Note]:
    """Some notes, but for those into which something rare is put."""
    known = {insertion: place for place, insertion in enumerate(insertions)}
    notes = []
    for filling in fillings:
        ids, firsts = ids_of_words(tokenizer, filling.words)
        labels = [_UNLABELLED] * len(ids)
        if filling.inserted is not None:
            if not known.keys() >= set(filling.inserted):
                continue
            for place, insertion in zip(firsts, filling.inserted, strict=True):
                labels[place] = known[insertion]
        notes.append(Note(ids, labels, float(filling.inserted is not None)))
    return notes


def insertions_in(fillings: Sequence[Filling]) -> list[str]:
    """What is put in often enough, nothing at all first."""
    found = Counter(insertion for one in fillings for insertion in one.inserted or ())
    return [insertion for insertion, often in found.most_common() if often >= _LEAST_OFTEN]


def train() -> tuple[CaseNetwork, list[str]]:
    """The network, and what it puts in."""
    tokenizer = new_tokenizer()
    thinned, jotted = thinned_sentences(THINNED, SEED), load_fillings("training")
    insertions = insertions_in([*thinned, *jotted])
    many, real = (notes_of(tokenizer, fillings, insertions) for fillings in (thinned, jotted))
    lines = lines_of(tokenizer, load_cases("training"))
    print(f"{len(lines)} lines, {len(real)} notes, {len(many)} thinned sentences, {len(insertions)} insertions")
    random.seed(SEED)
    torch.manual_seed(SEED)
    network = CaseNetwork(OF_LINES, len(insertions))
    batches = _batches(many, NOTES_A_STEP)
    _fit(network, FIRST_RATE, len(batches), (_wrong_of_notes(network, batch) for batch in batches))
    batches_of_lines = [batch for _ in range(EPOCHS) for batch in _batches(lines, LINES_A_STEP)]
    of_people = round(_REAL_SHARE * NOTES_A_STEP)
    notes = zip(_endless(real, of_people), _endless(many, NOTES_A_STEP - of_people), strict=False)
    _fit(
        network,
        RATE,
        len(batches_of_lines),
        (
            _wrong_of_lines(network, batch) + _wrong_of_notes(network, [*some, *others])
            for batch, (some, others) in zip(batches_of_lines, notes, strict=False)
        ),
    )
    return network.eval(), insertions


def _fit(network: CaseNetwork, rate: float, steps: int, losses: Iterable[torch.Tensor]) -> None:
    """Fit the network, a step for each loss, which is reckoned when its turn comes; prints how it goes."""
    heads = [*network.line_head.parameters(), *network.insertion_head.parameters()]
    fit = fitter({rate: network.encoder.parameters(), HEAD_RATE: heads}, steps)
    network.train()
    started, lately = time.monotonic(), []
    for step, loss in enumerate(losses, 1):
        lately.append(fit(loss))
        if step % _TELLS == 0 or step == steps:
            print(f"step {step} of {steps}: loss {np.mean(lately):.3f}, {time.monotonic() - started:.0f} s", flush=True)
            lately.clear()


def _wrong_of_lines(network: CaseNetwork, lines: Sequence[Line]) -> torch.Tensor:
    """How far the network is from what is known of some lines."""
    of_lines, _ = _logits(network, lines)
    told = of_lines[range(len(lines)), [line.kind for line in lines]]
    whose = of_lines[:, len(KINDS) : WHOLE]
    doings = torch.tensor([line.doing for line in lines])
    of_doings = cross_entropy(whose, doings, ignore_index=_UNLABELLED, reduction="sum") / len(lines)
    return binary_cross_entropy_with_logits(told, torch.tensor([line.told for line in lines])) + of_doings / 2


def _wrong_of_notes(network: CaseNetwork, notes: Sequence[Note]) -> torch.Tensor:
    """How far the network is from what is put in before the words of some notes."""
    of_lines, of_tokens = _logits(network, notes)
    labels = torch.full(of_tokens.shape[:2], _UNLABELLED)
    for i, note in enumerate(notes):
        labels[i, : len(note.insertions)] = torch.tensor(note.insertions)
    of_words = cross_entropy(of_tokens.flatten(0, 1), labels.flatten(), ignore_index=_UNLABELLED)
    whole = torch.tensor([note.whole for note in notes])
    return of_words + binary_cross_entropy_with_logits(of_lines[:, WHOLE], whole) / 4


def _logits(network: CaseNetwork, texts: Sequence[Line | Note]) -> tuple[torch.Tensor, torch.Tensor]:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        of_lines, of_tokens = network(*padded([text.ids for text in texts]))
    return of_lines.float(), of_tokens.float()


def _batches(texts: Sequence[Text], size: int) -> list[list[Text]]:
    """All texts once, in a new order; those of like length share a batch, so that little is padded."""
    order = random.sample(texts, len(texts))
    buckets = (order[i : i + _BUCKET * size] for i in range(0, len(order), _BUCKET * size))
    sorted_ = (sorted(bucket, key=lambda text: len(text.ids)) for bucket in buckets)
    batches = [bucket[k : k + size] for bucket in sorted_ for k in range(0, len(bucket), size)]
    random.shuffle(batches)
    return batches


def _endless(notes: Sequence[Note], size: int) -> Iterator[list[Note]]:
    """Batches of notes, over and over, in a new order each time."""
    while True:
        yield from _batches(notes, size)


def main() -> None:
    """Train, export, and set the thresholds on the development part."""
    network, insertions = train()
    write_onnx(Reader(network.encoder, network.line_head, network.insertion_head), TARGET)
    set_layout(TARGET, insertions, load_cases("development"), load_fillings("development"))


if __name__ == "__main__":
    main()
