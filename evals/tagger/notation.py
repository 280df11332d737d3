r"""Labelled replies as people write them down: plain text, one item a line.

    ## cracked teapot, marketplace, England           a scenario; what follows belongs to it
    > The teapot came in four pieces. What now?       the customer's message for the items below; a lone `>`: not known
    - I'm sorry the teapot broke. A new one leaves tomorrow.                     an item without fault
    ~ It should reach you in one piece this time.                                the same, and a near miss
    ! [[suspicion|Funny that it only broke once it got to you]], but send it.    an item with faults, marked

`[[rule|words]]` marks a stretch that breaks a rule, `[[rule+rule|words]]` one that breaks several. `\n` is a line
break.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from coach.errors import InputError
from coach.rules import catalogue
from evals.labelled import Label, Labelled

_MARK = re.compile(r"\[\[(?P<rules>[a-z+-]+)\|(?P<words>.+?)\]\]", re.DOTALL)
_KINDS = {"- ": "clean", "~ ": "near miss", "! ": "faulty"}


@dataclass(frozen=True, slots=True)
class Item:
    """A labelled text and where it comes from.

    Attributes:
        labelled: The text, what it answers, and its faults.
        kind: `clean`, `near miss` or `faulty`.
        scenario: The story that it belongs to: the unit by which data is split.
        place: File and line, for messages.
    """

    labelled: Labelled
    kind: str
    scenario: str
    place: str


def read_items(paths: Iterable[Path]) -> list[Item]:
    """The items of some files, in order.

    Raises:
        InputError: A line is not of the notation; it names file and line.
    """
    return [item for path in paths for item in parse_items(path.name, path.read_text(encoding="utf-8"))]


def parse_items(name: str, text: str) -> Iterator[Item]:
    """The items of one file.

    Raises:
        InputError: A line is not of the notation; it names file and line.
    """
    scenario, customer = "", None
    for number, line in enumerate(text.split("\n"), 1):
        place = f"{name}:{number}"
        if line.startswith("## "):
            scenario, customer = line[3:].strip(), None
        elif line.startswith(">"):
            customer = line[1:].strip().replace("\\n", "\n") or None
        elif kind := _KINDS.get(line[:2]):
            yield _item(line[2:], kind, scenario, customer, place)
        elif line.strip():
            raise InputError(f"{place}: a line begins with '## ', '>', '- ', '~ ' or '! '.")


def _item(marked: str, kind: str, scenario: str, customer: str | None, place: str) -> Item:
    marked = marked.strip().replace("\\n", "\n")
    text, labels = "", []
    done = 0
    for mark in _MARK.finditer(marked):
        text += marked[done : mark.start()]
        rules = mark["rules"].split("+")
        if unknown := [rule for rule in rules if rule not in catalogue()]:
            raise InputError(f"{place}: there is no rule {unknown[0]!r}.")
        labels += [Label(rule=rule, start=len(text), end=len(text) + len(mark["words"])) for rule in rules]
        text += mark["words"]
        done = mark.end()
    text += marked[done:]
    if "[[" in text or "]]" in text:
        raise InputError(f"{place}: a mark is not of the form [[rule|words]].")
    if not scenario:
        raise InputError(f"{place}: an item stands before the first scenario ('## ').")
    if bool(labels) != (kind == "faulty"):
        raise InputError(f"{place}: items with marks begin with '! ', items without with '- ' or '~ '.")
    return Item(Labelled(text=text, customer_message=customer, findings=tuple(labels)), kind, scenario, place)
