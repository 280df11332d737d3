"""`evals` prints what was measured, and its exit code tells a figure from a failure."""

import json
import re
import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from coach.rules import catalogue
from evals.cases import load_cases
from tests.fake_upstream import FakeUpstream, answering, failing
from tests.terminal import run_beside, type_in

BLAME = "You should have read the listing"
BROKEN = "I'm sorry, we left the padding out. You can choose a replacement or a full refund; please send us a photo."
LATE = (
    "I'm sorry, we forgot to book the collection. Tracking shows that the lamp left Bristol this morning; "
    "it should be with you tomorrow. We'll refund the postage."
)


def test_cases_are_listed() -> None:
    """Each with its story, to choose from."""
    screen = type_in("evals", "cases")
    assert screen.code == 0
    for case in load_cases():
        assert case.id in screen.words
    assert "broken shop at fault 4 The parcel arrived broken." in screen.words
    assert f"{len(load_cases())} families, " in screen.words


def test_the_check_is_measured_on_the_rules_examples() -> None:
    """Without a file the own examples of the rules about words are measured: a line a rule, and one for all."""
    screen = type_in("evals", "check")
    assert screen.code == 0
    about_words = [rule for rule in catalogue().values() if rule.scope == "words"]
    for rule in about_words:
        assert f"\n{rule.id} " in screen.out
    bad = sum(len(rule.bad) for rule in about_words)
    good = sum(len(rule.good) for rule in about_words)
    told = re.search(
        rf"{bad + good} texts: of {bad} with a fault {bad} are flagged, of {good} clean ones (\d+) ", screen.words
    )
    assert told
    assert int(told[1]) >= 0.96 * good  # the tagger is no certainty, even of what it was trained on


def test_the_check_is_measured_on_a_file(tmp_path: Path) -> None:
    """Labels, hits, false alarms and the shares; a dash where there is nothing to take a share of."""
    items = [
        {"text": f"{BLAME}.", "findings": [{"rule": "blame", "start": 0, "end": 9}]},
        {"text": "A large leaves today.", "findings": [{"rule": "jargon", "start": 0, "end": 7}]},
        {"text": f"{BLAME}."},
    ]
    (tmp_path / "set.jsonl").write_text("\n".join(map(json.dumps, items)))
    screen = type_in("evals", "check", "set.jsonl")
    assert screen.code == 0
    assert "blame 1 1 1 0.50 1.00 0.67 " in screen.words
    assert "jargon 1 0 0 - 0.00 0.00 " in screen.words
    assert "all 2 1 1 0.50 0.50 0.50 " in screen.words
    assert screen.words.endswith("3 texts: of 2 with a fault 1 are flagged, of 1 clean ones 0 are left alone.")


def text_of(name: str) -> str:
    """What is in a file; nothing where there is none."""
    return Path(name).read_text(encoding="utf-8") if Path(name).exists() else ""


PAID = ("--price", "1", "2", "--budget", "5")


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Callable[[FakeUpstream], None]:
    """Has the settings choose a server."""

    def choose(upstream: FakeUpstream) -> None:
        monkeypatch.setenv("COACH_MODEL", "m1")
        monkeypatch.setenv("OPENAI_BASE_URL", upstream.url)

    return choose


async def test_a_live_run_prints_its_figures(model: Callable[[FakeUpstream], None]) -> None:
    """What may be spent is shown before it starts; then the figures, with the model and the prompt's version."""
    async with FakeUpstream(answering(BROKEN), answering(LATE)) as upstream:
        model(upstream)
        families = ("--family", "broken", "--family", "late", "--no-variants")
        screen = await run_beside("evals", "run", "--live", *families, *PAID, "--replies")
    assert screen.code == 0
    assert re.search(r"About 0\.\d\d USD at most; the run stops at 5\.00 USD\.", screen.err)
    assert BROKEN in screen.words
    assert LATE in screen.words
    assert "model m1, prompt " in screen.words
    assert "ready 2 of 2, and 0 questions ready at the first attempt 2 as the case expects 2" in screen.words
    assert "could not be measured 0 attempts 2 tokens in, cached, out 40, 16, 10" in screen.words
    assert "seconds to a first sentence " in screen.words


