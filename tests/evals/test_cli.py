"""`evals` prints what was measured, and its exit code tells a figure from a failure."""

import json
from pathlib import Path

import pytest

from coach.rules import catalogue
from evals.cases import load_cases
from tests.fake_upstream import FakeUpstream, answering, failing
from tests.terminal import run_beside, type_in

BLAME = "You should have read the listing"
GOOD = "I'm sorry about this. A new one leaves today."


def test_cases_are_listed() -> None:
    """Each with its story, to choose from."""
    screen = type_in("evals", "cases")
    assert screen.code == 0
    for case in load_cases():
        assert case.id in screen.words
    assert "broken The parcel arrived broken." in screen.words


def test_the_check_is_measured_on_the_rules_examples() -> None:
    """Without a file the rules' own examples are measured: a line a rule, and one for all."""
    screen = type_in("evals", "check")
    assert screen.code == 0
    for rule in catalogue():
        assert f"\n{rule} " in screen.out
    bad = sum(len(rule.bad) for rule in catalogue().values())
    good = sum(len(rule.good) for rule in catalogue().values())
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
    async with FakeUpstream(answering(GOOD)) as upstream:
        monkeypatch.setenv("OPENAI_BASE_URL", upstream.url)
        screen = await run_beside("evals", "run", "broken", "late", "--replies")
    assert screen.code == 0
    assert "Coaching 2 cases with m1 ..." in screen.err
    assert "1/2 broken: " in screen.err
    assert "2/2 late: " in screen.err
    assert screen.words.count(GOOD) == 2
    assert "broken rewritten yes 1 20 8 5 " in screen.words
    assert "model m1, prompt " in screen.words
    assert "ready 2 of 2 ready at the first attempt 2 of 2 no reply at all 0" in screen.words
    assert screen.words.endswith("tokens in, cached, out 40, 16, 10")


async def test_a_case_without_a_reply_exits_with_3(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures are printed all the same, and say so."""
    monkeypatch.setenv("COACH_MODEL", "m1")
    async with FakeUpstream(failing(401), answering(GOOD)) as upstream:
        monkeypatch.setenv("OPENAI_BASE_URL", upstream.url)
        screen = await run_beside("evals", "run", "broken", "late")
    assert screen.code == 3
    assert "broken no reply no" in screen.words
    assert "late rewritten yes" in screen.words
    assert "ready 1 of 2 ready at the first attempt 1 of 2 no reply at all 1" in screen.words


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
