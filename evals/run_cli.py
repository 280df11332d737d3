"""`evals run`, `compare`, `report`, `recordings`: the suite, from recordings or from a model.

Exit codes: 0 no worse; 1 worse; 2 wrong use, or nothing selected; 3 something could not be measured.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import click
import httpx2
from rich.padding import Padding
from rich.text import Text

from coach.budget import count_tokens
from coach.check import Checker
from coach.cli import FINDINGS, NO_ANSWER, WRONG_USE
from coach.cli.render import err, heading, out
from coach.coaching import Coach
from coach.errors import InputError
from coach.local_model.server import CONTEXT_TOKENS, SEED, TEMPERATURE
from coach.logs import configure_logs
from coach.prompting import Prompts, load_prompts
from coach.rules import catalogue
from coach.settings import OPENAI_DEFAULT_MODEL, Settings, load_settings
from evals.briefs import BRIEFS
from evals.cases import Case, load_cases
from evals.gate import BLOCKING, Change, Comparison, compare
from evals.graders import FIRST
from evals.progress import Progress
from evals.recordings import Header, Recorder, Recordings, RecordingsError, locked
from evals.replay import Replay
from evals.report import inspect_log, junit, markdown, page
from evals.results import About, Results, Row, read_results, suite_of
from evals.run import Runner, Stopped, Summary, summary
from evals.tables import plain_table
from evals.variants import rows_of, with_variants

RECORDINGS = Path("evals/recordings/embedded.jsonl")
LAST_RUN = Path(".evals/results.jsonl")
_JOURNAL = Path(".evals/live.jsonl")
_TOKENS_OUT = 150  # of a reply, for the estimate
_CALLS = 1.3  # of the model, a reply


def _shared(*options: Callable[..., Callable[..., None]]) -> Callable[..., Callable[..., None]]:
    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_BASE = click.option("--base", metavar="REV|FILE", help="What to compare with; else main, as it was recorded there.")
_RULE = click.option("--rule", "rules", multiple=True, metavar="RULE", help="Judge this rule alone; may be repeated.")
_WRITE = _shared(
    click.option("--report", type=click.Path(path_type=Path), help="Write the report here, as one HTML file."),
    click.option("--markdown", "summary_file", type=click.Path(path_type=Path), help="Write a summary here."),
    click.option("--junit", "junit_file", type=click.Path(path_type=Path), help="Write JUnit XML here."),
    click.option("--inspect", "inspect_file", type=click.Path(path_type=Path), help="Write a log for Inspect here."),
)
_FILE = click.option(
    "--recordings",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=RECORDINGS,
    show_default=True,
    help="The recordings.",
)


@click.command("run")
@click.option("--live", "how", flag_value="live", help="Ask the model that the settings choose.")
@click.option("--record", "how", flag_value="record", help="The same, and record what is not recorded yet.")
@click.option("--family", "families", multiple=True, metavar="FAMILY", help="Only this family; may be repeated.")
@click.option("--no-variants", is_flag=True, help="The families' own complaints alone.")
@_RULE
@click.option("--samples", type=click.IntRange(1, 100), help="How often each case; else as is recorded.")
@click.option("--first-sample", type=click.IntRange(0), default=0, help="Where to begin to count: other samples.")
@click.option("--budget", type=click.FloatRange(0, min_open=True), metavar="USD", help="Stop at this cost.")
@click.option("--price", type=(float, float), metavar="IN OUT", help="What a million tokens cost, in USD.")
@_FILE
@click.option("--prompts", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Other prompts.")
@click.option("--brief", type=click.Choice(list(BRIEFS)), default="points", help="What the model is told of the draft.")
@_BASE
@_WRITE
@click.option("--replies", is_flag=True, help="Print each reply too.")
@click.pass_context
def run_command(  # noqa: PLR0913  a command's options
    ctx: click.Context,
    *,
    how: str | None,
    families: tuple[str, ...],
    no_variants: bool,
    rules: tuple[str, ...],
    samples: int | None,
    first_sample: int,
    budget: float | None,
    price: tuple[float, float] | None,
    file: Path,
    prompts: Path | None,
    brief: str,
    base: str | None,
    report: Path | None,
    summary_file: Path | None,
    junit_file: Path | None,
    inspect_file: Path | None,
    replies: bool,
) -> None:
    """Coach the cases, grade the replies, and say whether they are worse than before.

    Without --live or --record no model is asked: the recordings answer.
    """
    configure_logs(level="error")
    _expect_rules(rules)
    cases = load_cases(families)
    told = load_prompts(prompts)
    with ExitStack() as stack:
        if how is None:
            recorded = Recordings.read(file)
            count = samples or _samples_in(recorded, first_sample)
            replay = Replay(file, prompts, brief, count, first_sample, variants=not no_variants)
            rows = _played(replay, cases, recorded)
        else:
            runner, recorded = _asker(how, file, told, stack)
            runner.coach.brief_of = BRIEFS[brief]
            runner.first_sample = first_sample
            count = samples or (_samples_in(recorded, first_sample) if how == "record" else 1)
            runner.may_go_on = _within(budget, price, recorded, lambda: _estimate(runner.coach, cases, count))
            rows = asyncio.run(_run(runner, cases, count, not no_variants))
        about = About(model=recorded.header.model, prompt_version=told.version, suite=suite_of(cases), samples=count)
        results = Results(about=about, rows=tuple(rows))
        unused = 0
        all_of_it = not (families or no_variants or first_sample or samples)
        interrupted = len(rows) < _rows_wanted(rows, cases, count, no_variants)
        if how == "record" and not interrupted:
            recorded.write(only_used=all_of_it)
            _with_those_beside(results, file).write(_results_beside(file))
        if how == "live" and not interrupted and not any(row.error for row in rows):
            _JOURNAL.unlink(missing_ok=True)
        if not how and all_of_it and not interrupted:
            unused = len(recorded.unused)
    results.write(LAST_RUN)
    if replies:
        for row in rows:
            _show_reply(row)
    _show_results(results)
    comparison = _comparison(base, results, file)
    if comparison:
        show_comparison(comparison, rules)
    _write(results, comparison, report, summary_file, junit_file, inspect_file)
    if unused:
        out.print(f"\n{unused} recordings were not asked for: take them out with 'evals recordings --prune'.")
    if interrupted:
        out.print("\nInterrupted: what was done is kept, and the same command goes on from there.")
    ctx.exit(_exit_code(results, comparison, incomplete=bool(unused) or interrupted, rules=rules))


@click.command("compare")
@click.argument("base", metavar="REV|FILE")
@click.argument("candidate", required=False, metavar="[FILE]")
@_RULE
@_WRITE
@click.pass_context
def compare_command(  # noqa: PLR0913  a command's options
    ctx: click.Context,
    *,
    base: str,
    candidate: str | None,
    rules: tuple[str, ...],
    report: Path | None,
    summary_file: Path | None,
    junit_file: Path | None,
    inspect_file: Path | None,
) -> None:
    """Compare two runs' results: BASE and the last run, or another file."""
    _expect_rules(rules)
    results = _last_run(candidate)
    comparison = compare(read_results(base, _results_beside(RECORDINGS)), results)
    show_comparison(comparison, rules)
    _write(results, comparison, report, summary_file, junit_file, inspect_file)
    ctx.exit(_exit_code(results, comparison, rules=rules))


