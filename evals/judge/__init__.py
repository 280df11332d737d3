"""A judge model: another opinion on a reply, one question a rule. It advises; nothing is ever blocked by it.

It has to quote the words that it objects to: a quote that is not in the reply makes its verdict invalid. How far it can
be trusted is measured against labels (`calibration`).
"""

import hashlib
import json
import re
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

import jinja2
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

from coach.errors import ModelBadAnswer
from coach.model import Message, Model
from coach.rules import Rule

Opinion = Literal["broken", "fine", "invalid"]
Interval = tuple[float, float]
_MAX_TOKENS = 200
_JSON = re.compile(r"\{.*\}", re.DOTALL)
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge says of a reply and a rule.

    Attributes:
        opinion: Whether the rule is broken; `invalid` where the answer is none, or its quote is not in the reply.
        quote: The words that it objects to.
    """

    opinion: Opinion
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far the judge agrees with labels.

    Attributes:
        judged: How many valid verdicts there were.
        invalid: How many were not valid.
        kappa: Cohen's kappa; None where either side says the same of all.
        found: Of what is labelled broken, the share that it calls broken (true positive rate); None without any.
        found_interval: The same, Wilson's interval at 95 %.
        spared: Of what is labelled fine, the share that it calls fine (true negative rate).
        spared_interval: The same, as an interval.
    """

    judged: int
    invalid: int
    kappa: float | None
    found: float | None
    found_interval: Interval | None
    spared: float | None
    spared_interval: Interval | None

    def corrected(self, observed: float) -> float | None:
        """The rate of broken replies that an observed rate stands for (Rogan and Gladen, 1978).

        None where the judge is no better than chance: then nothing can be told from what it says.
        """
        if self.found is None or self.spared is None or self.found + self.spared <= 1:
            return None
        return min(1.0, max(0.0, (observed + self.spared - 1) / (self.found + self.spared - 1)))


async def judge(model: Model, rule: Rule, customer: str, reply: str) -> Judgement:
    """Ask the judge one question.

    Raises:
        ModelError: The model gave no answer; one that is no verdict is `invalid`, and no error.
    """
    template = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False).from_string(  # noqa: S701
        (files(__name__) / "question.md.j2").read_text(encoding="utf-8")
    )
    fence = hashlib.sha256(f"{customer}\0{reply}".encode()).hexdigest()[:8]
    question = template.render(rule=rule, customer=customer, reply=reply, fence=fence)
    answer = ""
    try:
        async with aclosing(model.stream([Message("user", question)], max_tokens=_MAX_TOKENS)) as chunks:
            async for chunk in chunks:
                answer += chunk.text
    except ModelBadAnswer:
        pass  # what there is of it is read
    return verdict_in(answer, reply)


def verdict_in(answer: str, reply: str) -> Judgement:
    """The verdict in a judge's answer."""
    found = _JSON.search(answer)
    try:
        verdict = json.loads(found[0]) if found else None
    except ValueError:
        verdict = None
    match verdict:
        case {"broken": False}:
            return Judgement("fine")
        case {"broken": True, "quote": str(quote)} if quote.strip() and _folded(quote) in _folded(reply):
            return Judgement("broken", quote)
    return Judgement("invalid")


def calibration(labels: Sequence[bool], judgements: Sequence[Judgement]) -> Calibration:
    """How far judgements agree with labels.

    Args:
        labels: Whether each text breaks the rule.
        judgements: What the judge says of each.
    """
    valid = [
        (label, j.opinion == "broken") for label, j in zip(labels, judgements, strict=True) if j.opinion != "invalid"
    ]
    table = [[sum(pair == (a, b) for pair in valid) for b in (True, False)] for a in (True, False)]
    (hits, misses), (alarms, spared) = table
    varied = 0 < hits + misses < len(valid) and 0 < hits + alarms < len(valid)
    return Calibration(
        len(valid),
        len(judgements) - len(valid),
        float(cohens_kappa(table).kappa) if varied else None,
        *_share(hits, hits + misses),
        *_share(spared, alarms + spared),
    )


def _share(count: int, total: int) -> tuple[float | None, Interval | None]:
    if not total:
        return None, None
    low, high = proportion_confint(count, total, alpha=1 - _CONFIDENCE, method="wilson")
    return count / total, (float(low), float(high))


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
