"""The same in words: Markdown for a pull request, JUnit XML for a CI system."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from evals.gate import BLOCKING, Comparison, pass_power_k
from evals.graders import FIRST
from evals.results import Results
from evals.run import summary

_VERDICTS = {
    "pass": "no worse",
    "worse": "**worse**",
    "unclear": "unclear: the run is too small to tell",
    "not measured": "**could not be measured**",
}
_TOLD = 20


def markdown(results: Results, comparison: Comparison | None) -> str:
    """A summary for a pull request."""
    return "\n".join(_markdown(results, comparison)) + "\n"


def junit(results: Results, comparison: Comparison | None) -> str:
    """JUnit XML: a test a case and sample, and one a rule that can block. What was not measured is an error."""
    root = Element("testsuites", name="evals")
    cases = SubElement(root, "testsuite", name="replies", tests=str(len(results.rows)))
    for row in results.rows:
        test = SubElement(
            cases, "testcase", classname=f"{row.group}.{row.family}".replace(" ", "-"), name=f"{row.case}#{row.sample}"
        )
        if row.error:
            SubElement(test, "error", message=row.error)
        elif not row.passes_all:
            told = [f"{f.grader}: {f.reason} {f.quote}".strip() for f in row.faults if not f.grader.startswith(FIRST)]
            # A reply that fails is a figure, not a broken build: what blocks is the gate below.
            SubElement(test, "system-out").text = "\n".join(told)
    changes = [change for change in comparison.changes if change.grader in BLOCKING] if comparison else []
    gate = SubElement(root, "testsuite", name="gate", tests=str(len(changes)))
    for change in changes:
        test = SubElement(gate, "testcase", classname="gate", name=change.grader)
        if change.blocks:
            drop = f"{change.before:.1%} -> {change.after:.1%}, p {change.told_p}"
            SubElement(test, "failure", message=drop)
    for suite in (cases, gate):
        suite.set("errors", str(len(suite.findall("testcase/error"))))
        suite.set("failures", str(len(suite.findall("testcase/failure"))))
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _markdown(results: Results, comparison: Comparison | None) -> Iterator[str]:
    about, figures = results.about, summary(results.rows)
    yield f"### Reply coach evals: {_VERDICTS[comparison.verdict] if comparison else 'nothing to compare with'}"
    yield ""
    yield (
        f"{figures.replies} replies, prompt `{about.prompt_version}`, model {about.model}: {figures.ready} ready, "
        f"{figures.questions} questions, {figures.as_expected} as expected, {figures.errors} not measured."
    )
    power = pass_power_k(results, about.samples)
    if power:
        yield "pass^k: " + ", ".join(f"{k}: {share:.0%}" for k, share in enumerate(power, 1)) + "."
    if comparison:
        yield ""
        yield "| rule | before | after | change | 90 % interval | p | smallest drop seen | |"
        yield "|---|---|---|---|---|---|---|---|"
        for change in comparison.changes:
            if change.grader in BLOCKING or change.judgement in {"worse", "better"}:
                yield (
                    f"| {change.grader} | {change.before:.1%} | {change.after:.1%} | {change.difference * 100:+.1f} "
                    f"| {change.low * 100:+.1f} to {change.high * 100:+.1f} | {change.told_p.removeprefix('= ')} "
                    f"| {change.smallest_seen * 100:.1f} | {change.judgement}{' (blocks)' if change.blocks else ''} |"
                )
        for told in comparison.not_measured[:_TOLD]:
            yield f"- not measured: {told}"
