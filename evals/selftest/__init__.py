"""Grades the graders: do they catch what is planted, leave alone what is harmless, and fail coaches that are no good?

All from the cases' golden replies: no model, no recording.
"""

import random
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from coach.check import sentence_spans
from coach.letter import split_letter
from coach.verify import Verifier
from evals.cases import Case
from evals.gate import BLOCKING, Comparison, compare
from evals.graders import HARD, Fault, faults_of_expectations, faults_of_rules, judge, promised
from evals.progress import tracked
from evals.results import About, Results, Row, parse_results

LEAST_CAUGHT = 0.95
MOST_FALSE_ALARMS = 0.02
MOST_ALARMS_AA = 0.05
# Runs of one day on the embedded model, and whether each is worse; `measured/README.md` says how they were made.
RECORDED = {"again": ("the same prompt, with other seeds", False), "worse": ("a prompt made worse on purpose", True)}
_SEED = 0
_CANNED = (
    "Dear customer,\n\nThank you for contacting us. Your message is important to us and we value your feedback. "
    "We will look into this matter.\n\nKind regards,\nThe team"
)


@dataclass(frozen=True, slots=True)
class Planted:
    """A good reply with one fault in it.

    Attributes:
        rule: The rule that the fault breaks.
        case: Whose golden reply it was.
        reply: The reply with the fault.
        caught: Whether a rule is broken that was not before.
        by_name: Whether it is the right one.
    """

    rule: str
    case: str
    reply: str
    caught: bool
    by_name: bool


@dataclass(frozen=True, slots=True)
class Harmless:
    """A good reply, changed in a way that does no harm.

    Attributes:
        edit: What was changed.
        case: Whose golden reply it was.
        alarms: What is said against it that was not before.
    """

    edit: str
    case: str
    alarms: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Sabotage:
    """A coach that is no good, compared with the golden one.

    Attributes:
        name: What it does.
        comparison: Its replies, against the golden ones.
    """

    name: str
    comparison: Comparison

    @property
    def worse_in(self) -> list[str]:
        """The graders by which it is worse."""
        return [change.grader for change in self.comparison.changes if change.judgement == "worse"]


class Selftest:
    """The graders, and the golden replies to grade them by."""

    def __init__(self, verifier: Verifier, cases: Sequence[Case]) -> None:
        self._verifier = verifier
        self._cases = [case for case in cases if case.golden]
        self._golden = {case.id: self.faults(case, case.golden or "") for case in self._cases}

    def faults(self, case: Case, reply: str) -> tuple[Fault, ...]:
        """What the graders say against a reply."""
        verdict = judge(self._verifier, case, reply)
        of_rules = faults_of_rules(verdict.findings)
        return (*of_rules, *faults_of_expectations(case, case.expect.outcome, reply, verdict.commitments))

    def golden_failures(self) -> dict[str, tuple[Fault, ...]]:
        """The golden replies that do not pass."""
        return {case: faults for case, faults in self._golden.items() if faults}

    def planted(self) -> Iterator[Planted]:
        """Every kind of fault, each in several golden replies."""
        for rule, case, reply in tracked(list(self._plants()), lambda plant: plant[0]):
            yield self._judged(rule, case, reply)

    def _plants(self) -> Iterator[tuple[str, Case, str]]:
        dice = random.Random(_SEED)  # noqa: S311  nothing secret hangs on it
        plants = tomllib.loads((files(__name__) / "plants.toml").read_text(encoding="utf-8"))["plants"]
        english = [case for case in self._cases if not case.request.voice.language and case.group != "other language"]
        for rule, sentences in plants.items():
            for sentence in sentences:
                for case in dice.sample(english, 5):
                    yield rule, case, _with_sentence(case.golden or "", sentence, dice)
        for case in english:
            for rule, reply in _damaged(case):
                yield rule, case, reply

    def harmless(self) -> Iterator[Harmless]:
        """Golden replies with edits that change nothing that matters."""
        for case in tracked(self._cases, lambda case: case.id):
            known = {fault.grader for fault in self._golden[case.id]}
            for name, edit in HARMLESS.items():
                edited = edit(case.golden or "")
                if edited != case.golden:
                    alarms = tuple(fault for fault in self.faults(case, edited) if fault.grader not in known)
                    yield Harmless(name, case.id, alarms)

    def saboteurs(self) -> Iterator[Sabotage]:
        """Coaches that are no good, and the golden one last."""
        golden = self._results(lambda case: case.golden or "")
        for name, coach in tracked(list(SABOTEURS.items()), lambda saboteur: saboteur[0]):
            yield Sabotage(name, compare(golden, self._results(coach)))
        yield Sabotage("golden", compare(golden, golden))

    def alarms_of_chance(self, drop: float, runs: int) -> float:
        """How often the gate calls a run worse that differs from its base by chance, and by a drop of the pass rate.

        Each reply passes a hard rule nine times in ten, more often in some families than in others.

        Args:
            drop: By how much the candidate's rates of one rule are lower.
            runs: How many pairs of runs to draw.
        """
        dice = random.Random(_SEED)  # noqa: S311  nothing secret hangs on it
        return sum(self._drawn(dice, drop) for _ in tracked(range(runs), lambda _run: "by chance")) / runs

    def _drawn(self, dice: random.Random, drop: float) -> bool:
        rates = {case.id: [dice.betavariate(18, 2) for _ in HARD] for case in self._cases}

        def run(lower: float) -> Results:
            rows = []
            for case in self._cases:
                for sample in range(5):
                    broken = [
                        Fault(grader=rule, reason="drawn")
                        for i, rule in enumerate(HARD)
                        if dice.random() > rates[case.id][i] - (lower if i == 0 else 0)
                    ]
                    rows.append(_row(case, sample, "drawn", tuple(broken)))
            return _as_results(rows)

        return compare(run(0.0), run(drop), judged=BLOCKING).verdict == "worse"

    def _judged(self, rule: str, case: Case, reply: str) -> Planted:
        known = {fault.grader for fault in self._golden[case.id]}
        broken = {fault.grader for fault in self.faults(case, reply)} - known
        return Planted(rule, case.id, reply, bool(broken), rule in broken)

    def _results(self, coach: Callable[[Case], str]) -> Results:
        rows = []
        for case in self._cases:
            reply = coach(case)
            verdict = judge(self._verifier, case, reply)
            row = _row(case, 0, reply, self.faults(case, reply))
            rows.append(row.model_copy(update={"commitments": promised(verdict.commitments)}))
        return _as_results(rows)