@click.command("report")
@click.argument("results", required=False, metavar="[FILE]")
@_BASE
@click.option("-o", "--out", "target", type=click.Path(path_type=Path), default=Path("report.html"), show_default=True)
def report_command(results: str | None, base: str | None, target: Path) -> None:
    """Make the report of the last run, or of a file of results."""
    read = _last_run(results)
    _write(read, _comparison(base, read), target)


@click.command("recordings")
@_FILE
@click.option("--prune", is_flag=True, help="Take out what the cases do not ask for.")
@click.pass_context
def recordings_command(ctx: click.Context, file: Path, prune: bool) -> None:
    """Say what is recorded, and whether the cases still ask for it."""
    configure_logs(level="error")
    recorded = Recordings.read(file)
    told, cases = load_prompts(), load_cases()
    rows = _played(Replay(file, samples=_samples_in(recorded)), cases, recorded)
    missing = [row for row in rows if row.error]
    header = recorded.header
    for name, value in (
        ("model", header.model),
        ("prompt", f"{header.prompt_version} (here: {told.version})"),
        ("answers", str(len(recorded.answers))),
        ("samples", str(_samples_in(recorded))),
        ("size", f"{file.stat().st_size / 1024:.0f} KiB"),
        ("not asked for", str(len(recorded.unused))),
        ("replies that cannot be measured", f"{len(missing)} of {len(rows)}"),
    ):
        out.print(f"  {name:<34}{value}", highlight=False)
    if prune and recorded.unused:
        with locked(file):
            recorded.write(only_used=True)
        out.print("\nWhat nobody asked for is gone.")
    ctx.exit(NO_ANSWER if missing or (recorded.unused and not prune) else 0)


