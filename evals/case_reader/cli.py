"""`evals case-reader`: what the case reader is worth on cases and notes that it has not seen."""

from collections.abc import Mapping, Sequence

import click
import numpy as np

from coach.case_reader import KINDS, CaseReader
from coach.cli.render import out
from evals.case_reader.data import Case, Filling, load_cases, load_fillings, second_labels
from evals.case_reader.thresholds import filled, judged
from evals.tables import plain_table
from evals.tagger.figures import kappa


@click.command("case-reader")
def case_reader_command() -> None:
    """Measure the case reader on the test part: what is told, and the sentences made of notes."""
    reader, cases, fillings = CaseReader(), load_cases("test"), load_fillings("test")
    out.print(f"{len(cases)} cases, {len(fillings)} notes\n")
    _show_told(reader, cases)
    _show_sentences(reader, fillings)
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


def _show_sentences(reader: CaseReader, fillings: Sequence[Filling]) -> None:
    sure, right = filled(reader, fillings)
    said = sure >= reader.layout.fill
    none = np.array([one.inserted is None for one in fillings])
    out.print(
        f"\nOf {len(fillings)} notes {said.mean():.0%} are made a sentence, and {right[said].mean():.0%} of those are "
        f"as people's, in verbs and persons. Of the {none.sum()} of which none can be made, {said[none].sum()} are."
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
