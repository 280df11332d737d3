"""The report: one HTML file that needs nothing else. What is drawn here is worked out in `gate` and `run`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib.resources import files
from typing import Literal

import jinja2

from evals.cases import groups, load_cases
from evals.gate import BLOCKING, CONFIDENCE, MARGIN, Change, Comparison, compare, pass_power_k
from evals.graders import EXPECTED, FIRST, Fault
from evals.results import Results, Row, graders
from evals.run import summary
from evals.variants import with_variants

_SHOWN = 14  # replies that fail now: the worst first
_AXIS = (-0.3, 0.3)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the heat map: a pass rate, and what has become of it."""

    rate: float | None
    mark: Literal["", "worse", "better"] = ""

    @property
    def heat(self) -> int:
        """How much of the colour to show, in percent: none where all pass, all of it where half fail."""
        return 0 if self.rate is None else round(min(1.0, (1 - self.rate) * 2) * 100)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a reply: as it was, new, gone, or what a grader caught."""

    text: str
    kind: Literal["same", "new", "gone", "caught"]


@dataclass(frozen=True, slots=True)
class Failing:
    """A reply that fails now and did not before, or fails at all where there is no before."""

    row: Row
    message: str
    policies: str
    faults: tuple[Fault, ...]
    marked: tuple[Piece, ...]
    against_before: tuple[Piece, ...]


def page(results: Results, comparison: Comparison | None) -> str:
    """The report.

    Args:
        results: The run.
        comparison: The same, compared with another; None where there is none.
    """
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    template = environment.from_string(
        (files(__name__.rpartition(".")[0]) / "page.html.j2").read_text(encoding="utf-8")
    )
    base = comparison.base if comparison else None
    shown = [group for group in groups() if any(row.group == group for row in results.rows)]
    samples = results.about.samples
    return template.render(
        results=results,
        comparison=comparison,
        figures=summary(results.rows),
        families=len({row.family for row in results.rows}),
        groups=shown,
        of_replies=_heat_map(results, base, shown, lambda g: not g.startswith(FIRST)),
        of_first=_heat_map(results, base, shown, lambda g: g.startswith(FIRST)),
        changes=_worst_first(comparison) if comparison else [],
        x=_x,
        margin=MARGIN,
        confidence=CONFIDENCE,
        power=pass_power_k(results, samples),
        power_before=pass_power_k(base, min(samples, base.about.samples)) if base else [],
        failing=list(_failing(results, base))[:_SHOWN],
        model_seconds=sorted(row.model_ms / 1000 for row in results.measured if row.model_ms),
    )


def _worst_first(comparison: Comparison) -> list[Change]:
    """What has changed, and what could have blocked."""
    worth_a_line = [change for change in comparison.changes if change.grader in BLOCKING or change.difference]
    return sorted(worth_a_line, key=lambda change: change.difference)


def _x(difference: float) -> float:
    """Where a difference stands on the drawing's axis, in percent of its width."""
    low, high = _AXIS
    return round((min(max(difference, low), high) - low) / (high - low) * 100, 2)


def _heat_map(
    results: Results, base: Results | None, shown: Sequence[str], wanted: Callable[[str], bool]
) -> list[tuple[str, list[Cell]]]:
    lines = []
    for grader in graders():
        if not wanted(grader):
            continue
        cells = [_cell(results, base, grader, group) for group in [*shown, None]]
        if any(cell.rate is not None and cell.rate < 1 for cell in cells) or grader in BLOCKING or grader in EXPECTED:
            lines.append((grader.removeprefix(FIRST), cells))
    return lines


def _cell(results: Results, base: Results | None, grader: str, group: str | None) -> Cell:
    now = _of_group(results, group)
    if base is None:
        return Cell(now.rate(grader))
    change = next(iter(compare(_of_group(base, group), now, judged=[grader]).changes), None)
    if change is None or change.families < 2:
        return Cell(now.rate(grader))
    mark: Literal["", "worse", "better"] = "worse" if change.high < 0 else "better" if change.low > 0 else ""
    return Cell(now.rate(grader), mark)


def _of_group(results: Results, group: str | None) -> Results:
    return results.model_copy(update={"rows": tuple(row for row in results.rows if group in {row.group, None})})


def _failing(results: Results, base: Results | None) -> Iterator[Failing]:
    """What fails now, those with most faults first."""
    before = {(row.case, row.sample): row for row in base.rows} if base else {}
    cases = {case.id: case for case in with_variants(load_cases())}
    found = []
    for row in results.measured:
        old = before.get((row.case, row.sample))
        known = {fault.grader for fault in old.faults} if old else set()
        new = tuple(fault for fault in row.faults if fault.grader not in known and not fault.grader.startswith(FIRST))
        if new and row.case in cases:
            case = cases[row.case]
            found.append(
                Failing(
                    row,
                    case.request.customer_message.strip(),
                    " ".join(policy.text for policy in case.request.policies or ()),
                    new,
                    tuple(_marked(row.reply or "", new)),
                    tuple(_difference(old.reply, row.reply)) if old and old.reply and row.reply else (),
                )
            )
    yield from sorted(found, key=lambda failing: (-len(failing.faults), failing.row.case, failing.row.sample))


def _marked(reply: str, faults: Sequence[Fault]) -> Iterator[Piece]:
    """A reply with what was caught in it."""
    caught = {i for fault in faults for i in range(fault.start, fault.end)}
    start = 0
    for i in range(1, len(reply) + 1):
        if i == len(reply) or (i in caught) != (start in caught):
            yield Piece(reply[start:i], "caught" if start in caught else "same")
            start = i


def _difference(before: str, now: str) -> Iterator[Piece]:
    """Word by word, what is gone and what is new."""
    old, new = before.split(), now.split()
    for kind, i, j, k, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece(" ".join(old[i:j]) + " ", "same")
        else:
            if j > i:
                yield Piece(" ".join(old[i:j]) + " ", "gone")
            if n > k:
                yield Piece(" ".join(new[k:n]) + " ", "new")
