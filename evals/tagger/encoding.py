"""Labelled sentences as the network reads them, in batches."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer

from coach.check.network import CLS, SEP
from coach.check.tagger import DOINGS, pieces_of
from coach.check.text import Plain, plain
from coach.rules import catalogue
from evals.briefing.labelled_notes import Note
from evals.tagger.dataset import Sentence

BATCH = 32
UNLABELLED = -1
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


@dataclass(frozen=True, slots=True)
class Batch:
    """Some pieces side by side, the shorter ones padded.

    Attributes:
        ids: Token numbers, `[piece, token]`.
        mask: 1 where there is a token, 0 where there is padding.
        sentences: What to say of each piece, `[piece, rule]`.
        tokens: What to say of each token, `[piece, token, rule]`.
    """

    ids: torch.Tensor
    mask: torch.Tensor
    sentences: torch.Tensor
    tokens: torch.Tensor

    @classmethod
    def of(cls, pieces: Sequence[Encoded], device: torch.device) -> "Batch":
        """Pieces, where they are to be learnt from."""
        ids, mask = padded([piece.ids for piece in pieces])
        tokens = torch.zeros(*ids.shape, len(RULES))
        for i, piece in enumerate(pieces):
            tokens[i, : len(piece.ids)] = torch.from_numpy(piece.tokens)
        sentences = torch.from_numpy(np.stack([piece.sentence for piece in pieces]))
        return cls(*(tensor.to(device) for tensor in (ids, mask, sentences, tokens)))

    def mean(self, of_tokens: torch.Tensor) -> torch.Tensor:
        """The mean of a value a token, padding aside."""
        return (of_tokens * self.mask).sum() / self.mask.sum()


@dataclass(frozen=True, slots=True)
class EncodedNote:
    """A note as the network reads it: token numbers; whose doing, and whether inward, as numbers."""

    ids: list[int]
    doing: int
    inward: int


@dataclass(frozen=True, slots=True)
class NoteBatch:
    """Some notes side by side, the shorter ones padded; labels are numbers, or `UNLABELLED`."""

    ids: torch.Tensor
    mask: torch.Tensor
    doings: torch.Tensor
    inward: torch.Tensor

    @classmethod
    def of(cls, notes: Sequence[EncodedNote], device: torch.device) -> "NoteBatch":
        """Notes, where they are to be learnt from."""
        ids, mask = padded([note.ids for note in notes])
        labels = (torch.tensor([note.doing for note in notes]), torch.tensor([note.inward for note in notes]))
        return cls(*(tensor.to(device) for tensor in (ids, mask, *labels)))


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


def encode_note(tokenizer: Tokenizer, note: Note) -> EncodedNote:
    """A note as the network reads it; of one that is too long, the first piece."""
    pieces = pieces_of(tokenizer, plain(note.note))
    doing = UNLABELLED if note.doing is None else DOINGS.index(note.doing)
    inward = UNLABELLED if note.inward is None else int(note.inward)
    return EncodedNote([CLS, *(pieces[0].ids if pieces else []), SEP], doing, inward)


def note_batches(notes: Sequence[EncodedNote], size: int, device: torch.device) -> Iterator[NoteBatch]:
    """Some notes at a time, over and over, in a new order each time."""
    while True:
        order = random.sample(range(len(notes)), len(notes))
        for start in range(0, len(order) - size + 1, size):
            yield NoteBatch.of([notes[i] for i in order[start : start + size]], device)


def batches(encoded: Sequence[Encoded], device: torch.device) -> Iterator[Batch]:
    """All pieces once, in a new order each time."""
    order = random.sample(range(len(encoded)), len(encoded))
    buckets = [order[i : i + _BUCKET] for i in range(0, len(order), _BUCKET)]
    chosen = []
    for bucket in buckets:
        bucket.sort(key=lambda i: len(encoded[i].ids))
        chosen += [[encoded[i] for i in bucket[k : k + BATCH]] for k in range(0, len(bucket), BATCH)]
    random.shuffle(chosen)
    for pieces in chosen:
        yield Batch.of(pieces, device)


def padded(texts: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Token numbers side by side, the shorter ones padded; and 1 where there is a token."""
    ids = torch.zeros(len(texts), max(map(len, texts)), dtype=torch.long)
    mask = torch.zeros(ids.shape)
    for i, text in enumerate(texts):
        ids[i, : len(text)] = torch.tensor(text)
        mask[i, : len(text)] = 1
    return ids, mask


def _overlaps(folded: Plain, offsets: tuple[int, int], start: int, end: int) -> bool:
    if offsets[0] == offsets[1]:
        return False
    token_start, token_end = folded.typed_span(*offsets)
    return token_start < end and start < token_end