def show_comparison(comparison: Comparison, rules: Sequence[str] = ()) -> None:
    """Print what has changed, grader by grader, and the verdict."""
    table = plain_table("grader", "before", "after", "points", "90 % interval", "p", "")
    for change in comparison.changes:
        if _is_about(change.grader, rules) and (rules or change.grader in BLOCKING or change.judgement != "no worse"):
            table.add_row(*change_cells(change))
    out.print()
    out.print(Text(f"against prompt {comparison.base.about.prompt_version}: {comparison.pairs} pairs"))
    out.print(table)
    if blocking := [change for change in comparison.changes if change.grader in BLOCKING]:
        seen = max(blocking, key=lambda change: change.smallest_seen)
        out.print(
            f"\nThe smallest drop that this run could have seen in a rule that can block: "
            f"{seen.smallest_seen * 100:.1f} points ({seen.grader}), and less in the others."
        )
    for told in comparison.not_measured[:10]:
        out.print(Text(f"  not measured: {told}"))
    if len(comparison.not_measured) > 10:
        out.print(f"  ... and {len(comparison.not_measured) - 10} more")
    words = {"pass": "no worse", "worse": "WORSE", "unclear": "unclear", "not measured": "COULD NOT MEASURE"}
    out.print(Text(f"\nVerdict: {words[comparison.verdict]}", style="bold"))


def change_cells(change: Change) -> tuple[str, ...]:
    """A change as the cells of a row."""
    mark = {"worse": "WORSE" if change.blocks else "worse", "no worse": "", "unclear": "unclear"}
    return (
        change.grader,
        f"{change.before:.0%}",
        f"{change.after:.0%}",
        f"{change.difference * 100:+.1f}",
        f"{change.low * 100:+.0f} to {change.high * 100:+.0f}",
        change.told_p.removeprefix("= "),
        mark.get(change.judgement, change.judgement),
    )


def _played(replay: Replay, cases: Sequence[Case], recorded: Recordings) -> list[Row]:
    """What comes of recordings."""
    processes = replay.processes(cases)
    if processes > 1:
        progress = Progress(rows_of(cases, replay.samples, variants=replay.variants))
        return replay.in_processes(processes, cases, recorded, lambda row: progress(row.case))
    return asyncio.run(_run(replay.runner(recorded, Checker()), cases, replay.samples, replay.variants))


def _asker(how: str, file: Path, prompts: Prompts, stack: ExitStack) -> tuple[Runner, Recordings]:
    """What asks the model that the settings choose, and where its answers are kept."""
    from coach.app import model_for  # noqa: PLC0415  it brings a web server, which a replay has no use for

    settings = load_settings()
    name = model_for(settings).name if settings.embedded else settings.model or OPENAI_DEFAULT_MODEL
    header = _header(settings, prompts, name)
    file = file if how == "record" else _JOURNAL
    stack.enter_context(locked(file))
    recorded = Recordings.read(file) if file.exists() else Recordings.new(file, header)
    same_but_prompts = recorded.header.model_copy(update={"prompt_version": header.prompt_version}) == header
    if how == "record" and not same_but_prompts:
        raise InputError(f"{file} was recorded with {recorded.header.model} and other settings: name another file.")
    if recorded.header != header:  # other prompts ask for other things: whatever they ask for again may stay
        recorded = Recordings(file, header, recorded.answers if how == "record" else {})
        recorded.write()
    model = model_for(settings, http_client=lambda: _client(Recorder(recorded, httpx2.AsyncHTTPTransport())))
    coach = Coach(model, Checker(), prompts=prompts, deadline_ms=settings.deadline_ms)
    return Runner(coach, recorded), recorded


