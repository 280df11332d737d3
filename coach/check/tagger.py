"""The detector that reads meaning: a small encoder that judges each sentence, and says which of its words offend.

It is four of MiniLM-L6's layers, fine-tuned on the labelled replies in `evals/tagger/data`, as an ONNX file of 8-bit
weights. Of a note that the shop has made of a case it says whose doing that shows, and whether it stays in the shop.
How it was made, what it is worth and what it misses stands in `evals/tagger/STUDY.md`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from coach.check.detector import Hit, Passage, Span
from coach.check.language import READABLE, detect_language
from coach.check.network import CLS, SEP, Floats, Network, sigmoid, softmax
from coach.check.text import Plain, plain
from coach.check.word_model import WordModel
from coach.schemas import Severity

DOINGS = ("nobody", "shop", "customer", "third-party")  # whose doing a note shows, in the order of the network
INWARD = "inward"
MAX_TOKENS = 96  # of a sentence at a time; a longer one is read in pieces
_LEAST_SHARE = 0.1  # of the threshold: what lies below is not remembered
_SILENT = -20.0  # the logit where there is nothing to read
_OFFENDING_SHARE = 0.5  # a word belongs to a fault when it is at least half as suspect as the most suspect one
_MAX_GAP = 2  # words in between that may be less suspect
_LEAST_WORDS = 3  # of a sentence that means something by itself
_WORD = re.compile(r"\S*\w\S*")
_LATIN = re.compile("[A-Za-z]")
_PUNCTUATION = " \t\r\n.,;:!?-\"'()"


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a part of one that is too long, in tokens.

    Attributes:
        ids: The tokens' numbers.
        offsets: Where each token stands in the folded sentence.
    """

    ids: list[int]
    offsets: list[Span]


@dataclass(frozen=True, slots=True)
class Scale:
    """What makes a probability of one rule's logit."""

    slope: float
    intercept: float


@dataclass(frozen=True, slots=True)
class FaultScale:
    """What makes a probability that a sentence breaks any rule at all: weights of its two highest logits."""

    highest: float
    second: float
    intercept: float


@dataclass(frozen=True, slots=True)
class Noted:
    """What is sure of a note that the shop has made of a case.

    Attributes:
        doing: Whose doing it shows: `shop`, `customer` or `third-party`; None where that is not sure.
        inward: Whether no shop would tell it to the customer.
    """

    doing: str | None = None
    inward: bool = False


class Calibration:
    """What the network's logits are worth as probabilities, and from which on the tagger speaks.

    Where two rules are about equally likely, neither may pass by itself although it is certain that something is wrong.
    So it is asked of the sentence whether it breaks any rule, and the likeliest one gives the fault its name. The
    others count only where they pass by themselves.

    Logits come with the rules in the last axis, in the order of `rules`.
    """

    def __init__(
        self, rules: Mapping[str, Scale], fault: FaultScale, broken: float, sure: float, notes: Mapping[str, float]
    ) -> None:
        """Take over what was fitted.

        Args:
            rules: The scale of each rule.
            fault: The scale of a fault of whatever kind.
            broken: From which probability on a rule counts as broken (a warning).
            sure: From which probability of its own on it is sure to be that rule (an error).
            notes: From which probability on a note shows what: somebody's doing, or that it is `inward`.
        """
        self.rules = tuple(rules)
        self.broken = broken
        self.sure = sure
        self.notes = notes
        self._slopes = np.array([scale.slope for scale in rules.values()], dtype=np.float32)
        self._intercepts = np.array([scale.intercept for scale in rules.values()], dtype=np.float32)
        self._fault = fault

    @classmethod
    def read(cls, text: str) -> "Calibration":
        """The calibration that a JSON text holds."""
        held = json.loads(text)
        rules = {rule: Scale(**scale) for rule, scale in held["rules"].items()}
        return cls(rules, FaultScale(**held["fault"]), held["broken"], held["sure"], held["notes"])

    def probabilities(self, logits: Floats) -> Floats:
        """How likely each rule is broken, by its own logit alone."""
        return sigmoid(self._slopes * logits + self._intercepts)

    def fault(self, logits: Floats) -> Floats:
        """How likely any rule is broken."""
        second, highest = np.moveaxis(two_highest(logits), -1, 0)
        return sigmoid(self._fault.highest * highest + self._fault.second * second + self._fault.intercept)

    def suspicions(self, logits: Floats) -> Floats:
        """The probabilities of the rules, of which the likeliest answers for the whole sentence."""
        own = self.probabilities(logits)
        is_likeliest = np.arange(own.shape[-1]) == own.argmax(axis=-1)[..., None]
        return np.where(is_likeliest, np.maximum(own, self.fault(logits)[..., None]), own)


@dataclass(frozen=True, slots=True)
class _Fault:
    rule: str
    span: Span
    severity: Severity
    share: float  # of the probability from which on a rule counts as broken