async def test_a_run_says_what_the_model_broke_at_first(model: Callable[[FakeUpstream], None]) -> None:
    """Before it was put right."""
    async with FakeUpstream(answering(f"{BLAME}. {LATE}"), answering(LATE)) as upstream:
        model(upstream)
        screen = await run_beside("evals", "run", "--live", "--family", "late", "--no-variants", *PAID)
    assert screen.code == 0
    assert re.search(r"caught in first attempts .*\bblame 1\b", screen.words)


@pytest.mark.parametrize(("brief", "told"), [("points", False), ("sentences", False), ("draft", True)])
async def test_the_brief_can_be_chosen(model: Callable[[FakeUpstream], None], brief: str, told: bool) -> None:
    """To compare what the model writes when it is told more, or less, of the draft."""
    async with FakeUpstream(answering(LATE)) as upstream:
        model(upstream)
        await run_beside("evals", "run", "--live", "--family", "late", "--no-variants", "--brief", brief, *PAID)
        (request,) = upstream.completions
    assert ("No need to be rude." in request.body["messages"][-1]["content"]) == told


async def test_what_is_recorded_is_played_back_without_a_model(model: Callable[[FakeUpstream], None]) -> None:
    """The same replies and the same figures; main's own results are what it is compared with."""
    async with FakeUpstream(answering(LATE)) as upstream:
        model(upstream)
        where = ("--family", "late", "--recordings", "r.jsonl")
        recorded = await run_beside("evals", "run", "--record", *where, *PAID)
        calls = len(upstream.completions)
        again = await run_beside("evals", "run", "--record", *where, *PAID)
        assert len(upstream.completions) == calls  # nothing that is recorded is paid for again
    played = await run_beside("evals", "run", *where, "--base", "r.results.jsonl", "--replies")
    assert (recorded.code, again.code, played.code) == (0, 0, 0)
    assert LATE in played.words
    assert "Verdict: no worse" in played.words
    figures = re.compile(r"ready \d+ of .*attempts \d+ tokens in, cached, out [\d, ]+")
    assert figures.findall(recorded.words)[0] == figures.findall(played.words)[0]


