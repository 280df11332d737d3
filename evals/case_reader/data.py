r"""Labelled cases, and notes made into sentences, as people write them down: plain text, a line each.

A case, in `cases/`, with its facts and its policies' sentences:

    = kennels-matted-spaniel                                      a case; the id is its own
    > He was not brushed once, and I paid extra for it!           the customer's message
    f T o | brushing add-on was never put on his kennel card      a fact, whether it is told, and whose doing it shows
    p + | Any add-on that we did not carry out is refunded.       a policy's sentence that the reply tells
    p - | Dogs must be collected by 11am.                         one that it does not tell

A fact is `T`old, `K`ept out for it is beside the point, or kept `I`n for no shop would say it to a customer. What it
shows, of what this customer complains of: `o`ur doing, a slip of ours in something else (`x`), the `c`ustomer's doing,
a third `p`arty's, or nobody's (`-`).

A note and its sentence, in `fillings/`: the sentence has all the note's words in their order and, between them, only
small words. Where no whole sentence comes out in this way, it is `-`.

    n new zip put in, lining still torn
    s a new zip was put in, and the lining is still torn
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from coach.errors import InputError

Part = Literal["training", "development", "test"]
FOLDER = Path(__file__).parent
MARKS = "-oxcp"  # in the order of the reader's DOINGS
_SMALL = """
    a an the is are was were be been being has have had it its there this that we us our you your they and but so
    because of on at in to for by from with as than
"""
SMALL_WORDS = frozenset(_SMALL.split())
_DEV_SHARE = 0.1
_LINE = re.compile(r"f (?P<told>[TKI]) (?P<doing>[oxcp-]) \| (?P<fact>\S.*)|p (?P<said>[+-]) \| (?P<rule>\S.*)")


@dataclass(frozen=True, slots=True)
class Fact:
    """What a shop knows of a case: its words; `T`, `K` or `I`; and whose doing it shows, as one of `MARKS`."""

    text: str
    told: str
    doing: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy's sentence, and whether the reply tells it."""

    text: str
    told: bool


@dataclass(slots=True)
class Case:
    """What a customer wrote, and what the shop has at hand."""

    id: str
    message: str = ""
    facts: list[Fact] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Filling:
    """A note in words, and what is put in before each; None where no sentence can be made of it so."""

    words: tuple[str, ...]
    inserted: tuple[str, ...] | None


def load_cases(part: Part) -> list[Case]:
    """The cases of a part, in the order of their files.

    Raises:
        InputError: A line is not of the notation; it names file and line.
    """
    cases = (case for path in _files("cases", part) for case in cases_in(path))
    return [case for case in cases if _is_in(part, case.id)]


def second_labels() -> list[Case]:
    """Cases of the test part as somebody else labelled them, who had not seen the first labels."""
    return list(cases_in(FOLDER / "cases" / "second-labels.txt"))


def load_fillings(part: Part) -> list[Filling]:
    """The notes of a part with their sentences, in the order of their files.

    Raises:
        InputError: A line is not of the notation; it names file and line.
    """
    fillings = (filling for path in _files("fillings", part) for filling in fillings_in(path))
    return [filling for filling in fillings if _is_in(part, " ".join(filling.words))]


def cases_in(path: Path) -> Iterator[Case]:
    """The cases of one file."""
    case: Case | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("= "):
            if case:
                yield case
            case = Case(line[2:].strip())
        elif case and line.startswith("> ") and not case.message:
            case.message = line[2:]
        elif case and (found := _LINE.fullmatch(line)):
            if found["fact"]:
                case.facts.append(Fact(found["fact"], found["told"], found["doing"]))
            else:
                case.rules.append(Rule(found["rule"], found["said"] == "+"))
        elif line.strip():
            raise InputError(f"{path.name}:{number}: not a line of a case: {line!r}")
    if case:
        yield case


def fillings_in(path: Path) -> Iterator[Filling]:
    """The notes of one file, with what their sentences put in."""
    note: str | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("n ") and note is None:
            note = line[2:].strip()
        elif line.startswith("s ") and note is not None:
            words, said = tuple(note.split()), line[2:].strip()
            inserted = None if said == "-" else aligned(words, tuple(said.split()))
            if said != "-" and inserted is None:
                raise InputError(f"{path.name}:{number}: not the note and small words: {said!r}")
            yield Filling(words, inserted)
            note = None
        elif line.strip():
            raise InputError(f"{path.name}:{number}: neither a note nor its sentence: {line!r}")


def aligned(words: Sequence[str], said: Sequence[str]) -> tuple[str, ...] | None:
    """What a sentence puts in before each of a note's words; None where it does more than that."""

    @cache
    def rest(i: int, j: int) -> tuple[str, ...] | None:
        """What is put in from the note's word `j` on, in the sentence from its word `i` on."""
        if j == len(words):
            return () if i == len(said) else None
        for k in range(i, len(said)):
            if said[k] == words[j] and (behind := rest(k + 1, j + 1)) is not None:
                return (" ".join(said[i:k]), *behind)
            if said[k] not in SMALL_WORDS:
                return None
        return None

    return rest(0, 0)


def _files(folder: str, part: Part) -> list[Path]:
    return sorted((FOLDER / folder / ("test" if part == "test" else "train")).glob("*.txt"))


def _is_in(part: Part, name: str) -> bool:
    of_development = hashlib.sha256(name.encode()).digest()[0] / 256 < _DEV_SHARE
    return part == "test" or of_development == (part == "development")
