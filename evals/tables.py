"""Tables that several commands print."""

from rich.table import Table

from coach.cli.render import out
from evals.labelled import Figures, Score


def show_figures(figures: Figures, items: int) -> None:
    """What a check is worth on some labelled texts, a row a rule."""
    table = plain_table("rule", "labels", "found", "false alarms", "precision", "recall", "F1")
    for rule, score in figures.by_rule.items():
        table.add_row(rule, *score_cells(score))
    table.add_row("all", *score_cells(figures.overall), style="bold")
    out.print(table)
    out.print(
        f"\n{items} texts: of {figures.broken} with a fault {figures.broken_flagged} are flagged, "
        f"of {figures.clean} clean ones {figures.clean_left_alone} are left alone."
    )


def score_cells(score: Score) -> tuple[str, ...]:
    """A score as the cells of a row."""
    counts = (score.hits + score.misses, score.hits, score.false_alarms)
    shares = (score.precision, score.recall, score.f1)
    return (*map(str, counts), *("-" if share is None else f"{share:.2f}" for share in shares))


def plain_table(*columns: str) -> Table:
    """A plain table, ready for its rows."""
    table = Table(*columns, box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.columns[0].no_wrap = True
    return table
