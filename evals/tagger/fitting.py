"""How a network is fitted, a step at a time."""

from collections.abc import Callable, Iterable, Mapping

import torch
from torch.nn import Parameter

_WARM_UP = 0.1  # of the steps


def fitter(rates: Mapping[float, Iterable[Parameter]], steps: int) -> Callable[[torch.Tensor], float]:
    """What makes a step of each loss that it gets, and says how high that was.

    Args:
        rates: The highest rate of learning, and what learns at it, but for what is held fast: each rate rises from
            nothing for a tenth of the steps, and falls again to nothing.
        steps: How many there will be.
    """
    learns = {rate: [held for held in some if held.requires_grad] for rate, some in rates.items()}
    groups = [{"params": some, "lr": rate} for rate, some in learns.items()]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda step: min((step + 1) / (_WARM_UP * steps), max(0.0, (steps - step) / ((1 - _WARM_UP) * steps))),
    )

    def fit(wrong: torch.Tensor) -> float:
        optimiser.zero_grad()
        wrong.backward()
        torch.nn.utils.clip_grad_norm_([held for some in learns.values() for held in some], 1.0)
        optimiser.step()
        schedule.step()
        return float(wrong.item())

    return fit