def _with_sentence(reply: str, sentence: str, dice: random.Random) -> str:
    """A reply with a sentence more, somewhere among its own."""
    letter = split_letter(reply)
    ends = [end for _, end in sentence_spans(letter.body)] or [0]
    at = dice.choice(ends)
    body = f"{letter.body[:at]} {sentence}{letter.body[at:]}"
    return reply.replace(letter.body, body, 1)


def _damaged(case: Case) -> Iterator[tuple[str, str]]:
    """A golden reply without what it must have, or with what it must not: by rule."""
    reply = case.golden or ""
    letter = split_letter(reply)
    if number := re.search(r"\d{2,}", letter.body):
        other = str(int(number[0]) + 37)
        body = letter.body[: number.start()] + other + letter.body[number.end() :]
        yield "changed-facts", reply.replace(letter.body, body, 1)
    sentences = [letter.body[start:end] for start, end in sentence_spans(letter.body)]
    if case.expect.fault == "shop" and case.expect.outcome == "rewritten" and len(sentences) > 2:
        yield "no-ownership", reply.replace(letter.body, sentences[-1].strip(), 1)  # how it ends, and nothing before it
    yield (
        "wrong-language",
        (
            "Guten Tag, vielen Dank für Ihre Nachricht. Wir haben uns das angesehen und kümmern uns darum. "
            "Sie hören morgen wieder von uns. Mit freundlichen Grüßen"
        ),
    )
    yield "too-long", reply.replace(letter.body, "\n\n".join([letter.body] * 8), 1)
    if case.request.channel == "public":
        yield "private-data", _with_sentence(reply, "We wrote to you at jo.bell@example.com.", random.Random(_SEED))  # noqa: S311


def _spelled_out(text: str) -> str:
    text = re.sub(r"\b(I)'m\b", r"\1 am", text)
    text = re.sub(r"\b([Ww]e)'re\b", r"\1 are", text)
    text = re.sub(r"\b(I|[Ww]e)'ll\b", r"\1 will", text)
    text = re.sub(r"\b(I|[Ww]e)'ve\b", r"\1 have", text)
    return re.sub(r"\b(do|did|does)n't\b", r"\1 not", text)


HARMLESS: dict[str, Callable[[str], str]] = {
    "curly apostrophes": lambda text: text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}"),
    "spelled out": _spelled_out,
    "one paragraph": lambda text: re.sub(r"\n{2,}", "\n", text),
    "spaces at the ends of lines": lambda text: re.sub(r"\n", "  \n", text),
    "another greeting": lambda text: re.sub(r"^(?:Hi|Hello)\b", "Good morning", text),
    "a non-breaking space": lambda text: re.sub(r" (\d)", "\N{NO-BREAK SPACE}\\1", text),
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
}

SABOTEURS: dict[str, Callable[[Case], str]] = {
    "echoes the draft": lambda case: case.request.draft or "Noted.",
    "always sorry for feelings": lambda case: _with_sentence(
        case.golden or "",
        "I'm sorry that you feel that way.",
        random.Random(_SEED),  # noqa: S311
    ),
    "always refunds": lambda case: _with_sentence(
        case.golden or "",
        "I have refunded your order in full, and you get 200 on top.",
        random.Random(_SEED),  # noqa: S311
    ),
    "says nothing": lambda _case: "",
    "dumps the policy": lambda case: (
        "\n".join(policy.text for policy in case.request.policies or ()) or "See our terms."
    ),
    "one canned reply": lambda _case: _CANNED,
}


def _row(case: Case, sample: int, reply: str, faults: tuple[Fault, ...]) -> Row:
    return Row(
        case=case.id,
        family=case.family,
        group=case.group,
        sample=sample,
        outcome=case.expect.outcome,
        reply=reply,
        faults=faults,
        graded=("reply",),
    )


def _as_results(rows: Sequence[Row]) -> Results:
    about = About(model="selftest", prompt_version="", suite="", samples=1 + max(row.sample for row in rows))
    return Results(about=about, rows=tuple(rows))


def by_rule(planted: Sequence[Planted]) -> dict[str, list[Planted]]:
    """What was planted, by the rule that it breaks."""
    grouped = defaultdict(list)
    for one in planted:
        grouped[one.rule].append(one)
    return dict(grouped)


def recorded_against_base(name: str) -> Comparison:
    """What the gate says of one of the recorded runs, against the recorded base."""
    base, candidate = (
        parse_results(
            f"{run}.jsonl", (files("evals.selftest") / "measured" / f"{run}.jsonl").read_text(encoding="utf-8")
        )
        for run in ("base", name)
    )
    return compare(base, candidate)
