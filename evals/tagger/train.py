"""Train the tagger from the labelled data, export it, and set its thresholds: `make tagger`.

The network is trained several times over, each time from another seed, and the weights of all runs are averaged: better
than any of them, at no cost when it runs (Wortsman et al. 2022, "Model soups").

Needs the extra `train`. Seeded; on two CPU cores some 40 minutes a run, on a GPU one or two.
"""

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch.nn.functional import binary_cross_entropy_with_logits

from coach.check.tagger import CLS, SEP, pieces_of
from coach.check.text import Plain, plain
from coach.rules import catalogue
from evals.tagger.dataset import Sentence, sentences_of, threshold_items, training_items
from evals.tagger.harmless import set_harmless
from evals.tagger.network import Tagger, pretrained_folder
from evals.tagger.thresholds import set_thresholds

TARGET = Path("coach/data/tagger")
SEEDS = (0, 1, 2)
EPOCHS = 3
BATCH = 32
ENCODER_RATE, HEAD_RATE = 1.5e-4, 1e-3
WARM_UP = 0.1
POSITIVE_WEIGHT = 2.0  # faults are rare: missing one weighs more than crying wolf once
_BUCKET = 20 * BATCH  # sentences of like length share a batch, so that little is padded

RULES = catalogue().about_words


@dataclass(frozen=True, slots=True)
class Encoded:
    """A sentence's piece as the network reads it, and what it should say.

    Attributes:
        ids: Token numbers, with the two special ones.
        sentence: 1 for each rule that the piece breaks.
        tokens: The same for each token.
    """

    ids: list[int]
    sentence: "np.typing.NDArray[np.float32]"
    tokens: "np.typing.NDArray[np.float32]"


def train(sentences: Sequence[Sentence], seed: int = SEEDS[0], epochs: int = EPOCHS) -> Tagger:
    """Fine-tune MiniLM on some sentences; prints a line an epoch."""
    torch.manual_seed(SEEDS[0])  # runs that are to be averaged must begin alike, their new heads too
    pretrained = pretrained_folder()
    tokenizer = _tokenizer(pretrained)
    encoded = [piece for sentence in sentences for piece in encode(tokenizer, sentence)]
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = Tagger(pretrained, len(RULES)).to(device).train()
    random.seed(seed)
    torch.manual_seed(seed)
    steps = epochs * -(-len(encoded) // BATCH)
    optimiser = torch.optim.AdamW(
        [
            {"params": model.encoder.parameters(), "lr": ENCODER_RATE},
            {"params": [*model.sentence_head.parameters(), *model.token_head.parameters()], "lr": HEAD_RATE},
        ],
        weight_decay=0.01,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / (WARM_UP * steps), max(0.0, (steps - step) / ((1 - WARM_UP) * steps)))
    )
    started = time.monotonic()
    for epoch in range(1, epochs + 1):
        losses = []
        for batch in _batches(encoded):
            loss = _loss(model, batch, device)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        seconds = time.monotonic() - started
        print(f"epoch {epoch} of {epochs}: loss {np.mean(losses):.3f}, {seconds:.0f} s", flush=True)
    trained: Tagger = model.cpu().eval()
    return trained


def averaged(models: Sequence[Tagger]) -> Tagger:
    """One network with the mean of the weights of some, which must have begun alike."""
    average = models[0]
    states = [model.state_dict() for model in models]
    with torch.no_grad():
        for name, held in average.state_dict().items():
            if held.is_floating_point():
                held.copy_(torch.stack([state[name] for state in states]).mean(0))
    return average


def encode(tokenizer: Tokenizer, sentence: Sentence) -> list[Encoded]:
    """A sentence as the network reads it, in pieces where it is long."""
    folded = plain(sentence.text)
    encoded = []
    for piece in pieces_of(tokenizer, folded):
        tokens = np.zeros((len(piece.ids) + 2, len(RULES)), np.float32)
        for rule, start, end in sentence.labels:
            for i, offsets in enumerate(piece.offsets, 1):
                tokens[i, RULES.index(rule)] = max(tokens[i, RULES.index(rule)], _overlaps(folded, offsets, start, end))
        encoded.append(Encoded([CLS, *piece.ids, SEP], tokens.max(axis=0), tokens))
    return encoded


def export(model: Tagger, target: Path) -> None:
    """Write the model with 8-bit weights, and its tokenizer, to a folder."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "model.onnx"
        torch.onnx.export(
            model,
            (torch.ones(1, 8, dtype=torch.long),),
            str(whole),
            input_names=["input_ids"],
            output_names=["sentence", "tokens"],
            dynamic_axes={"input_ids": {1: "length"}, "tokens": {1: "length"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(whole, target / "model.onnx", weight_type=QuantType.QInt8, per_channel=True)
    _tokenizer(pretrained_folder()).save(str(target / "tokenizer.json"))


def main() -> None:
    """Train on the training part, export, and set the thresholds on the development part."""
    training, development = training_items()
    sentences = sentences_of(training)
    print(f"{len(training)} items, {len(sentences)} sentences")
    export(averaged([train(sentences, seed) for seed in SEEDS]), TARGET)
    set_thresholds(TARGET, threshold_items())
    set_harmless(TARGET, sentences, sentences_of(development))


def _overlaps(folded: Plain, offsets: tuple[int, int], start: int, end: int) -> bool:
    if offsets[0] == offsets[1]:
        return False
    token_start, token_end = folded.typed_span(*offsets)
    return token_start < end and start < token_end


def _batches(encoded: Sequence[Encoded]) -> Iterator[list[Encoded]]:
    order = random.sample(range(len(encoded)), len(encoded))
    buckets = [order[i : i + _BUCKET] for i in range(0, len(order), _BUCKET)]
    batches = []
    for bucket in buckets:
        bucket.sort(key=lambda i: len(encoded[i].ids))
        batches += [[encoded[i] for i in bucket[k : k + BATCH]] for k in range(0, len(bucket), BATCH)]
    random.shuffle(batches)
    yield from batches


def _loss(model: Tagger, batch: list[Encoded], device: torch.device) -> torch.Tensor:
    """How wrong the network is about sentences, and about their tokens, padding aside."""
    length = max(len(one.ids) for one in batch)
    ids = torch.zeros(len(batch), length, dtype=torch.long)
    mask = torch.zeros(len(batch), length)
    tokens = torch.zeros(len(batch), length, len(RULES))
    for i, one in enumerate(batch):
        ids[i, : len(one.ids)] = torch.tensor(one.ids)
        mask[i, : len(one.ids)] = 1
        tokens[i, : len(one.ids)] = torch.from_numpy(one.tokens)
    sentences = torch.from_numpy(np.stack([one.sentence for one in batch]))
    ids, mask, tokens, sentences = (tensor.to(device) for tensor in (ids, mask, tokens, sentences))
    with torch.autocast(device.type, dtype=torch.bfloat16):
        sentence_logits, token_logits = model(ids, mask)
    weight = torch.full((len(RULES),), POSITIVE_WEIGHT, device=device)
    of_sentences = binary_cross_entropy_with_logits(
        sentence_logits.float(), sentences, pos_weight=weight, reduction="none"
    )
    of_tokens = binary_cross_entropy_with_logits(token_logits.float(), tokens, pos_weight=weight, reduction="none")
    return of_sentences.sum(1).mean() + (of_tokens.sum(2) * mask).sum() / mask.sum()


def _tokenizer(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


if __name__ == "__main__":
    main()
