"""How alike the labelled texts are in meaning: near-duplicates by the distance of their embeddings.

    python -m evals.tagger.likeness

Needs the extra `train`: the embeddings are those of MiniLM before it was trained on the texts (the mean of its last
states, as its authors use it). Takes some minutes.
"""

from collections.abc import Sequence

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertModel

from evals.tagger.dataset import held_out_items, training_items
from evals.tagger.figures import Floats, nearest
from evals.tagger.network import pretrained_folder

_ALIKE = (0.95, 0.9, 0.85)  # cosine; 1 is the same text
_MAX_TOKENS = 256
_BATCH = 64


def embedded(texts: Sequence[str]) -> Floats:
    """A unit vector a text."""
    folder = pretrained_folder()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_padding()
    tokenizer.enable_truncation(_MAX_TOKENS)
    encoder = BertModel.from_pretrained(folder, add_pooling_layer=False).eval()
    by_length = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    vectors = np.zeros((len(texts), encoder.config.hidden_size), np.float32)
    with torch.inference_mode():
        for start in range(0, len(texts), _BATCH):
            rows = by_length[start : start + _BATCH]
            encodings = tokenizer.encode_batch([texts[i] for i in rows])
            mask = torch.tensor([encoding.attention_mask for encoding in encodings])
            ids = torch.tensor([encoding.ids for encoding in encodings])
            states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state * mask.unsqueeze(2)
            vectors[rows] = (states.sum(1) / mask.sum(1, keepdim=True)).numpy()
    unit: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def main() -> None:
    """Print the shares of texts that have a near neighbour."""
    training, development = training_items()
    known = embedded([item.labelled.text for item in (*training, *development)])
    test = embedded([item.labelled.text for item in held_out_items()])
    for name, cosines in (("training and development", nearest(known)), ("test, in those", nearest(test, known))):
        shares = ", ".join(f"{(cosines >= alike).mean():.1%} at {alike}" for alike in _ALIKE)
        print(f"{name}: {len(cosines)} texts; the nearest is nearer than: {shares}; median {np.median(cosines):.2f}")


if __name__ == "__main__":
    main()
