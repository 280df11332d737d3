"""The pattern detector finds what a rule lists, however it was typed, and nothing else."""

# ruff: noqa: RUF001  that characters look alike is what is tested

import time

import pytest

from coach.check.detector import Passage
from coach.check.patterns import PatternDetector
from coach.check.sentences import sentence_spans
from coach.errors import SettingsError
from coach.rules import Matcher
from tests.coach.check.made_up_rules import made_up_rules


def _hits(text: str, matcher: Matcher) -> list[str]:
    detector = PatternDetector(made_up_rules(blame=matcher))
    hits = detector.detect(Passage(text, sentence_spans(text)))
    return [text[hit.start : hit.end] for hit in sorted(hits, key=lambda hit: (hit.start, hit.end))]


@pytest.mark.parametrize(
    ("text", "matcher"),
    [
        pytest.param("That is unfairly put.", Matcher(phrases=("unfair",)), id="a longer word"),
        pytest.param("An unfair-ish X2 thing", Matcher(phrases=("X",)), id="a digit beside it"),
        pytest.param("As I. Said before.", Matcher(phrases=("as i said",)), id="across two sentences"),
        pytest.param("It is not, only late.", Matcher(phrases=("not only",)), id="a comma between"),
        pytest.param("urgent Urgent", Matcher(patterns=(r"\bURGENT\b",), case_sensitive=True), id="other case"),
        pytest.param("abc", Matcher(patterns=("x*",)), id="matches of nothing"),
        pytest.param("its mine", Matcher(patterns=("it[']s",)), id="an apostrophe in brackets must be there"),
        pytest.param("c+t", Matcher(patterns=("c[ -]t",)), id="a space in brackets is one character"),
        pytest.param("brain-dead", Matcher(patterns=("brain ?dead",)), id="an optional space is no hyphen"),
    ],
)
def test_must_not_hit(text: str, matcher: Matcher) -> None:
    """A phrase is whole words in one sentence, in its order."""
    assert _hits(text, matcher) == []


@pytest.mark.parametrize(
    ("text", "phrase", "hit"),
    [
        pytest.param("As I Said, no.", "as i said", "As I Said", id="any case"),
        pytest.param("🙏 so as \r\n\tI said", "as i said", "as \r\n\tI said", id="any white space"),
        pytest.param("that’s your fault", "that's your", "that’s your", id="a curly apostrophe"),
        pytest.param("thats your fault", "that's your", "thats your", id="a missing apostrophe"),
        pytest.param("it’s y\u200bour fa\u00adult", "your fault", "y\u200bour fa\u00adult", id="hidden characters"),
        pytest.param("ＡＳ  I said", "as i said", "ＡＳ  I said", id="full-width letters"),
        pytest.param("Why?! (no)", "why?", "Why?", id="a mark at the end"),
        pytest.param("a+b (c) [d] is it", "(c) [d]", "(c) [d]", id="what is special in a pattern"),
    ],
)
def test_a_phrase_hits_however_it_was_typed(text: str, phrase: str, hit: str) -> None:
    """Case, line breaks, apostrophes and invisible characters hide nothing; the span is the typed words'."""
    assert _hits(text, Matcher(phrases=(phrase,))) == [hit]


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("brain dead", "brain ?dead"),
        ("braindead", "brain ?dead"),
        ("brain \n dead", "brain ?dead"),
        ("no  no", "no *no"),
        ("nono", "no *no"),
        ("dont you", "don't (?:you|they)"),
        ("re: x", r"re\: x"),
        ("be-  it", "be[- ]{1,3}it"),
    ],
)
def test_a_space_in_a_pattern_stands_for_any_white_space(text: str, pattern: str) -> None:
    """`' '` is some white space, `' ?'` and `' *'` may be none, and an apostrophe may be missing."""
    assert _hits(text, Matcher(patterns=(pattern,))) == [text]


def test_every_place_is_found() -> None:
    """Phrases and patterns of a matcher hit side by side, in each sentence."""
    matcher = Matcher(phrases=("calm down",), patterns=(r"\byou always \w+",))
    assert _hits("Calm down. You always moan; calm down!", matcher) == [
        "Calm down",
        "You always moan",
        "calm down",
    ]


