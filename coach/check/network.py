"""A small network that reads tokens: an ONNX file of 8-bit weights, run on one core of the CPU."""

from collections.abc import Sequence
from importlib.resources.abc import Traversable

import numpy as np
import numpy.typing as npt
import onnxruntime

CLS, SEP = 101, 102  # the tokens before and behind what is read

Floats = npt.NDArray[np.floating]


class Network:
    """What a file says of tokens.

    Texts are read one at a time: with 8-bit weights a result depends on what is read together, and the same text must
    always give the same findings.
    """

    def __init__(self, file: Traversable) -> None:
        """Load the file."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # checks come one a keystroke: more threads would wait for each other
        self._session = onnxruntime.InferenceSession(
            file.read_bytes(),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],  # on a CPU the fused step takes longer than its parts
        )

    def logits(self, ids: Sequence[int]) -> Floats:
        """What each head says of each token, side by side."""
        (logits,) = self._session.run(None, {"input_ids": np.array(ids, dtype=np.int64)})
        return np.asarray(logits)


def sigmoid(logits: Floats) -> Floats:
    """The probability of each thing that may be so or not."""
    return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)


def softmax(logits: Floats) -> Floats:
    """The probabilities of things of which one is so, in the last axis."""
    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))
