"""What came of a run: a row a case and sample, kept as JSON Lines, so that two runs can be laid side by side."""

import hashlib
import subprocess
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from coach.errors import InputError
from coach.rules import catalogue
from evals.cases import Case
from evals.graders import EXPECTED, FIRST, Fault, Promised
from evals.recordings import json_line, parsed_line, write_lines

FORMAT = 1


class Row(BaseModel):
    """What came of a case, once.

    Attributes:
        case: The case.
        family: Its family.
        group: The kind of complaint.
        sample: The number of the sample, from 0.
        error: Why nothing could be measured; then nothing of what follows is set.
        outcome: What came of it.
        attempts: How often the model was asked.
        reply: The reply; where a question came in its place, the question.
        first: What the model wrote at its first attempt, where it was asked.
        commitments: What the reply binds the shop to: kinds and amounts.
        faults: What the graders say against it.
        graded: What of it could be judged: `reply`, `first`, `relation`.
        tokens: In, out of the cache, and out.
        model_ms: Milliseconds that the model took, by the clock at the time of the recording.
        seconds: To the reply; None where the answers were played back.
        first_sentence_s: To the first sentence that had passed; likewise.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    case: str
    family: str
    group: str
    sample: int
    error: str | None = None
    outcome: str = ""
    attempts: int = 0
    reply: str | None = None
    first: str | None = None
    commitments: tuple[Promised, ...] = ()
    faults: tuple[Fault, ...] = ()
    graded: tuple[str, ...] = ()
    tokens: tuple[int, int, int] = (0, 0, 0)
    model_ms: int = 0
    seconds: float | None = None
    first_sentence_s: float | None = None

    def passes(self, grader: str) -> bool | None:
        """Whether it passes a grader; None where that grader has nothing to judge."""
        if self.error:
            return None
        if grader.startswith(FIRST):
            stage = "first"
        elif grader in EXPECTED:
            stage = grader if grader == "relation" else ""
        else:
            stage = "reply"
        if stage and stage not in self.graded:
            return None
        return all(fault.grader != grader for fault in self.faults)

    @property
    def passes_all(self) -> bool:
        """Whether what leaves is as it should be: no rule broken, all expectations met."""
        return not self.error and not any(not fault.grader.startswith(FIRST) for fault in self.faults)


class About(BaseModel):
    """What was run.

    Attributes:
        results: The format's number.
        model: The model's name.
        prompt_version: The version of the prompts.
        suite: A hash of the cases.
        samples: How many samples of each case.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    results: int = FORMAT
    model: str
    prompt_version: str
    suite: str
    samples: int


class Results(BaseModel):
    """A run.

    Attributes:
        about: What was run.
        rows: What came of it.
    """

    model_config = ConfigDict(frozen=True)
    about: About
    rows: tuple[Row, ...]

    @property
    def measured(self) -> list[Row]:
        """The rows in which something could be measured."""
        return [row for row in self.rows if not row.error]

    def rate(self, grader: str) -> float | None:
        """The share that passes a grader; None where it had nothing to judge."""
        judged = [passed for row in self.rows if (passed := row.passes(grader)) is not None]
        return sum(judged) / len(judged) if judged else None

    def write(self, path: Path) -> None:
        """Write them to a file.

        Raises:
            RecordingsError: It cannot be written.
        """
        rows = sorted(self.rows, key=lambda row: (row.case, row.sample))
        write_lines(path, [json_line(self.about), *(json_line(row, defaults=False) for row in rows)])


def graders() -> list[str]:
    """All graders, in the order in which tables show them."""
    rules = list(catalogue())
    return [*rules, *EXPECTED, *(FIRST + rule for rule in rules)]


def suite_of(cases: Sequence[Case]) -> str:
    """A hash of some cases."""
    return hashlib.sha256("\n".join(case.model_dump_json() for case in cases).encode()).hexdigest()[:12]


def read_results(base: str, inside: Path) -> Results:
    """The results in a file, or those that a revision of this repository holds.

    Args:
        base: A file, or a revision.
        inside: Where a revision keeps them, relative to the repository's root.

    Raises:
        InputError: There are none, or they cannot be read.
    """
    if Path(base).is_file():
        return parse_results(base, Path(base).read_text(encoding="utf-8"))
    shown = subprocess.run(  # noqa: S603  a revision's name is an argument, never a command
        ["git", "show", "--end-of-options", f"{base}:{inside.as_posix()}"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    if shown.returncode:
        raise InputError(f"{base} is neither a file of results nor a revision that holds {inside}.")
    return parse_results(f"{base}:{inside}", shown.stdout)


def parse_results(name: str, text: str) -> Results:
    """Read results.

    Raises:
        InputError: They are not of the form; it names file and line.
    """
    lines = [line for line in text.splitlines() if line.strip()] or [""]
    about = parsed_line(About, name, 1, lines[0])
    return Results(about=about, rows=tuple(parsed_line(Row, name, n, line) for n, line in enumerate(lines[1:], 2)))