def _within(
    budget: float | None,
    price: tuple[float, float] | None,
    recorded: Recordings,
    tokens: Callable[[], tuple[int, int]],
) -> Callable[[], None]:
    """What stops a run at its budget; nothing where the model is the embedded one, which costs nothing.

    The estimate and the limit are shown before it starts.

    Raises:
        InputError: Nobody said what it costs, or what it may cost; or the estimate is more than that.
    """
    if recorded.header.embedded:
        return lambda: None
    if budget is None or price is None:
        raise InputError("This model costs money: say what a million tokens cost (--price IN OUT), and --budget USD.")

    def cost(tokens_in: float, tokens_out: float) -> float:
        return (tokens_in * price[0] + tokens_out * price[1]) / 1e6

    estimate = cost(*tokens())
    err.print(f"About {estimate:.2f} USD at most; the run stops at {budget:.2f} USD.")
    if estimate > budget:
        raise InputError(f"The estimate of {estimate:.2f} USD is over the budget of {budget:.2f} USD.")

    def go_on() -> None:
        spent = sum(
            cost(answer.usage.get("prompt_tokens", 0), answer.usage.get("completion_tokens", 0))
            for answer in recorded.sent
        )
        if spent >= budget:
            raise Stopped(f"not run: the budget of {budget:.2f} USD is spent")

    return go_on


def _estimate(coach: Coach, cases: Sequence[Case], samples: int) -> tuple[int, int]:
    """Tokens in and out, if every case needed the model; a family's variants are about as long as itself."""
    tokens_in = tokens_out = 0
    for family in cases:
        replies = rows_of([family], samples, variants=True) * _CALLS
        tokens_in += round(count_tokens(coach.plan(family.request).messages) * replies)
        tokens_out += round(_TOKENS_OUT * replies)
    return tokens_in, tokens_out


async def _run(runner: Runner, cases: Sequence[Case], samples: int, variants: bool) -> list[Row]:
    rows: list[Row] = []
    progress = Progress(rows_of(cases, samples, variants=variants))

    def told(row: Row) -> None:
        rows.append(row)
        progress(row.case)

    runner.told = told
    try:
        await runner.coach.model.start()
        await runner.run(cases, samples, variants=variants)
    except asyncio.CancelledError:  # Ctrl-C: what is done is worth keeping
        pass
    finally:
        await runner.coach.model.close()
    return rows


def _rows_wanted(rows: Sequence[Row], cases: Sequence[Case], samples: int, no_variants: bool) -> int:
    """How many rows a whole run has: a question is not coached twice."""
    if no_variants:
        return rows_of(cases, samples, variants=False)
    own = [row for row in rows if "/" not in row.case and not row.error]
    questions = sum("reply" not in row.graded for row in own)
    return rows_of(cases, samples, variants=True) - questions


def _client(transport: httpx2.AsyncBaseTransport) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=transport)


def _header(settings: Settings, prompts: Prompts, name: str) -> Header:
    if settings.embedded:
        from coach.app import model_for  # noqa: PLC0415  the same

        name = model_for(settings).name
        return Header(
            model=f"{name} (embedded)",
            embedded=True,
            asked_as="local",
            own_server=True,
            context_tokens=CONTEXT_TOKENS,
            temperature=TEMPERATURE,
            seed=SEED,
            prompt_version=prompts.version,
        )
    return Header(
        model=name,
        embedded=False,
        asked_as=name,
        own_server=settings.openai_base_url is not None,
        context_tokens=settings.context_tokens,
        temperature=settings.temperature,
        seed=None,
        prompt_version=prompts.version,
    )


def _samples_in(recorded: Recordings, first: int = 0) -> int:
    """How many samples of each case there are from some sample on; one where there is none yet."""
    return max(max((answer.sample for answer in recorded.answers.values()), default=0) + 1 - first, 1)


def _results_beside(recordings: Path) -> Path:
    return recordings.with_suffix(".results.jsonl")


def _last_run(file: str | None) -> Results:
    path = Path(file) if file else LAST_RUN
    if not path.is_file():
        raise InputError(f"There are no results at {path}: make some with 'evals run'.")
    return read_results(str(path), path)


def _with_those_beside(results: Results, recordings: Path) -> Results:
    """Results, and those that the file beside the recordings has of other cases."""
    beside = _results_beside(recordings)
    if not beside.is_file():
        return results
    new = {(row.case, row.sample) for row in results.rows}
    kept = [row for row in read_results(str(beside), beside).rows if (row.case, row.sample) not in new]
    known = {case.id for case in with_variants(load_cases())}
    return results.model_copy(update={"rows": (*results.rows, *(row for row in kept if row.case in known))})