def test_unless_acquits_its_own_sentence_only() -> None:
    """What acquits in one sentence does not excuse the next."""
    matcher = Matcher(phrases=("your fault",), unless=("not your",))
    assert _hits("It is NOT your fault. It's your fault!", matcher) == ["your fault"]
    assert _hits("It is not\nyour fault at all.", matcher) == []


def test_unless_reads_any_case_even_where_the_matcher_does_not() -> None:
    """Capitals matter to what is looked for, not to what excuses it."""
    matcher = Matcher(patterns=(r"\b[A-Z]{4,}\b",), unless=("order no",), case_sensitive=True)
    assert _hits("ABCDE is shouted. Order No ABCDE is not.", matcher) == ["ABCDE"]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("Sorry! So sorry.", []),
        ("Sorry! So sorry. Sorry?", ["Sorry", "sorry", "Sorry"]),
        ("Very sorry! So sorry.", []),
        ("Very sorry! So sorry. Sorry?", ["Very sorry", "sorry", "sorry", "Sorry"]),
    ],
)
def test_at_least_counts_over_the_whole_text(text: str, hits: list[str]) -> None:
    """Below its number a matcher hits nothing; words that two phrases share count once."""
    assert _hits(text, Matcher(phrases=("sorry", "very sorry"), at_least=3)) == hits


def test_a_suggestion_comes_with_its_hit() -> None:
    """A hit carries its rule and what can stand in its place; an empty suggestion is not none."""
    rules = made_up_rules(
        blame=Matcher(phrases=("obviously",), suggestion=""),
        jargon=Matcher(phrases=("kindly",), suggestion="please"),
        spin=Matcher(phrases=("journey",)),
    )
    text = "Obviously, kindly enjoy the journey."
    hits = PatternDetector(rules).detect(Passage(text, ((0, len(text)),)))
    assert {(hit.rule, hit.suggestion) for hit in hits} == {
        ("blame", ""),
        ("jargon", "please"),
        ("spin", None),
    }


def test_a_remembered_sentence_is_found_where_it_stands_now() -> None:
    """The cache holds sentences, not places."""
    detector = PatternDetector(made_up_rules(blame=Matcher(phrases=("your fault",))), remembered_sentences=1)
    for before in ("", "Well. ", "🙏 No, no. "):
        text = f"{before}It is your fault."
        (hit,) = detector.detect(Passage(text, sentence_spans(text)))
        assert text[hit.start : hit.end] == "your fault"


@pytest.mark.parametrize(
    "matcher",
    [
        pytest.param(Matcher(patterns=("(",)), id="broken"),
        pytest.param(Matcher(patterns=("a(?=b)",)), id="look-ahead"),
        pytest.param(Matcher(patterns=(r"(a)\1",)), id="back-reference"),
        pytest.param(Matcher(phrases=("ok",), unless=("[",)), id="broken unless"),
    ],
)
def test_a_pattern_that_is_not_re2_is_refused_at_start(matcher: Matcher) -> None:
    """The error names the rule, long before a text is checked."""
    with pytest.raises(SettingsError, match=r"Rule blame: the pattern .* is not RE2"):
        PatternDetector(made_up_rules(blame=matcher))


def test_a_thousand_heavy_patterns_still_compile() -> None:
    """A catalogue may grow: RE2's own limit on memory is not ours."""
    patterns = tuple(rf"\b(?:sorry|regret)(?: \S+){{0,10}}? but w{i}\b" for i in range(1000))
    assert _hits("I'm sorry for the very long wait but w998", Matcher(patterns=patterns)) == [
        "sorry for the very long wait but w998"
    ]


def test_nothing_pasted_in_takes_for_ever() -> None:
    """A pattern that explodes in a backtracking engine stays linear."""
    started = time.process_time()
    assert _hits("a" * 20_000 + "!", Matcher(patterns=("(?:a+)+b",))) == []
    assert time.process_time() - started < 1


def test_what_is_quoted_does_not_count_towards_at_least() -> None:
    """Somebody else's words are no hits, not even to make up the number."""
    detector = PatternDetector(made_up_rules(grovel=Matcher(phrases=("sorry",), at_least=2)))
    text = '"sorry" and sorry and sorry'
    assert list(detector.detect(Passage(text, ((0, 17),), ((0, 7),)))) == []
    hits = list(detector.detect(Passage(text, ((0, len(text)),), ((0, 7),))))
    assert [hit.start for hit in hits] == [12, 22]
