"""A check merges what detectors say into findings that a client can rely on."""

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from coach.check import Checker, Hit, Passage
from coach.errors import InputError
from coach.rules import Catalogue, Matcher
from coach.schemas import Finding
from tests.coach.check.made_up_rules import made_up_rules


@dataclass
class Stub:
    """A detector that says what it is told to say, and remembers what it was shown."""

    name: str
    hits: tuple[Hit, ...]
    shown: Passage | None = None

    def detect(self, passage: Passage) -> Iterable[Hit]:
        """Say it."""
        self.shown = passage
        return self.hits


@pytest.fixture
def rules() -> Catalogue:
    """Three rules; words of two of them overlap."""
    return made_up_rules(
        blame=Matcher(phrases=("your fault", "entirely your fault", "your own")),
        jargon=Matcher(phrases=("kindly", "fault"), suggestion="please"),
        spin=Matcher(phrases=("journey",)),
    )


@pytest.fixture
def checker(rules: Catalogue) -> Checker:
    """A checker of those rules."""
    return Checker(rules=rules)


def _found(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    return [(finding.rule, finding.quote) for finding in findings]


@pytest.mark.parametrize("text", ["", " \r\n", "👍", "I'm sorry the mug broke. A new one leaves today."])
def test_a_clean_text_passes(checker: Checker, text: str) -> None:
    """No fault, no finding, also where there is next to nothing to read."""
    checked = checker.check(text)
    assert checked.findings == ()
    assert checked.passed


def test_a_finding_says_all_there_is_to_say(checker: Checker) -> None:
    """A finding stands by itself: the client needs no second request to show it."""
    (finding,) = checker.check("👍 ok\r\nKindly wait.").findings
    assert finding == Finding(
        rule="jargon",
        severity="error",
        message="jargon is wrong.",
        why="jargon hurts.",
        quote="Kindly",
        start=6,
        end=12,
        start_utf16=7,
        end_utf16=13,
        suggestion="please",
        detector="pattern",
    )


@pytest.mark.parametrize("text", ["😀😀 your own", "a\u0301 “your own” 😀", "😀 y\u200bour\r\nown 😀"])
def test_offsets_slice_the_text_in_both_countings(checker: Checker, text: str) -> None:
    """Python's offsets slice code points, JavaScript's UTF-16 code units: both give the quote."""
    (finding,) = checker.check(text).findings
    units = text.encode("utf-16-le")
    assert text[finding.start : finding.end] == finding.quote
    assert units[2 * finding.start_utf16 : 2 * finding.end_utf16].decode("utf-16-le") == finding.quote


def test_one_fault_is_one_finding(checker: Checker) -> None:
    """Of one rule's overlapping hits the longest stays; another rule's hit there is another fault."""
    findings = checker.check("It is entirely your fault.").findings
    assert _found(findings) == [("blame", "entirely your fault"), ("jargon", "fault")]


def test_hits_side_by_side_are_two_faults(rules: Catalogue) -> None:
    """Two spans that touch do not overlap."""
    stub = Stub("stub", (Hit("spin", 2, 4), Hit("spin", 0, 2)))
    assert _found(Checker([stub], rules).check("abcd").findings) == [("spin", "ab"), ("spin", "cd")]


def test_findings_stand_in_the_order_of_the_text(rules: Catalogue) -> None:
    """By where they start, then by where they end, then by rule, whatever order a detector names them in."""
    stub = Stub("stub", (Hit("spin", 3, 5), Hit("spin", 0, 2), Hit("jargon", 0, 2), Hit("blame", 0, 4)))
    findings = Checker([stub], rules).check("abcdefgh").findings
    assert [(f.rule, f.start, f.end) for f in findings] == [
        ("jargon", 0, 2),
        ("spin", 0, 2),
        ("blame", 0, 4),
        ("spin", 3, 5),
    ]


def test_a_second_detector_adds_what_the_first_missed(rules: Catalogue) -> None:
    """Detectors stand side by side: of the same fault seen twice the first one's word counts."""
    text = "What a journey, by your own choice."
    tagger = Stub("tagger", (Hit("spin", 7, 14, suggestion="trip"), Hit("blame", 16, 34)))
    twin = Stub("twin", (Hit("spin", 7, 14), Hit("jargon", 0, 4)))
    findings = Checker([tagger, twin], rules).check(text).findings
    assert [(f.rule, f.quote, f.detector, f.suggestion) for f in findings] == [
        ("jargon", "What", "twin", None),
        ("spin", "journey", "tagger", "trip"),
        ("blame", "by your own choice", "tagger", None),
    ]


def test_a_detector_is_shown_the_whole_passage(rules: Catalogue) -> None:
    """A detector that reads meaning needs the sentences and what the text answers."""
    stub = Stub("stub", ())
    Checker([stub], rules).check("It broke. Sorry.", customer_message="It broke!")
    assert stub.shown == Passage("It broke. Sorry.", ((0, 9), (10, 16)), customer_message="It broke!", language="en")


def test_a_rule_that_is_off_finds_nothing(checker: Checker) -> None:
    """`rules_off` silences the rules that it names and no others."""
    text = "Kindly: it is your fault."
    assert _found(checker.check(text, rules_off=["jargon"]).findings) == [("blame", "your fault")]
    assert checker.check(text, rules_off=["jargon", "blame", "spin"]).passed


def test_a_rule_that_does_not_exist_cannot_be_off(checker: Checker) -> None:
    """A misspelt rule is refused, each by its place in the list: it would stay on in silence."""
    with pytest.raises(InputError) as caught:
        checker.check("ok", rules_off=["blam", "jargon", ""])
    assert [error["field"] for error in caught.value.errors] == ["rules_off[0]", "rules_off[2]"]
    assert "'blam'" in caught.value.errors[0]["message"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("You ask: “is it my, or your fault?” Ours.", [], id="the customer's words"),
        pytest.param("> or your fault\nOurs.", [], id="a line of the customer's mail"),
        pytest.param("The terms say 'kindly return the goods'.", [], id="a policy's words"),
        pytest.param('It is "your fault", I fear.', [], id="part of the customer's words"),
        pytest.param('It is "all your fault".', [("blame", "your fault"), ("jargon", "fault")], id="not their words"),
        pytest.param('It is your "fault"', [("blame", 'your "fault')], id="not all of it in marks"),
    ],
)
def test_what_is_quoted_is_not_judged(text: str, found: list[tuple[str, str]]) -> None:
    """Only the seller's own words count, and marks do not make them somebody else's."""
    rules = made_up_rules(
        blame=Matcher(patterns=(r'your "?fault',)),
        jargon=Matcher(phrases=("kindly", "fault")),
    )
    checked = Checker(rules=rules).check(
        text, customer_message="Is it my, or your fault?", quotable=["Kindly return the goods."]
    )
    assert _found(checked.findings) == found


@pytest.mark.parametrize(
    ("text", "language", "readable"),
    [
        ("Es tut uns leid, dass Ihr Paket zu spät kam.", "de", False),
        ("I am sorry that your parcel came late.", "en", True),
        ("ok 👍", "und", True),
    ],
)
def test_no_finding_proves_nothing_in_another_language(
    checker: Checker, text: str, language: str, *, readable: bool
) -> None:
    """A text that the rules cannot read does not pass, however few findings it has."""
    checked = checker.check(text)
    assert (checked.language, checked.findings) == (language, ())
    assert checked.readable is checked.passed is readable


def test_the_same_text_has_the_same_findings(checker: Checker, rules: Catalogue) -> None:
    """What was checked before changes nothing, neither in this checker nor in a fresh one."""
    texts = ["It is your fault. Kindly wait.", "Kindly wait. It is your fault.", "It is entirely your fault."]
    first = [checker.check(text) for text in texts]
    assert [checker.check(text) for text in reversed(texts)] == first[::-1]
    assert [Checker(rules=rules).check(text) for text in texts] == first
