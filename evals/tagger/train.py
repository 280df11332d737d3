"""Train the tagger from the labelled data, export it, and set its thresholds: `make tagger`.

First all of MiniLM's layers learn from the labels; what is shipped is a smaller network that learns from this teacher
to say and to see the same with fewer layers (Sanh et al. 2019, "DistilBERT").

Needs the extra `train`. Seeded; on two CPU cores some 35 minutes each; on a GPU one or two.
"""

import copy
import random
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import Parameter
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from coach.check.tagger import DOINGS
from evals.briefing.labelled_notes import Note, load_notes
from evals.tagger.dataset import Sentence, sentences_of, threshold_items, training_items
from evals.tagger.encoding import (
    BATCH,
    RULES,
    UNLABELLED,
    Batch,
    NoteBatch,
    batches,
    encode,
    encode_note,
    note_batches,
)
from evals.tagger.fitting import fitter
from evals.tagger.harmless import set_harmless
from evals.tagger.network import Reader, Tagger, pretrained_folder, write_onnx
from evals.tagger.thresholds import set_thresholds

TARGET = Path("coach/data/tagger")
SEED = 0
EPOCHS = 3
ENCODER_RATE, HEAD_RATE, PUPIL_RATE = 1.5e-4, 1e-3, 2e-4
POSITIVE_WEIGHT = 2.0  # faults are rare: missing one weighs more than crying wolf once
NOTES_A_STEP = 4
PUPIL_LAYERS = (0, 1, 2, 5)  # of the teacher's six: what the pupil begins with
_TEACHERS_SHARE = 0.5  # of what the pupil is to say; the labels have the rest

Loss = Callable[[Batch], torch.Tensor]


def train(sentences: Sequence[Sentence]) -> Tagger:
    """Fine-tune MiniLM on some sentences; prints a line an epoch."""
    torch.manual_seed(SEED)
    model = Tagger(pretrained_folder(), len(RULES), len(DOINGS) + 1).to(_device())
    model.encoder.embeddings.word_embeddings.requires_grad_(False)  # half of all weights: too many to fit each time
    heads = [*model.sentence_head.parameters(), *model.token_head.parameters()]

    def loss(batch: Batch) -> torch.Tensor:
        with torch.autocast(_device().type, dtype=torch.bfloat16):
            of_sentences, of_tokens = model(batch.ids, batch.mask)
        return (
            _wrong(of_sentences, batch.sentences).sum(1).mean()
            + batch.mean(_wrong(of_tokens, batch.tokens).sum(2))
        )  # fmt: skip

    return _fitted(model, {ENCODER_RATE: [*model.encoder.parameters()], HEAD_RATE: heads}, loss, sentences)


def distilled(teacher: Tagger, sentences: Sequence[Sentence], notes: Sequence[Note]) -> Tagger:
    """A network with fewer layers that learns from the teacher's words, its last states, and the labels.

    Beside that it learns to tell whose doing a shop's notes show: a few of them at each step.
    """
    teacher = teacher.to(_device()).eval()
    pupil = copy.deepcopy(teacher)
    pupil.keep_layers(PUPIL_LAYERS)
    tokenizer = new_tokenizer()
    few = note_batches([encode_note(tokenizer, note) for note in notes], NOTES_A_STEP, _device())

    def loss(batch: Batch) -> torch.Tensor:
        with torch.autocast(_device().type, dtype=torch.bfloat16):
            with torch.no_grad():
                shown = teacher.states(batch.ids, batch.mask)
                shown_sentences, shown_tokens = teacher.judged(shown)
            seen = pupil.states(batch.ids, batch.mask)
            of_sentences, of_tokens = pupil.judged(seen)
            some = next(few)
            of_notes = pupil.noted(pupil.states(some.ids, some.mask))
        return (
            _unlike(of_sentences, shown_sentences, batch.sentences).sum(1).mean()
            + batch.mean(_unlike(of_tokens, shown_tokens, batch.tokens).sum(2))
            + batch.mean((seen.float() - shown.float()).square().mean(2))
            + _wrong_of_notes(of_notes.float(), some)
        )

    return _fitted(pupil, {PUPIL_RATE: [*pupil.parameters()]}, loss, sentences)


def export(model: Tagger, target: Path) -> None:
    """Write the model with 8-bit weights, and its tokenizer, to a folder."""
    write_onnx(Reader(model.encoder, model.sentence_head, model.token_head, model.note_head), target)
    new_tokenizer().save(str(target / "tokenizer.json"))


def main() -> None:
    """Train on the training part, export, and set the thresholds on the development part."""
    training, development = training_items()
    sentences = sentences_of(training)
    print(f"{len(training)} items, {len(sentences)} sentences")
    export(distilled(train(sentences), sentences, load_notes("training")), TARGET)
    set_thresholds(TARGET, threshold_items(), load_notes("development"))
    set_harmless(TARGET, sentences, sentences_of(development))


def _fitted(model: Tagger, rates: Mapping[float, list[Parameter]], loss: Loss, sentences: Sequence[Sentence]) -> Tagger:
    """Fit those of a model's parameters that are not held fast, each at its rate; prints a line an epoch."""
    tokenizer = new_tokenizer()
    encoded = [piece for sentence in sentences for piece in encode(tokenizer, sentence)]
    random.seed(SEED)
    torch.manual_seed(SEED)
    steps = EPOCHS * -(-len(encoded) // BATCH)
    fit = fitter(rates, steps)
    model.train()
    started = time.monotonic()
    for epoch in range(1, EPOCHS + 1):
        losses = [fit(loss(batch)) for batch in batches(encoded, _device())]
        seconds = time.monotonic() - started
        print(f"epoch {epoch} of {EPOCHS}: loss {np.mean(losses):.3f}, {seconds:.0f} s", flush=True)
    fitted: Tagger = model.cpu().eval()
    return fitted


def _wrong(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """How far logits are from the labels."""
    weight = torch.full((len(RULES),), POSITIVE_WEIGHT, device=labels.device)
    return binary_cross_entropy_with_logits(logits.float(), labels, pos_weight=weight, reduction="none")


def _wrong_of_notes(logits: torch.Tensor, notes: NoteBatch) -> torch.Tensor:
    """How far logits are from the labels of notes; what is not labelled does not count."""
    whose, inward = logits[:, : len(DOINGS)], logits[:, len(DOINGS)]
    doings = cross_entropy(whose, notes.doings, ignore_index=UNLABELLED, reduction="sum")
    known = notes.inward != UNLABELLED
    stays = binary_cross_entropy_with_logits(inward[known], notes.inward[known].float(), reduction="sum")
    return (doings + stays) / len(logits)


def _unlike(logits: torch.Tensor, shown: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """How far logits are from what the teacher shows, and from the labels."""
    likely = torch.sigmoid(shown.float())
    unlike = binary_cross_entropy_with_logits(logits.float(), likely, reduction="none")
    return _TEACHERS_SHARE * unlike + (1 - _TEACHERS_SHARE) * _wrong(logits, labels)


def _device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def new_tokenizer() -> Tokenizer:
    """MiniLM's tokenizer, which neither cuts nor fills up."""
    tokenizer = Tokenizer.from_file(str(pretrained_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


if __name__ == "__main__":
    main()
