"""What the rules find in other languages than English: what their files list, and nothing in near misses."""

import pytest

from coach.check import Checker, PatternDetector
from coach.check.detector import Passage
from coach.check.sentences import sentence_spans
from coach.rules import Bad, Good, catalogue

LANGUAGES = ("de", "es", "fr", "it", "nl", "pt")
RULES = ("blame", "excuse", "fauxpology", "policy-wall")
SECTIONS = [(rule, language, catalogue()[rule].languages[language]) for rule in RULES for language in LANGUAGES]
BAD = [
    pytest.param(rule, language, bad, id=f"{rule}-{language}-{i}")
    for rule, language, section in SECTIONS
    for i, bad in enumerate(section.bad)
]
GOOD = [
    pytest.param(language, good, id=f"{rule}-{language}-{i}")
    for rule, language, section in SECTIONS
    for i, good in enumerate(section.good)
]
MIN_EXAMPLES = 15


@pytest.fixture(scope="module")
def detector() -> PatternDetector:
    """The patterns: the tagger reads English only."""
    return PatternDetector(catalogue())


def found(detector: PatternDetector, language: str, text: str) -> list[tuple[str, str]]:
    """The rules found in a text of that language, with the words."""
    passage = Passage(text, tuple(sentence_spans(text)), language=language)
    return [(hit.rule, text[hit.start : hit.end]) for hit in detector.detect(passage)]


def test_six_languages_are_begun() -> None:
    """Each of the four rules has enough examples in each of them."""
    for rule, language, section in SECTIONS:
        assert len(section.bad) >= MIN_EXAMPLES, (rule, language)
        assert len(section.good) >= MIN_EXAMPLES, (rule, language)


@pytest.mark.parametrize(("rule", "language", "bad"), BAD)
def test_a_bad_example_is_found_where_it_is_marked(
    detector: PatternDetector, rule: str, language: str, bad: Bad
) -> None:
    """Each marked stretch overlaps a finding of the rule; what to write instead has none."""
    words = [words for by, words in found(detector, language, bad.plain) if by == rule]
    for start, end in bad.spans:
        marked = bad.plain[start:end]
        assert any(hit in marked or marked in hit or set(hit.split()) & set(marked.split()) for hit in words)
    assert found(detector, language, bad.better) == []


@pytest.mark.parametrize(("language", "good"), GOOD)
def test_a_near_miss_is_left_alone(detector: PatternDetector, language: str, good: Good) -> None:
    """By its own rule and by every other."""
    assert found(detector, language, good.text) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Es tut uns leid, dass Sie sich so fühlen. Sie hätten die Beschreibung lesen müssen.", "de"),
        ("Lamentamos que se sienta así. Debería haber leído la descripción antes de comprar.", "es"),
        ("Nous sommes désolés que vous le preniez ainsi. Vous auriez dû lire la description du produit.", "fr"),
    ],
)
def test_the_check_reads_them(text: str, language: str) -> None:
    """The whole check sees the language, finds the faults, and says which rules could not read the text."""
    checked = Checker().check(text)
    assert checked.language == language
    assert {"fauxpology", "blame"} <= {finding.rule for finding in checked.findings}
    assert "hostility" in checked.unread
    assert "blame" not in checked.unread
    assert checked.readable


def test_accents_may_be_missing(detector: PatternDetector) -> None:
    """People leave them out."""
    with_accents = found(detector, "fr", "Vous auriez dû lire la description.")
    without = found(detector, "fr", "Vous auriez du lire la description.")
    assert with_accents
    assert [rule for rule, _ in with_accents] == [rule for rule, _ in without]