def _comparison(base: str | None, results: Results, recordings: Path = RECORDINGS) -> Comparison | None:
    """The comparison with what was asked for, or with main; None where there is nothing to compare with."""
    ours = recordings.parent == RECORDINGS.parent
    inside = _results_beside(recordings if ours else RECORDINGS)
    for tried in (base,) if base else ("origin/main", "main", str(inside)):
        try:
            return compare(read_results(tried, inside), results)
        except InputError:
            if base:
                raise
    out.print("\nNothing to compare with: no results are recorded on main.")
    return None


def _exit_code(
    results: Results, comparison: Comparison | None, *, incomplete: bool = False, rules: Sequence[str] = ()
) -> int:
    if comparison and any(change.blocks and _is_about(change.grader, rules) for change in comparison.changes):
        return FINDINGS
    if not results.rows:
        return WRONG_USE
    if incomplete or any(row.error for row in results.rows) or (comparison and not comparison.pairs):
        return NO_ANSWER
    return 0


def _expect_rules(rules: Sequence[str]) -> None:
    if unknown := [rule for rule in rules if rule not in catalogue()]:
        raise InputError(f"There is no rule {', '.join(unknown)}; there are {', '.join(catalogue())}.")


def _is_about(grader: str, rules: Sequence[str]) -> bool:
    return not rules or grader.removeprefix(FIRST) in rules


def _write(results: Results, comparison: Comparison | None, *targets: Path | None) -> None:
    """Write what people are shown: the page, the summary, JUnit XML, Inspect's log, each where a target is given."""
    for target, make in zip(targets, (page, markdown, junit, inspect_log), strict=False):
        if target:
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(make(results, comparison), encoding="utf-8")
            except OSError as error:
                raise RecordingsError(f"{target} cannot be written: {error.strerror or error}.") from None
            err.print(f"Wrote {target}.", highlight=False)


def _show_reply(row: Row) -> None:
    heading(row.case)
    out.print(Padding(Text(row.reply or row.error or ""), (0, 2, 1, 4)))
    for fault in row.faults:
        out.print(Padding(Text(f"{fault.grader}: {fault.reason} {fault.quote}", style="dim"), (0, 2, 0, 4)))


def _show_results(results: Results) -> None:
    table = plain_table("group", "replies", "ready", "as expected", "fit at first", "not measured")
    groups = sorted({row.group for row in results.rows})
    for group in [*groups, "all"]:
        rows = [row for row in results.rows if group in {row.group, "all"}]
        figures = summary(rows)
        table.add_row(group, *_cells(rows, figures), style="bold" if group == "all" else None)
    out.print(table)
    out.print()
    figures = summary(results.rows)
    out.print(Text(f"model {results.about.model}, prompt {results.about.prompt_version}"))
    for name, value in _lines(figures):
        out.print(f"  {name:<30}{value}", highlight=False)


def _cells(rows: Sequence[Row], figures: Summary) -> tuple[str, ...]:
    written = [row for row in rows if "first" in row.graded]
    fit = sum(not any(fault.grader.startswith(FIRST) for fault in row.faults) for row in written)
    return (
        str(len(rows)),
        f"{figures.ready} of {len(rows) - figures.questions - figures.errors}",
        str(figures.as_expected),
        f"{fit} of {len(written)}",
        str(figures.errors or ""),
    )


def _lines(figures: Summary) -> list[tuple[str, str]]:
    lines = [
        ("ready", f"{figures.ready} of {figures.replies}, and {figures.questions} questions"),
        ("ready at the first attempt", str(figures.ready_first)),
        ("as the case expects", str(figures.as_expected)),
        ("could not be measured", str(figures.errors)),
        ("attempts", str(figures.attempts)),
        ("tokens in, cached, out", ", ".join(map(str, figures.tokens))),
        ("caught in first attempts", ", ".join(f"{rule} {n}" for rule, n in figures.caught.items()) or "nothing"),
    ]
    if figures.seconds_median is not None:
        lines.append(("seconds, median and longest", f"{figures.seconds_median:.1f}, {figures.seconds_max:.1f}"))
    if figures.first_sentence_median is not None:
        lines.append(("seconds to a first sentence", f"{figures.first_sentence_median:.1f}"))
    return lines
