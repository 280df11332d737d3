"""What people see in a terminal."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.text import Text

from coach.rules import Catalogue
from coach.schemas import Finding, ReplyResponse

_BROKEN = "bold red underline"
_READY = "bold green"
_NOT_READY = "bold yellow"
_QUIET = "dim"

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)


def show_findings(text: str, findings: Sequence[Finding], rules: Catalogue) -> None:
    """A text with its faults underlined, and under it, rule by rule, what is wrong and what to write instead."""
    marked = Text(text)
    for finding in findings:
        marked.stylize(_BROKEN, finding.start, finding.end)
    out.print(Padding(marked, (0, 2)))
    out.print()
    for rule_id in dict.fromkeys(finding.rule for finding in findings):
        of_rule = [finding for finding in findings if finding.rule == rule_id]
        quotes = ", ".join(f"“{_short(finding.quote)}”" for finding in of_rule if finding.quote)
        out.print(Text.assemble((rule_id, "bold"), "  ", (quotes, "red")))
        for message in dict.fromkeys(finding.message for finding in of_rule):
            out.print(Padding(Text(message), (0, 0, 0, 2)))
        for finding in of_rule:
            if finding.suggestion is not None:
                out.print(Padding(Text(_suggestion(finding), style="green"), (0, 0, 0, 2)))
        out.print(Padding(Text(rules[rule_id].instead, style=_QUIET), (0, 0, 1, 2)))


def show_reply(response: ReplyResponse, draft: str | None, rules: Catalogue) -> None:
    """A coached reply, what was wrong with the draft, and why the reply can or cannot be sent."""
    if response.draft_findings and draft:
        heading(f"Your draft: {_counted(len(response.draft_findings), 'thing')} to change")
        show_findings(draft, response.draft_findings, rules)
    if response.outcome == "needs_input":
        heading("One question first", _NOT_READY)
        out.print(Padding(Text(response.question or ""), (0, 2)))
        return
    if response.outcome == "unchanged":
        heading("Your draft is good as it is", _READY)
    else:
        heading("The reply", _READY if response.ready else _NOT_READY)
    out.print(Padding(Text(response.reply or ""), (0, 2)))
    out.print()
    if response.reply_findings:
        heading(f"Not ready: {_counted(len(response.reply_findings), 'thing')} left to change by hand", _NOT_READY)
        show_findings(response.reply or "", response.reply_findings, rules)
    for commitment in response.commitments:
        out.print(Text.assemble("It promises: ", (_short(commitment.quote), "bold"), style=_QUIET))
        backing = f"Backed by: “{_short(commitment.backing)}”" if commitment.backing else "Nothing backs this."
        out.print(Padding(Text(backing, style=_QUIET), (0, 0, 0, 2)))
    for advice in response.advice:
        out.print(Text(advice.message, style=_NOT_READY))
    out.print(Text(_footer(response), style=_QUIET))


def heading(text: str, style: str = "bold") -> None:
    """A heading, with space under it."""
    out.print(Text(text, style=style))
    out.print()


@contextmanager
def progress_bar() -> Iterator["Progress"]:
    """A bar for work that takes long, where standard error is a terminal; it vanishes when the work is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Bars(*columns, console=err, transient=True, disable=not err.is_terminal) as bars:
        yield Progress(bars)


class Progress:
    """Tells a bar how far the work is."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task = bars.add_task("", visible=False)

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show what is going on, and how many bytes of how many are done."""
        self._bars.update(self._task, description=what, completed=done, total=total, visible=True)


def _footer(response: ReplyResponse) -> str:
    seconds = response.timings_ms["total"] / 1000
    state = "ready: every check passed" if response.ready else "not ready"
    if not response.attempts:
        return f"{state} · no model was asked"
    attempts = _counted(response.attempts, "attempt")
    tokens = response.usage.input_tokens + response.usage.output_tokens
    return f"{state} · {response.model} · {attempts} · {seconds:.1f} s · {tokens} tokens"


def _suggestion(finding: Finding) -> str:
    quote = _short(finding.quote)
    return f"“{quote}” → “{finding.suggestion}”" if finding.suggestion else f"Leave out “{quote}”."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _short(quote: str, length: int = 70) -> str:
    line = " ".join(quote.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"
