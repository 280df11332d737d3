"""The network: MiniLM with a head for a case's lines, and one for what is put in before a note's words."""

import torch
from transformers import BertModel

from evals.tagger.network import HIDDEN, pretrained_folder


class CaseNetwork(torch.nn.Module):
    """Token numbers in; logits of the line as a whole (from its first token), and of each token's insertion, out."""

    def __init__(self, of_lines: int, insertions: int) -> None:
        super().__init__()
        self.encoder = BertModel.from_pretrained(
            pretrained_folder(), add_pooling_layer=False, attn_implementation="eager"
        )
        self.encoder.embeddings.word_embeddings.requires_grad_(False)  # half of all weights: too many for few texts
        self.dropout = torch.nn.Dropout(0.1)
        self.line_head = torch.nn.Linear(HIDDEN, of_lines)
        self.insertion_head = torch.nn.Linear(HIDDEN, insertions)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits: `[line, logit]` and `[line, token, insertion]`."""
        states = self.dropout(self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state)
        return self.line_head(states[:, 0]), self.insertion_head(states)