class TaggerDetector:
    """Finds what is meant, sentence by sentence; sentences seen before are remembered."""

    name = "tagger"

    def __init__(self, folder: Traversable | None = None, remembered_sentences: int = 4096) -> None:
        """Load the encoder.

        Args:
            folder: Where its files are; the package's own where left out.
            remembered_sentences: How many sentences' findings to keep.
        """
        folder = folder or files("coach") / "data" / "tagger"
        self._network = Network(folder / "model.onnx")
        self._tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
        self.calibration = Calibration.read((folder / "calibration.json").read_text(encoding="utf-8"))
        self._faults_in = lru_cache(remembered_sentences)(self._find_faults)
        harmless = folder / "harmless.json"
        words = WordModel.read(harmless.read_text(encoding="utf-8")) if harmless.is_file() else None
        self.noted = lru_cache(remembered_sentences)(self._noted)
        self._is_harmless = lru_cache(remembered_sentences)(words.knows if words else lambda _: False)

    def detect(self, passage: Passage) -> Iterable[Hit]:
        """The faults in a passage; none in a language that it was not trained on.

        A sentence whose words alone show that it is harmless is not read, unless every doubt is wanted.
        """
        if passage.language not in READABLE:
            return
        for start, end in passage.sentences:
            sentence = passage.text[start:end]
            if passage.doubt >= 1 and self._is_harmless(sentence):
                continue
            for fault in self._faults_in(sentence):
                span = (start + fault.span[0], start + fault.span[1])
                if fault.share >= passage.doubt and not passage.is_quoted(*span):
                    yield Hit(fault.rule, *span, severity=fault.severity)

    def logits(self, sentence: str) -> Floats:
        """What the network says of a sentence, a rule; of a long one the worst piece counts."""
        judged = [self._judge(piece)[0] for piece in pieces_of(self._tokenizer, plain(sentence))]
        silent = np.full(len(self.calibration.rules), _SILENT, dtype=np.float32)
        return np.max(judged, axis=0) if judged else silent

    def suspects(self, sentence: str) -> bool:
        """Whether a sentence that is read is reported."""
        return any(fault.share >= 1 for fault in self._faults_in(sentence))

    def probabilities(self, sentence: str) -> dict[str, float]:
        """How likely a sentence breaks each rule."""
        likely = self.calibration.probabilities(self.logits(sentence))
        return dict(zip(self.calibration.rules, map(float, likely), strict=True))

    def note_probabilities(self, note: str) -> dict[str, float]:
        """How likely a note shows whose doing, and how likely it is inward; of a long one its beginning counts."""
        pieces = pieces_of(self._tokenizer, plain(note))
        if not pieces:
            return dict.fromkeys((*DOINGS, INWARD), 0.0)
        logits = self._logits(pieces[0])[0, 2 * len(self.calibration.rules) :]
        likely = [*softmax(logits[: len(DOINGS)]), sigmoid(logits[len(DOINGS)])]
        return dict(zip((*DOINGS, INWARD), map(float, likely), strict=True))

    def _noted(self, note: str) -> Noted:
        if not _LATIN.search(note) or detect_language(note) not in READABLE:
            return Noted()
        likely, needed = self.note_probabilities(note), self.calibration.notes
        doing = max(DOINGS, key=likely.__getitem__)
        is_sure = doing != DOINGS[0] and likely[doing] >= needed[doing]
        return Noted(doing if is_sure else None, likely[INWARD] >= needed[INWARD])

    def _find_faults(self, sentence: str) -> tuple[_Fault, ...]:
        folded = plain(sentence)
        if len(_WORD.findall(folded.text)) < _LEAST_WORDS or not _LATIN.search(folded.text):
            return ()  # a name under a letter, a "Sorry!"; a script that it was never shown
        return tuple(
            fault for piece in pieces_of(self._tokenizer, folded) for fault in self._faults_of_piece(piece, folded)
        )

    def _faults_of_piece(self, piece: Piece, folded: Plain) -> Iterator[_Fault]:
        logits, tokens = self._judge(piece)
        own = self.calibration.probabilities(logits)
        shares = self.calibration.suspicions(logits) / self.calibration.broken
        for i in np.flatnonzero(shares >= _LEAST_SHARE):
            start, end = _offending(sigmoid(tokens[:, i]), piece.offsets, folded.text)
            severity: Severity = "error" if own[i] >= self.calibration.sure else "warning"
            yield _Fault(self.calibration.rules[i], folded.typed_span(start, end), severity, float(shares[i]))

    def _judge(self, piece: Piece) -> tuple[Floats, Floats]:
        """Logits a rule: of the piece as a whole, and of each of its tokens."""
        logits, rules = self._logits(piece), len(self.calibration.rules)
        return logits[0, :rules], logits[1:-1, rules : 2 * rules]

    def _logits(self, piece: Piece) -> Floats:
        """What each head says of each token, side by side: as a sentence's first, as itself, as a note's first."""
        return self._network.logits([CLS, *piece.ids, SEP])


def two_highest(logits: Floats) -> Floats:
    """The second highest and the highest of the logits, in this order."""
    return np.partition(logits, -2, axis=-1)[..., -2:]


def pieces_of(tokenizer: Tokenizer, folded: Plain) -> list[Piece]:
    """A sentence's tokens, in pieces that the encoder can read; none where there is no word to read."""
    encoding = tokenizer.encode(folded.text, add_special_tokens=False)
    return [
        Piece(encoding.ids[start : start + MAX_TOKENS], encoding.offsets[start : start + MAX_TOKENS])
        for start in range(0, len(encoding.ids), MAX_TOKENS)
    ]


def _offending(suspicion: Floats, offsets: list[Span], text: str) -> Span:
    """The stretch round the most suspect token whose tokens are suspect too, in whole words."""
    worst = int(suspicion.argmax())
    suspect = suspicion >= _OFFENDING_SHARE * suspicion[worst]
    first = _reach(suspect, worst, -1)
    last = _reach(suspect, worst, +1)
    start, end = offsets[first][0], offsets[last][1]
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    trimmed = text[start:end].rstrip(_PUNCTUATION) or text[start:end]
    return start, start + len(trimmed)


def _reach(suspect: npt.NDArray[np.bool_], start: int, step: int) -> int:
    """How far a run of suspect tokens goes in a direction, small gaps included."""
    reached = position = start
    while 0 <= position + step < len(suspect) and abs(position + step - reached) <= _MAX_GAP + 1:
        position += step
        if suspect[position]:
            reached = position
    return reached
