"""`evals tagger ...`: the tagger's data and its figures."""

from pathlib import Path

import click

from coach.check import Checker, PatternDetector, TaggerDetector
from coach.cli.render import heading, out
from coach.rules import catalogue
from evals.labelled import Labelled, measure, read_labelled
from evals.tables import plain_table, show_figures
from evals.tagger.dataset import held_out_items, sentences_of, training_items
from evals.tagger.figures import calibration_error, confusions, kappas, longest_common_runs, near_duplicates
from evals.tagger.notation import Item, read_items

_SHOWN = 12


@click.group("tagger")
def group() -> None:
    """Measure the tone tagger, and the labelled replies that it is made from."""


@group.command("report")
def report_command() -> None:
    """Print what the check finds in the test part: patterns alone, and patterns and tagger together."""
    items = [item.labelled for item in held_out_items()]
    heading("Patterns alone")
    show_figures(measure(Checker([PatternDetector(catalogue())]), items), len(items))
    heading("\nPatterns and tagger")
    checker = Checker()
    show_figures(measure(checker, items), len(items))
    error = calibration_error(TaggerDetector(), sentences_of(held_out_items()))
    out.print(f"\nExpected calibration error of the tagger (probabilities of 0.1 and more): {error:.3f}")
    heading("\nTaken for another rule")
    for (labelled, found), count in confusions(checker, items).most_common(_SHOWN):
        out.print(f"  {count:3} {labelled} taken for {found}")


@group.command("data")
@click.argument("others", nargs=-1, type=click.Path(path_type=Path))
def data_command(others: tuple[Path, ...]) -> None:
    """Count the labelled replies, and look for texts that are too much alike.

    OTHERS are labelled texts in JSON Lines that must not be in the data: each is compared with all of it.
    """
    training, development = training_items()
    parts = {"training": training, "development": development, "test": held_out_items()}
    _show_counts(parts)
    written = [item.labelled.text for items in parts.values() for item in items]
    pairs = near_duplicates(written)
    twins = {text for pair in pairs for text in (pair.first, pair.second)}
    share = sum(text in twins for text in written) / len(written)
    out.print(f"\n{share:.1%} of the texts have a near-duplicate (half of all five-word runs in common).")
    known = [item.labelled.text for item in (*training, *development)]
    across = near_duplicates([item.labelled.text for item in parts["test"]], known)
    out.print(f"{len(across)} test texts have one in the training or development part.")
    for path in others:
        _show_overlap(path, written)


@group.command("agreement")
@click.argument("second", type=click.Path(path_type=Path))
def agreement_command(second: Path) -> None:
    """Compare the labels of a second, blind labeller with the data's own.

    SECOND is in the data's own notation; its texts are those of the data, whatever their order.
    """
    labelled_again = {item.labelled.text: item.labelled for item in read_items([second])}
    training, development = training_items()
    first = [i.labelled for i in (*training, *development, *held_out_items()) if i.labelled.text in labelled_again]
    agreement = kappas(first, [labelled_again[one.text] for one in first])
    shown = plain_table("rule", "kappa")
    for rule, kappa in agreement.items():
        shown.add_row(rule, f"{kappa:.2f}")
    out.print(shown)
    out.print(f"\n{len(first)} texts, labelled twice.")


def _show_counts(parts: dict[str, list[Item]]) -> None:
    shown = plain_table("", *parts)
    for kind in ("clean", "near miss", "faulty"):
        shown.add_row(kind, *(str(sum(item.kind == kind for item in items)) for items in parts.values()))
    shown.add_row("scenarios", *(str(len({item.scenario for item in items})) for items in parts.values()))
    for rule in catalogue().about_words:
        shown.add_row(rule, *(str(_count(items, rule)) for items in parts.values()))
    out.print(shown)


def _count(items: list[Item], rule: str) -> int:
    return sum(label.rule == rule for item in items for label in item.labelled.findings)


def _show_overlap(path: Path, written: list[str]) -> None:
    held_out: list[Labelled] = read_labelled(path)
    near = near_duplicates([item.text for item in held_out], written)
    runs = longest_common_runs([item.text for item in held_out], written)
    out.print(
        f"{path.name}: of {len(held_out)} texts {len(near)} have a near-duplicate in the data; "
        f"{sum(run > 0 for run in runs)} share a run of eight words or more with it."
    )
    for item, run in zip(held_out, runs, strict=True):
        if run:
            out.print(f"  {run} words: {item.text}", soft_wrap=True)
