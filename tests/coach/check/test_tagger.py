"""The tagger finds what is meant, keeps quiet where it cannot know, and is the same every time."""

# ruff: noqa: RUF001  that characters look alike is what is tested

import time

import pytest

from coach.check import Checker, Passage, TaggerDetector, sentence_spans

GROVELLING = "I cannot begin to say how ashamed I am, I am a disgrace to this trade."
PLAIN = "I packed the wrong size, and the right one leaves today."


@pytest.fixture(scope="module")
def tagger() -> TaggerDetector:
    """One for all: loading takes a moment."""
    return TaggerDetector()


@pytest.fixture(scope="module")
def checker() -> Checker:
    """Patterns and tagger, as the service has them."""
    return Checker()


def passage(text: str, *, language: str = "en", quoted: tuple[tuple[int, int], ...] = ()) -> Passage:
    """A text as the checker would hand it over."""
    return Passage(text, tuple(sentence_spans(text)), quoted, language=language)


@pytest.mark.parametrize("text", [PLAIN, "", "🙂", "   ", "?!", "1234567", "Thank you for the photo, it helped a lot."])
def test_plain_talk_is_left_alone(tagger: TaggerDetector, text: str) -> None:
    """No fault, no finding; nothing to read, nothing to find."""
    assert list(tagger.detect(passage(text))) == []


@pytest.mark.parametrize("text", ["So sorry.", "Sorry!", "Garden Gang"])
def test_two_words_mean_nothing_by_themselves(tagger: TaggerDetector, text: str) -> None:
    """A name under a letter is no threat, and one "sorry" no grovelling, however small the doubt that counts."""
    doubtful = Passage(text, tuple(sentence_spans(text)), (), language="en", doubt=0.2)
    assert list(tagger.detect(doubtful)) == []


def test_it_finds_what_no_pattern_knows(tagger: TaggerDetector) -> None:
    """Where no pattern could know, the meaning is enough, and the span stays inside its sentence."""
    text = f"{PLAIN} {GROVELLING}"
    (hit,) = [hit for hit in tagger.detect(passage(text)) if hit.rule == "grovel"]
    assert text.index(GROVELLING) <= hit.start < hit.end <= len(text)
    assert hit.severity in {"warning", "error"}


def test_what_stands_beside_a_sentence_changes_nothing(tagger: TaggerDetector) -> None:
    """The same sentence has the same findings in any company, and at any time."""
    alone = [(hit.rule, hit.severity) for hit in tagger.detect(passage(GROVELLING))]
    beside = [(hit.rule, hit.severity) for hit in tagger.detect(passage(f"{PLAIN} {GROVELLING} {PLAIN}"))]
    assert alone == beside != []


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(GROVELLING.replace("ashamed", "asha\u200bmed"), id="zero width"),
        pytest.param(GROVELLING.replace("disgrace", "ｄｉｓｇｒａｃｅ"), id="full width"),
        pytest.param(f"The mug broke 🙂🙂. {GROVELLING}", id="emoji before it"),
        pytest.param(f"The mug broke.\r\n\r\n{GROVELLING}\r\n", id="CRLF"),
    ],
)
def test_spans_are_those_of_the_text_as_typed(tagger: TaggerDetector, typed: str) -> None:
    """Characters that are folded away or come in pairs do not shift a span."""
    (hit,) = [hit for hit in tagger.detect(passage(typed)) if hit.rule == "grovel"]
    assert typed[hit.start : hit.end].split(maxsplit=1)[0] in GROVELLING.split()
    assert typed[hit.start : hit.end].endswith(("ashamed I am", "asha\u200bmed I am", "to this trade"))


@pytest.mark.parametrize("language", ["es", "de", "ja"])
def test_it_keeps_quiet_in_a_language_that_it_was_not_trained_on(tagger: TaggerDetector, language: str) -> None:
    """Better no finding than a guess."""
    assert list(tagger.detect(passage(GROVELLING, language=language))) == []


def test_quoted_words_are_not_judged(tagger: TaggerDetector) -> None:
    """What the customer wrote is no fault of the seller's."""
    text = f'You write: "{GROVELLING}"'
    assert [hit.rule for hit in tagger.detect(passage(text, quoted=((0, len(text)),)))] == []


def test_a_remembered_sentence_is_not_read_again(tagger: TaggerDetector, monkeypatch: pytest.MonkeyPatch) -> None:
    """As-you-type checks pay for the sentence that has changed, not for the others."""
    list(tagger.detect(passage(f"{PLAIN} {GROVELLING}")))
    monkeypatch.delattr(tagger, "_session")
    list(tagger.detect(passage(f"{GROVELLING} {PLAIN}")))
    with pytest.raises(AttributeError):
        list(tagger.detect(passage("A sentence that nobody has typed yet.")))


@pytest.mark.parametrize(
    "text", ["a" * 20_000, "word " * 4_000, "é\u0301" * 10_000, "<b>" * 6_666, "Calm down. " * 1_818]
)
def test_any_text_is_answered_in_bounded_time(checker: Checker, text: str) -> None:
    """20,000 characters of whatever kind, with spans that lie in it."""
    started = time.perf_counter()
    findings = checker.check(text).findings
    assert all(0 <= finding.start < finding.end <= len(text) for finding in findings)
    assert time.perf_counter() - started < 10  # a hang, not a benchmark: `make bench-check` has the figures


def test_one_fault_is_reported_once(checker: Checker) -> None:
    """Where patterns and tagger see the same fault, the pattern's exact words stand for both."""
    findings = checker.check("I'm sorry you feel that way about the colour.").findings
    assert [(f.rule, f.detector) for f in findings if f.rule == "fauxpology"] == [("fauxpology", "pattern")]
