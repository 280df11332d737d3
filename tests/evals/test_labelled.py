"""What the check is worth, by hand-made labels: same rule, overlapping words."""

import json
from pathlib import Path

import pytest

from coach.check import Checker, PatternDetector
from coach.errors import InputError
from coach.rules import catalogue
from evals.labelled import Label, Labelled, Score, labelled_examples, measure, read_labelled

BLAME = "You should have read the listing"
FAUXPOLOGY = "I'm sorry you feel that way"
CLEAN = "A large leaves today."


def labelled(text: str, **quotes: str) -> Labelled:
    """A text with a label for each rule (dashes as underscores) on the words that are quoted."""
    labels = [
        Label(rule=rule.replace("_", "-"), start=text.index(quote), end=text.index(quote) + len(quote))
        for rule, quote in quotes.items()
    ]
    return Labelled(text=text, findings=tuple(labels))


@pytest.mark.parametrize(
    ("score", "precision", "recall", "f1"),
    [
        (Score(hits=3, misses=1, false_alarms=2), 0.6, 0.75, 2 / 3),
        (Score(hits=5, misses=0, false_alarms=0), 1, 1, 1),
        (Score(hits=0, misses=2, false_alarms=0), None, 0, 0),
        (Score(hits=0, misses=0, false_alarms=2), 0, None, 0),
        (Score(hits=0, misses=0, false_alarms=0), None, None, None),
    ],
)
def test_shares_follow_from_the_counts(
    score: Score, precision: float | None, recall: float | None, f1: float | None
) -> None:
    """Where there is nothing to take a share of there is no share, and not a perfect one."""
    assert (score.precision, score.recall) == (precision, recall)
    assert score.f1 == (pytest.approx(f1) if f1 else f1)


def test_labels_and_findings_are_compared(checker: Checker) -> None:
    """A hit overlaps a label of its rule; the same words under another rule are a miss and a false alarm."""
    figures = measure(
        checker,
        [
            labelled(f"{BLAME}. {CLEAN}", blame="should have read"),  # a hit: some of the words are enough
            labelled(f"{BLAME}. {FAUXPOLOGY}.", blame=BLAME),  # a hit, and a false alarm
            labelled(f"{BLAME}.", hostility=BLAME),  # a miss, and a false alarm
            labelled(f"{BLAME}. {CLEAN}", blame=CLEAN),  # other words: a miss, and a false alarm
            labelled(CLEAN, jargon="large"),  # a miss, in a text that is not flagged at all
            labelled(f"{FAUXPOLOGY}."),  # a false alarm in a clean text
            labelled(CLEAN),
        ],
    )
    assert figures.by_rule == {
        "blame": Score(hits=2, misses=1, false_alarms=2),
        "fauxpology": Score(hits=0, misses=0, false_alarms=2),
        "hostility": Score(hits=0, misses=1, false_alarms=0),
        "jargon": Score(hits=0, misses=1, false_alarms=0),
    }
    assert figures.overall == Score(hits=2, misses=3, false_alarms=4)
    assert (figures.broken, figures.broken_flagged) == (5, 4)
    assert (figures.clean, figures.clean_left_alone) == (2, 1)


def test_words_that_only_touch_do_not_overlap(checker: Checker) -> None:
    """A label that ends where the finding begins is about something else."""
    text = f"Well. {BLAME}."
    item = Labelled(text=text, findings=(Label(rule="blame", start=0, end=text.index(BLAME)),))
    assert measure(checker, [item]).overall == Score(hits=0, misses=1, false_alarms=1)


def test_the_customers_message_is_heard(checker: Checker) -> None:
    """What the customer wrote, quoted back, is no fault, and is not measured as one."""
    item = Labelled(text=f"You write “{BLAME}”. {CLEAN}", customer_message=f"{BLAME}, they say!")
    assert measure(checker, [item]).clean_left_alone == 1


def test_the_rules_own_examples_are_found() -> None:
    """What the rules about words show is the least that the patterns must get right: no miss, no false alarm."""
    items = labelled_examples(catalogue())
    figures = measure(Checker([PatternDetector(catalogue())]), items)
    about_words = {rule.id: rule for rule in catalogue().values() if rule.scope == "words"}
    assert (figures.overall.misses, figures.overall.false_alarms) == (0, 0)
    assert figures.by_rule.keys() == about_words.keys()
    assert figures.broken == sum(len(rule.bad) for rule in about_words.values())
    assert figures.clean == sum(len(rule.good) for rule in about_words.values())


def test_labelled_texts_are_read(tmp_path: Path) -> None:
    """JSON Lines, of which other fields are left alone: data sets carry more than is needed here."""
    line = {"text": f"Grüße 👍 {BLAME}", "findings": [{"rule": "blame", "start": 8, "end": 12, "by": "Kim"}], "id": 7}
    (tmp_path / "set.jsonl").write_text(f'{json.dumps(line)}\n{{"text": "Hi", "customer_message": "Ho"}}\n')
    assert read_labelled(tmp_path / "set.jsonl") == [
        Labelled(text=f"Grüße 👍 {BLAME}", findings=(Label(rule="blame", start=8, end=12),)),
        Labelled(text="Hi", customer_message="Ho"),
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"text": "a"}\nnothing\n', r"set\.jsonl, line 2: "),
        (b'{"text": "a"}\n{"findings": []}\n', r"set\.jsonl, line 2: .*text"),
        (b'{"text": "a", "findings": [{"rule": "blame", "start": 0}]}', r"set\.jsonl, line 1: .*findings.*end"),
        (b'{"text": "\xff"}', r"set\.jsonl cannot be read"),
        (None, r"set\.jsonl cannot be read.*No such file"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, content: bytes | None, problem: str) -> None:
    """File, line and field."""
    if content is not None:
        (tmp_path / "set.jsonl").write_bytes(content)
    with pytest.raises(InputError, match=problem):
        read_labelled(tmp_path / "set.jsonl")
