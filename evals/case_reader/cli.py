"""`evals case-reader`: what the case reader is worth on cases and notes that it has not seen."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing

import click
import numpy as np

from coach.app import make_coach
from coach.case_reader import KINDS, CaseReader
from coach.cli.render import out
from coach.coaching import MAX_NOTE_TOKENS, Coach
from coach.settings import load_settings
from coach.wording import wording_of
from evals.case_reader.data import Case, Filling, load_cases, load_fillings, second_labels
from evals.case_reader.thresholds import filled, is_as_people_say_it, judged, written_out
from evals.progress import tracked
from evals.tables import plain_table
from evals.tagger.figures import kappa


@click.command("case-reader")
@click.option("--live", is_flag=True, help="Have the embedded model make sentences of the notes that are left over.")
def case_reader_command(*, live: bool) -> None:
    """Measure the case reader on the test part: what is told, and the sentences made of notes."""
    reader, cases, fillings = CaseReader(), load_cases("test"), load_fillings("test")
    out.print(f"{len(cases)} cases, {len(fillings)} notes\n")
    _show_told(reader, cases)
    _show_sentences(reader, fillings)
    if live:
        left = [one for one in fillings if one.inserted and reader.filled(one.words)[1] < reader.layout.fill]
        _show_worded(left, asyncio.run(_worded(make_coach(load_settings()), left)))
    _show_agreement({case.id: case for case in cases}, second_labels())


def _show_told(reader: CaseReader, cases: Sequence[Case]) -> None:
    table = plain_table("line", "labelled", "surely to tell", "surely not")
    for kind in KINDS:
        likely, told = judged(reader, kind, cases)
        for name, shares in (("to tell", likely[told]), ("not to tell", likely[~told])):
            not_ = f"{(shares < reader.layout.keep).mean():.0%}" if kind == "fact" else ""
            table.add_row(
                f"{kind}, {name}", str(len(shares)), f"{(shares >= reader.layout.tell[kind]).mean():.0%}", not_
            )
    out.print(table)
    likely, told = judged(reader, "fact", cases)
    idle = written_out(cases) & (likely < reader.layout.idle)
    out.print(
        f"\nOf the {written_out(cases).sum()} facts that are sentences {idle.sum()} are surely idle; "
        f"{told[idle].sum()} of those are to be told."
    )


def _show_sentences(reader: CaseReader, fillings: Sequence[Filling]) -> None:
    sure, right = filled(reader, fillings)
    said = sure >= reader.layout.fill
    none = np.array([one.inserted is None for one in fillings])
    out.print(
        f"\nOf {len(fillings)} notes {said.mean():.0%} are made a sentence, and {right[said].mean():.0%} of those are "
        f"as people's, in verbs and persons. Of the {none.sum()} of which none can be made, {said[none].sum()} are."
    )


async def _worded(coach: Coach, fillings: Sequence[Filling]) -> list[tuple[str, bool]]:
    """What the model makes of each note, and whether it is a sentence that the note allows."""
    try:
        await coach.model.start()
        return [await _worded_one(coach, " ".join(one.words)) for one in tracked(fillings, lambda one: one.words[0])]
    finally:
        await coach.model.close()


async def _worded_one(coach: Coach, note: str) -> tuple[str, bool]:
    wording, messages = wording_of(note, coach.verifier.reader), coach.prompts.note_conversation(note)
    answer = coach.model.stream(messages, max_tokens=MAX_NOTE_TOKENS, grammar=wording.grammar)
    async with aclosing(answer) as chunks:
        sentence = "".join([chunk.text async for chunk in chunks])
    return sentence, wording.allows(sentence)


def _show_worded(fillings: Sequence[Filling], worded: Sequence[tuple[str, bool]]) -> None:
    allowed = [(one, sentence) for one, (sentence, allowed) in zip(fillings, worded, strict=True) if allowed]
    right = sum(is_as_people_say_it(one, sentence) for one, sentence in allowed)
    for _, sentence in allowed:
        out.print(sentence, highlight=False, markup=False)
    out.print(
        f"\nOf the {len(fillings)} others of which one can be made, the model makes a sentence of {len(allowed)}; "
        f"{right / max(len(allowed), 1):.0%} of those are as people's."
    )


def _show_agreement(first: Mapping[str, Case], second: Sequence[Case]) -> None:
    facts = [pair for case in second for pair in zip(first[case.id].facts, case.facts, strict=True)]
    rules = [pair for case in second for pair in zip(first[case.id].rules, case.rules, strict=True)]
    told = kappa([one.told == "T" for one, _ in facts], [other.told == "T" for _, other in facts])
    ours = kappa([one.doing == "o" for one, _ in facts], [other.doing == "o" for _, other in facts])
    said = kappa([one.told for one, _ in rules], [other.told for _, other in rules])
    out.print(
        f"\n{len(second)} cases labelled again, blind; kappa: {told:.2f} facts told, {ours:.2f} the shop's doing, "
        f"{said:.2f} rules told."
    )
