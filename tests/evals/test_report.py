"""What people are shown of a run says what came of it, and shows no text as anything but text."""

import json
from xml.etree.ElementTree import fromstring

import pytest

from evals.gate import compare
from evals.graders import Fault
from evals.report import inspect_log, junit, markdown, page
from evals.results import About, Results, Row

REPLY = "I'm sorry <b>that</b> you feel this way & more."


def results(failing: int, *, families: int = 20, error: str | None = None) -> Results:
    """A run in which so many families' replies are fauxpologies."""
    start, end = REPLY.index("that"), REPLY.index(" &")
    fault = Fault(grader="fauxpology", reason="R.", quote=REPLY[start:end], start=start, end=end)
    names = ["late", *(f"f{n}" for n in range(1, families))]
    rows = [
        Row(
            case=name,
            family=name,
            group="shop at fault",
            sample=0,
            outcome="rewritten",
            reply=REPLY if n < failing else "We posted it late.",
            faults=(fault,) if n < failing else (),
            graded=("reply",),
            error=error if name == "f3" else None,
            model_ms=1500,
        )
        for n, name in enumerate(names)
    ]
    return Results(about=About(model="m & n", prompt_version="p1", suite="s1", samples=1), rows=tuple(rows))


def test_the_page_needs_nothing_else() -> None:
    """No script, no address, no file beside it."""
    text = page(results(0), None)
    assert "<script" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert "src=" not in text


def test_the_page_shows_what_newly_fails() -> None:
    """The verdict, the rule, and what was caught, marked in the reply; and the difference to the reply before."""
    text = page(results(9), compare(results(0), results(9)))
    assert '<span class="badge worse">Worse</span>' in text
    assert "<b>fauxpology</b>" in text
    assert "I&#39;m sorry &lt;b&gt;<mark>that&lt;/b&gt; you feel this way</mark>" in text
    assert "<del>We posted it late. </del>" in text
    assert 'class="worse" style="--h:90">55 ▼' in text
    assert "Newly failing, worst first (1 shown)" in text  # the others are in no case file


def test_what_failed_before_is_not_new() -> None:
    """It stands in the table, and not among what to look at."""
    text = page(results(9), compare(results(9), results(9)))
    assert '<span class="badge pass">No worse</span>' in text
    assert "(0 shown)" in text


def test_on_paper_the_page_is_whole_and_light() -> None:
    """The dark colours are the screen's alone, and nothing of the maps is behind a scroll bar."""
    text = page(results(9), compare(results(9), results(9)))
    assert text.count("prefers-color-scheme") == text.count("@media screen and (prefers-color-scheme: dark)") == 1
    on_paper = text[text.index("@media print") : text.index("</style>")]
    assert ".wide { overflow: visible; }" in on_paper
    assert "@page { size: A4 landscape;" in text


@pytest.mark.parametrize(
    ("before", "after", "error", "told"),
    [
        (0, 0, None, "no worse"),
        (0, 9, None, "**worse**"),
        (0, 3, None, "unclear: the run is too small to tell"),
        (0, 0, "no recording", "**could not be measured**"),
    ],
)
def test_a_summary_begins_with_the_verdict(before: int, after: int, error: str | None, told: str) -> None:
    """In words; what was not measured is listed."""
    now = results(after, error=error)
    text = markdown(now, compare(results(before), now))
    assert text.startswith(f"### Reply coach evals: {told}\n")
    assert ("- not measured: f3, sample 0: no recording" in text) == (error is not None)
    assert "| fauxpology | 100.0% |" in text


def test_junit_tells_errors_from_failures() -> None:
    """What could not be measured is an error; what blocks is a failure of the gate's."""
    now = results(12, error="no recording")
    cases, gate = fromstring(junit(now, compare(results(0), now)))
    assert (cases.get("tests"), cases.get("errors"), cases.get("failures")) == ("20", "1", "0")
    assert (gate.get("errors"), gate.get("failures")) == ("0", "1")
    (failed,) = gate.findall("testcase[failure]")
    assert failed.get("name") == "fauxpology"
    told = [text for case in cases if (text := case.findtext("system-out"))]
    assert len(told) == 11
    assert told[0].startswith("fauxpology: R. that</b> you feel")


def test_inspects_log_has_a_sample_a_reply_and_a_score_a_grader() -> None:
    """With the customer's message, the reply, and why a grader failed it."""
    log = json.loads(inspect_log(results(9), None))
    assert (log["version"], log["status"], len(log["samples"])) == (2, "success", 20)
    [failed] = [sample for sample in log["samples"] if sample["id"] == "late"]
    assert failed["input"].startswith("THIRD email!!!")
    assert failed["output"]["choices"][0]["message"]["content"] == REPLY
    assert failed["scores"]["fauxpology"]["value"] == "I"
    assert failed["scores"]["fauxpology"]["explanation"].startswith("R. that")
    assert failed["scores"]["blame"] == {"value": "C", "explanation": ""}
    accuracies = {score["name"]: score["metrics"]["accuracy"]["value"] for score in log["results"]["scores"]}
    assert accuracies["fauxpology"] == 11 / 20
    assert "first:blame" not in accuracies  # nothing to judge


def test_inspects_log_says_what_was_not_measured() -> None:
    """As an error of the sample, and of the whole: Inspect would count it as done."""
    log = json.loads(inspect_log(results(0, error="stale"), None))
    assert log["status"] == "error"
    assert log["error"]["message"] == "1 of 20 replies could not be measured."
    [sample] = [sample for sample in log["samples"] if "error" in sample]
    assert sample["error"]["message"] == "stale"
    assert sample["scores"] == {}
