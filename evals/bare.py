"""The bare model with a plain prompt, as a measure of what the coach adds (`evals bare`)."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass
from statistics import median

import click

from coach.answer import reply_in
from coach.app import make_coach
from coach.check import sentence_spans
from coach.cli.render import out
from coach.coaching import MAX_REPLY_TOKENS, Coach
from coach.errors import ModelBadAnswer
from coach.model import Message
from coach.settings import load_settings
from coach.verify import situation_of
from evals.cases import Case, load_cases
from evals.progress import tracked

_TASK = "You help a small shop. Write the reply to the unhappy customer. Write the reply and nothing else."


@dataclass(frozen=True, slots=True)
class Bare:
    """What the bare model made of a case.

    Attributes:
        case: The case.
        reply: Its reply.
        broken: The rules that the reply breaks.
        first_sentence_s: Seconds until its first sentence was complete.
        seconds: Seconds until its end.
    """

    case: Case
    reply: str
    broken: tuple[str, ...]
    first_sentence_s: float
    seconds: float


@click.command("bare")
@click.argument("case_ids", nargs=-1, metavar="[CASE]...")
def bare_command(case_ids: tuple[str, ...]) -> None:
    """Have the bare model answer the cases with a plain prompt, and judge its replies by the coach's rules."""
    coach = make_coach(load_settings())
    results = asyncio.run(_run(coach, load_cases(case_ids)))
    for result in results:
        out.print(f"{result.case.id}: {', '.join(result.broken) or 'passes'}", highlight=False)
    passing = sum(not result.broken for result in results)
    out.print(f"\n  {'pass every rule':<28}{passing} of {len(results)}")
    out.print(f"  {'seconds to a first sentence':<28}{median(result.first_sentence_s for result in results):.1f}")
    out.print(f"  {'seconds, median':<28}{median(result.seconds for result in results):.1f}")


async def _run(coach: Coach, cases: list[Case]) -> list[Bare]:
    try:
        await coach.model.start()
        return [await bare(coach, case) for case in tracked(cases, lambda case: case.id)]
    finally:
        await coach.model.close()


async def bare(coach: Coach, case: Case) -> Bare:
    """Ask the model for a reply to a case, with all that is known and no brief."""
    started, first, answer = time.perf_counter(), 0.0, ""
    try:
        async with aclosing(coach.model.stream(_conversation(case), max_tokens=MAX_REPLY_TOKENS)) as chunks:
            async for chunk in chunks:
                answer += chunk.text
                if not first and len(sentence_spans(answer)) > 1:
                    first = time.perf_counter() - started
    except ModelBadAnswer:
        pass  # cut off: what there is of it is judged
    seconds = time.perf_counter() - started
    reply = reply_in(answer)
    situation = situation_of(case.request, case.request.policies or (), coach.verifier.commands)
    broken = sorted({finding.rule for finding in coach.verifier.verify(reply, situation).findings})
    return Bare(case, reply, tuple(broken), first or seconds, seconds)


def _conversation(case: Case) -> list[Message]:
    request = case.request
    parts = {
        "The customer wrote": request.customer_message,
        "Draft": request.draft or "",
        "Facts": "\n".join(request.facts),
        "Policies": "\n".join(policy.text for policy in request.policies or ()),
    }
    told = "\n\n".join(f"{name}:\n{text}" for name, text in parts.items() if text)
    return [Message("system", _TASK), Message("user", told)]