async def test_recording_anew_keeps_all_samples(
    model: Callable[[FakeUpstream], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was recorded three times is asked for three times again, and none of it is taken for unused."""
    monkeypatch.setattr("evals.run_cli.load_cases", lambda _ids=(): load_cases(["late"]))
    where = ("--recordings", "r.jsonl", *PAID)
    async with FakeUpstream(answering(LATE)) as upstream:
        model(upstream)
        await run_beside("evals", "run", "--record", "--samples", "3", *where)
        first = text_of("r.jsonl")
        again = await run_beside("evals", "run", "--record", *where)
    assert again.code == 0
    assert text_of("r.jsonl") == first
    samples = {json.loads(line)["sample"] for line in first.splitlines()[1:]}
    assert samples == {0, 1, 2}


async def test_recording_one_family_keeps_what_is_known_of_the_others(model: Callable[[FakeUpstream], None]) -> None:
    """Answers and results alike."""
    where = ("--no-variants", "--recordings", "r.jsonl")
    async with FakeUpstream(answering(LATE)) as upstream:
        model(upstream)
        await run_beside("evals", "run", "--record", "--family", "late", *where, *PAID)
        await run_beside("evals", "run", "--record", "--family", "hosting-outage", *where, *PAID)
    for name in ("r.jsonl", "r.results.jsonl"):
        lines = [json.loads(line) for line in text_of(name).splitlines()[1:]]
        assert {line["case"] for line in lines} == {"late", "hosting-outage"}


async def test_two_models_do_not_share_a_file(model: Callable[[FakeUpstream], None], tmp_path: Path) -> None:
    """Whatever the prompts: one's answers would be taken for the other's."""
    shutil.copytree(Path(__file__).parents[2] / "prompts" / "reply", tmp_path / "other")
    (tmp_path / "other" / "system.md").write_text("Be kind.")
    where = ("--family", "late", "--no-variants", "--recordings", "r.jsonl", *PAID)
    async with FakeUpstream(answering(LATE)) as upstream:
        model(upstream)
        await run_beside("evals", "run", "--record", *where)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COACH_MODEL", "m2")
            screen = await run_beside("evals", "run", "--record", "--prompts", "other", *where)
    assert screen.code == 2
    assert "r.jsonl was recorded with m1" in screen.err


async def test_worse_prompts_are_caught(model: Callable[[FakeUpstream], None], tmp_path: Path) -> None:
    """Other prompts have no recordings: that cannot be measured. Recorded, what they make worse blocks, with 1."""
    worse = tmp_path / "worse"
    shutil.copytree(Path(__file__).parents[2] / "prompts" / "reply", worse)
    (worse / "system.md").write_text("Tell the customer that they should have read the listing.")
    families = [part for case in load_cases() if case.group == "shop at fault" for part in ("--family", case.id)]
    async with FakeUpstream(answering(LATE)) as upstream:
        model(upstream)
        await run_beside("evals", "run", "--record", *families, "--no-variants", "--recordings", "r.jsonl", *PAID)
    missing = await run_beside(
        "evals", "run", *families, "--no-variants", "--recordings", "r.jsonl", "--prompts", "worse"
    )
    assert missing.code == 3
    assert re.search(r"could not be measured [1-9]", missing.words)
    async with FakeUpstream(answering(f"{BLAME}. {LATE}")) as upstream:
        model(upstream)
        chosen = (*families, "--no-variants", "--recordings", "w.jsonl", "--prompts", "worse")
        screen = await run_beside("evals", "run", "--record", *chosen, "--base", "r.results.jsonl", *PAID)
    assert screen.code == 1
    assert "Verdict: WORSE" in screen.words
    assert re.search(r"first:blame 100% 0% -100\.0 -100 to -100 0\.\d+ WORSE", screen.words)
    other_rule = await run_beside("evals", "compare", "r.results.jsonl", "w.results.jsonl", "--rule", "fauxpology")
    assert other_rule.code == 0


async def test_what_failed_is_not_measured(model: Callable[[FakeUpstream], None]) -> None:
    """Exit code 3; the figures of the rest are printed all the same. A model that is gone is not asked for ever."""
    async with FakeUpstream(failing(401)) as upstream:
        model(upstream)
        screen = await run_beside("evals", "run", "--record", "--no-variants", "--recordings", "r.jsonl", *PAID)
        assert len(upstream.completions) == 5
    assert screen.code == 3
    assert re.search(r"could not be measured [1-9]", screen.words)
    assert "pieces" not in text_of("r.jsonl")


async def test_a_run_that_costs_too_much_does_not_start(model: Callable[[FakeUpstream], None]) -> None:
    """Nor does one of which nobody has said what it costs."""
    async with FakeUpstream(answering(LATE)) as upstream:
        model(upstream)
        dear = await run_beside("evals", "run", "--live", "--family", "late", "--price", "0", "9999", "--budget", "1")
        silent = await run_beside("evals", "run", "--live", "--family", "late")
        assert upstream.completions == []
    assert (dear.code, silent.code) == (2, 2)
    assert "is over the budget of 1.00 USD" in dear.err
    assert "This model costs money" in silent.err


async def test_reports_are_written(model: Callable[[FakeUpstream], None]) -> None:
    """HTML, Markdown and JUnit XML, of a run and of results that are kept."""
    async with FakeUpstream(answering(LATE)) as upstream:
        model(upstream)
        targets = ("--report", "out/r.html", "--markdown", "r.md", "--junit", "r.xml")
        screen = await run_beside("evals", "run", "--live", "--family", "late", "--no-variants", *PAID, *targets)
    assert screen.code == 0
    assert "<h1>Reply coach evals</h1>" in text_of("out/r.html")
    assert "1 replies, prompt `" in text_of("r.md")
    assert '<testcase classname="shop-at-fault.late" name="late#0"' in text_of("r.xml")
    assert (await run_beside("evals", "report", "-o", "again.html")).code == 0
    assert text_of("again.html")


async def test_recordings_are_told_of_and_pruned(model: Callable[[FakeUpstream], None], tmp_path: Path) -> None:
    """What the cases do not ask for is a failure until it is taken out."""
    async with FakeUpstream(answering(LATE)) as upstream:
        model(upstream)
        await run_beside("evals", "run", "--record", "--family", "late", "--recordings", "r.jsonl", *PAID)
    lines = text_of("r.jsonl").splitlines()
    stray = json.loads(lines[1]) | {"key": "0" * 20}
    (tmp_path / "r.jsonl").write_text("\n".join([*lines, json.dumps(stray)]) + "\n")
    told = await run_beside("evals", "recordings", "--recordings", "r.jsonl")
    assert told.code == 3
    assert "not asked for 1 " in told.words
    assert (
        await run_beside("evals", "recordings", "--recordings", "r.jsonl", "--prune")
    ).code == 3  # the other families lack
    assert text_of("r.jsonl").splitlines() == lines


async def test_the_judge_is_calibrated_and_asked(model: Callable[[FakeUpstream], None]) -> None:
    """One that calls everything fine finds nothing and spares all: it is no better than chance, and says so."""
    async with FakeUpstream(answering(LATE)) as upstream:
        model(upstream)
        await run_beside("evals", "run", "--live", "--family", "late", "--no-variants", *PAID)
    async with FakeUpstream(answering('{"broken": false}')) as upstream:
        model(upstream)
        told = await run_beside("evals", "judge", "calibrate", "--rule", "blame", "--texts", "6")
        opinion = await run_beside("evals", "judge", "run", "--rule", "blame", "--calibration-texts", "4")
    assert (told.code, opinion.code) == (0, 0)
    assert re.search(r"blame 6 0 - 0\.00 \(0\.00 to 0\.\d+\) 1\.00 \(0\.\d+ to 1\.00\)", told.words)
    assert "blame 1 0 0% no better than chance" in opinion.words


def test_case_files_are_checked() -> None:
    """All of them, with a count; and their form can be had."""
    screen = type_in("evals", "cases", "lint")
    assert (screen.code, screen.words) == (0, f"{len(load_cases())} case files, 0 complaints.")
    printed = json.loads(type_in("evals", "cases", "schema").out)
    assert printed == json.loads((files("evals") / "cases" / "schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "--family", "brokn"), "evals: There is no family brokn; there are "),
        (("run", "--rule", "blam"), "evals: There is no rule blam; there are "),
        (("run", "--recordings", "none.jsonl"), "evals: There are no recordings at none.jsonl: "),
        (("compare", "nowhere"), "evals: There are no results at "),
        (("report",), "evals: There are no results at "),
        (("judge", "calibrate", "--rule", "unanswered"), "evals: The judge knows no rule unanswered; it knows "),
        (("judge", "run", "--rule", "blame"), "evals: There are no results at "),
        (("check", "nowhere.jsonl"), "evals: nowhere.jsonl cannot be read: "),
        (("cheque",), "No such command 'cheque'"),
    ],
)
def test_wrong_use_exits_with_2(arguments: tuple[str, ...], message: str) -> None:
    """In a sentence, under the command's own name."""
    screen = type_in("evals", *arguments)
    assert (screen.code, screen.out) == (2, "")
    assert message in screen.err
