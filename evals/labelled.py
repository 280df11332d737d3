"""How well the check finds what people have labelled."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from coach.check import Checker
from coach.errors import InputError
from coach.rules import Catalogue
from coach.schemas import Finding


class Label(BaseModel):
    """A stretch that breaks a rule, in code points, in a person's judgement."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    rule: str
    start: int
    end: int


class Labelled(BaseModel):
    """A text and everything that a person found in it."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    text: str
    customer_message: str | None = None
    findings: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """How often the check was right.

    Attributes:
        hits: Labels that a finding of the same rule overlaps.
        misses: Labels that none overlaps.
        false_alarms: Findings that overlap no label of their rule.
    """

    hits: int
    misses: int
    false_alarms: int

    @property
    def precision(self) -> float | None:
        """Share of findings that are right; None where there are none."""
        found = self.hits + self.false_alarms
        return self.hits / found if found else None

    @property
    def recall(self) -> float | None:
        """Share of labels that are found; None where there are none."""
        labels = self.hits + self.misses
        return self.hits / labels if labels else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of the two; None where there is neither a label nor a finding."""
        total = 2 * self.hits + self.misses + self.false_alarms
        return 2 * self.hits / total if total else None


@dataclass(frozen=True, slots=True)
class Figures:
    """What the check is worth on some labelled texts.

    Attributes:
        overall: Over all rules.
        by_rule: For each rule that was labelled or found.
        broken: How many texts carry a label, and `broken_flagged` how many of them a finding, of whatever rule.
        clean: How many texts carry none, and `clean_left_alone` how many of them no finding.
    """

    overall: Score
    by_rule: dict[str, Score]
    broken: int
    broken_flagged: int
    clean: int
    clean_left_alone: int


def read_labelled(path: Path) -> list[Labelled]:
    """Labelled texts from a file in JSON Lines.

    Raises:
        InputError: The file cannot be read, or a line is no labelled text.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from None
    items = []
    for number, line in enumerate(lines, 1):
        try:
            items.append(Labelled.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            raise InputError(f"{path}, line {number}: {first['loc']}: {first['msg']}") from None
    return items


def labelled_examples(rules: Catalogue) -> list[Labelled]:
    """The own examples of the rules about words.

    A bad example is labelled for its own rule and those in `also`, over its whole text.
    """
    items = []
    for rule in (rule for rule in rules.values() if rule.scope == "words"):
        items += [Labelled(text=good.text, customer_message=good.customer) for good in rule.good]
        for bad in rule.bad:
            own = [Label(rule=rule.id, start=start, end=end) for start, end in bad.spans]
            also = [Label(rule=other, start=0, end=len(bad.plain)) for other in bad.also]
            items.append(Labelled(text=bad.plain, customer_message=bad.customer, findings=(*own, *also)))
    return items


def measure(checker: Checker, items: Sequence[Labelled]) -> Figures:
    """Compare the check's findings with people's labels: same rule, overlapping words."""
    hits: Counter[str] = Counter()
    misses: Counter[str] = Counter()
    false_alarms: Counter[str] = Counter()
    broken = broken_flagged = clean_left_alone = 0
    for item in items:
        found = checker.check(item.text, customer_message=item.customer_message).findings
        for label in item.findings:
            (hits if _overlaps(label, found) else misses)[label.rule] += 1
        for finding in found:
            false_alarms[finding.rule] += not _overlaps(finding, item.findings)
        broken += bool(item.findings)
        broken_flagged += bool(item.findings and found)
        clean_left_alone += not (item.findings or found)
    rules = sorted({*hits, *misses, *(rule for rule, count in false_alarms.items() if count)})
    return Figures(
        overall=Score(hits.total(), misses.total(), false_alarms.total()),
        by_rule={rule: Score(hits[rule], misses[rule], false_alarms[rule]) for rule in rules},
        broken=broken,
        broken_flagged=broken_flagged,
        clean=len(items) - broken,
        clean_left_alone=clean_left_alone,
    )


def _overlaps(one: Label | Finding, others: Iterable[Label | Finding]) -> bool:
    return any(o.rule == one.rule and o.start < one.end and one.start < o.end for o in others)
