"""`evals` prints what was measured, and its exit code tells a figure from a failure."""

import json
import re
from pathlib import Path

import pytest

from coach.rules import catalogue
from evals.cases import load_cases
from tests.fake_upstream import FakeUpstream, answering, failing
from tests.terminal import run_beside, type_in

BLAME = "You should have read the listing"
BROKEN = "I'm sorry, we left the padding out. You can choose a replacement or a full refund; please send us a photo."
WITHOUT_A_DAY = (
    "I'm sorry, we packed the wrong size. A pair in 39 goes by express today, with a label for the other one."
)
LATE = "I'm sorry, we forgot to book the collection. The lamp should be with you tomorrow."


def test_cases_are_listed() -> None:
    """Each with its story, to choose from."""
    screen = type_in("evals", "cases")
    assert screen.code == 0
    for case in load_cases():
        assert case.id in screen.words
    assert "broken The parcel arrived broken." in screen.words


def test_the_check_is_measured_on_the_rules_examples() -> None:
    """Without a file the own examples of the rules about words are measured: a line a rule, and one for all."""
    screen = type_in("evals", "check")
    assert screen.code == 0
    about_words = [rule for rule in catalogue().values() if rule.scope == "words"]
    for rule in about_words:
        assert f"\n{rule.id} " in screen.out
    bad = sum(len(rule.bad) for rule in about_words)
    good = sum(len(rule.good) for rule in about_words)
    assert screen.words.endswith(
        f"{bad + good} texts: of {bad} with a fault {bad} are flagged, of {good} clean ones {good} are left alone."
    )


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


async def test_a_run_prints_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line a case while it runs and one in the table, then the figures, with the model and the prompt's version."""
    monkeypatch.setenv("COACH_MODEL", "m1")
    async with FakeUpstream(answering(BROKEN), answering(LATE)) as upstream:
        monkeypatch.setenv("OPENAI_BASE_URL", upstream.url)
        screen = await run_beside("evals", "run", "broken", "late", "--replies")
    assert screen.code == 0
    assert "Coaching 2 cases with m1 ..." in screen.err
    assert "1/2 broken: " in screen.err
    assert "2/2 late: " in screen.err
    assert BROKEN in screen.words
    assert LATE in screen.words
    assert "broken rewritten yes 1 " in screen.words
    assert "model m1, prompt " in screen.words
    assert "ready 2 of 2 ready at the first attempt 2 of 2 as the case expects 2 of 2" in screen.words
    assert "no reply at all 0 attempts 2 seconds to a first sentence " in screen.words
    assert screen.words.endswith("tokens in, cached, out 40, 16, 10 caught in attempts nothing")


async def test_a_run_says_what_went_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which rules the model broke before it was put right, and what a case expects that its reply does not do."""
    monkeypatch.setenv("COACH_MODEL", "m1")
    async with FakeUpstream(answering(f"{BLAME}. {LATE}"), answering(LATE), answering(WITHOUT_A_DAY)) as upstream:
        monkeypatch.setenv("OPENAI_BASE_URL", upstream.url)
        screen = await run_beside("evals", "run", "late", "wrong-size")
    assert screen.code == 0
    assert "late rewritten yes 2 " in screen.words
    assert "wrong-size is not as expected: lacks Thursday" in screen.words
    assert "late is not as expected" not in screen.words
    assert "as the case expects 1 of 2" in screen.words
    assert re.search(r"caught in attempts .*\bblame 1\b", screen.words)


@pytest.mark.parametrize(("brief", "told"), [("points", False), ("sentences", False), ("draft", True)])
async def test_the_brief_can_be_chosen(monkeypatch: pytest.MonkeyPatch, brief: str, told: bool) -> None:
    """To compare what the model writes when it is told more, or less, of the draft."""
    monkeypatch.setenv("COACH_MODEL", "m1")
    async with FakeUpstream(answering(LATE)) as upstream:
        monkeypatch.setenv("OPENAI_BASE_URL", upstream.url)
        await run_beside("evals", "run", "late", "--brief", brief)
        (request,) = upstream.completions
    assert ("No need to be rude." in request.body["messages"][-1]["content"]) == told


async def test_a_case_without_a_reply_exits_with_3(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures are printed all the same, and say so."""
    monkeypatch.setenv("COACH_MODEL", "m1")
    async with FakeUpstream(failing(401), answering(LATE)) as upstream:
        monkeypatch.setenv("OPENAI_BASE_URL", upstream.url)
        screen = await run_beside("evals", "run", "broken", "late")
    assert screen.code == 3
    assert "broken no reply no" in screen.words
    assert "late rewritten yes" in screen.words
    assert "ready 1 of 2 ready at the first attempt 1 of 2 as the case expects 1 of 2" in screen.words
    assert "no reply at all 1 attempts 1 " in screen.words


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "brokn"), "evals: There is no case brokn; there are "),
        (("check", "nowhere.jsonl"), "evals: nowhere.jsonl cannot be read: "),
        (("cheque",), "No such command 'cheque'"),
    ],
)
def test_wrong_use_exits_with_2(arguments: tuple[str, ...], message: str) -> None:
    """In a sentence, under the command's own name."""
    screen = type_in("evals", *arguments)
    assert (screen.code, screen.out) == (2, "")
    assert message in screen.err
