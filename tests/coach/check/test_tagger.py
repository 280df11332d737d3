"""The tagger finds what is meant, keeps quiet where it cannot know, and is the same every time."""

# ruff: noqa: RUF001  that characters look alike is what is tested

import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from coach.check import Checker, Noted, Passage, TaggerDetector, sentence_spans
from coach.check.network import Network
from coach.check.tagger import Calibration, FaultScale, Scale

GROVELLING = "I cannot begin to say how ashamed I am, I am a disgrace to this trade."
NOTES = {"shop": 0.8, "customer": 0.8, "third-party": 0.8, "inward": 0.8}
PLAIN = "I packed the wrong size, and the right one leaves today."


@pytest.fixture(scope="module")
def tagger() -> TaggerDetector:
    """One for all: loading takes a moment."""
    return TaggerDetector()


@pytest.fixture(scope="module")
def checker() -> Checker:
    """Patterns and tagger, as the service has them."""
    return Checker()


def passage(
    text: str, *, language: str = "en", quoted: tuple[tuple[int, int], ...] = (), doubt: float = 1.0
) -> Passage:
    """A text as the checker would hand it over."""
    return Passage(text, sentence_spans(text), quoted, language=language, doubt=doubt)


class Told(Network):
    """Says of every sentence what a test wants it to say: logits of the first rules; of the others, surely not."""

    def __init__(self, *logits: float, of_notes: tuple[float, ...] = (0.0,) * 5) -> None:
        """All tokens are as suspect as the sentence."""
        self._logits = np.array([*logits, *[-8.0] * (14 - len(logits))], dtype=np.float32)
        self._of_notes = np.array(of_notes, dtype=np.float32)

    def logits(self, ids: Sequence[int]) -> npt.NDArray[np.float32]:
        """Of each token: what it says of the sentence, of itself, and of the note."""
        return np.tile(np.concatenate([self._logits, self._logits, self._of_notes]), (len(ids), 1))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> TaggerDetector:
    """A tagger with a calibration that is easy to reckon with; a test gives it a network."""
    tagger = TaggerDetector(remembered_sentences=0)
    scales = {rule: Scale(1.0, 0.0) for rule in tagger.calibration.rules}
    calibration = Calibration(
        scales, FaultScale(highest=1.0, second=0.5, intercept=1.0), broken=0.8, sure=0.9, notes=NOTES
    )
    monkeypatch.setattr(tagger, "calibration", calibration)
    return tagger


def said(tagger: TaggerDetector, network: Told, *, doubt: float = 1.0) -> list[tuple[int, str | None]]:
    """The rules that are found, by their place in the network's answer, each with its severity."""
    tagger._network = network
    hits = tagger.detect(passage("Somebody is being unkind here.", doubt=doubt))
    return [(tagger.calibration.rules.index(hit.rule), hit.severity) for hit in hits]


def test_what_words_alone_show_to_be_harmless_is_read_only_where_every_doubt_is_wanted(
    told: TaggerDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While somebody types, half of the sentences need no network; a reply that is to be `ready` is read whole."""
    monkeypatch.setattr(told, "_is_harmless", lambda sentence: sentence.startswith("Somebody"))
    assert said(told, Told(5.0)) == []
    assert said(told, Told(5.0), doubt=0.93) == [(0, "error")]
    monkeypatch.setattr(told, "_is_harmless", lambda _: False)
    assert said(told, Told(5.0)) == [(0, "error")]


@pytest.mark.parametrize("text", [PLAIN, "", "🙂", "   ", "?!", "1234567", "Thank you for the photo, it helped a lot."])
def test_plain_talk_is_left_alone(tagger: TaggerDetector, text: str) -> None:
    """No fault, no finding; nothing to read, nothing to find."""
    assert list(tagger.detect(passage(text))) == []


@pytest.mark.parametrize("text", ["So sorry.", "Sorry!", "Garden Gang"])
def test_two_words_mean_nothing_by_themselves(tagger: TaggerDetector, text: str) -> None:
    """A name under a letter is no threat, and one "sorry" no grovelling, however small the doubt that counts."""
    assert list(tagger.detect(passage(text, doubt=0.2))) == []


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
    monkeypatch.delattr(tagger, "_network")
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


def test_where_two_rules_are_likely_the_likelier_one_speaks_for_the_sentence(told: TaggerDetector) -> None:
    """Neither passes by itself, but something is surely wrong: one finding, and no certainty about its name."""
    assert said(told, Told(0.4, 0.6)) == [(1, "warning")]


def test_half_a_suspicion_is_none(told: TaggerDetector) -> None:
    """The same suspicion of one rule, with no other behind it."""
    assert said(told, Told(-8.0, 0.6)) == []


def test_a_second_rule_counts_where_it_passes_by_itself(told: TaggerDetector) -> None:
    """A sentence can break two rules."""
    assert said(told, Told(1.5, 3.0, 1.0)) == [(0, "warning"), (1, "error")]


def test_it_is_an_error_only_where_the_rule_is_sure(told: TaggerDetector) -> None:
    """However sure it is that something is wrong, its name may be a neighbour's."""
    assert told.calibration.fault(np.array([2.0, 2.0])) > told.calibration.sure
    assert said(told, Told(2.0, 1.9)) == [(0, "warning"), (1, "warning")]
    assert said(told, Told(2.3, -8.0)) == [(0, "error")]


def test_doubt_lowers_what_a_suspicion_must_reach(told: TaggerDetector) -> None:
    """A share of the one threshold, for the sentence and for every rule."""
    network = Told(0.6, -8.0, -0.4)
    assert said(told, network) == [(0, "warning")]
    assert said(told, network, doubt=0.6) == [(0, "warning")]
    assert said(told, network, doubt=0.4) == [(0, "warning"), (2, "warning")]


def test_the_likeliest_rule_is_told_by_what_its_logit_is_worth() -> None:
    """Not by the logit: the network is surer of one rule than of another."""
    scales = {"blame": Scale(1.0, -3.0), "spin": Scale(1.0, 0.0)}
    calibration = Calibration(scales, FaultScale(1.0, 1.0, 0.0), broken=0.8, sure=0.9, notes=NOTES)
    blame, spin = calibration.suspicions(np.array([2.0, 1.0]))
    assert spin == pytest.approx(1 / (1 + np.exp(-3.0)))
    assert blame == pytest.approx(1 / (1 + np.exp(1.0)))


def test_a_rule_that_passes_is_never_less_suspect_than_it_is() -> None:
    """Of the sentence and of the rule, the higher probability counts; many sentences are judged as one is."""
    calibration = Calibration(
        {"blame": Scale(1.0, 0.0), "spin": Scale(1.0, 0.0)},
        FaultScale(0.1, 0.1, 0.0),
        broken=0.8,
        sure=0.9,
        notes=NOTES,
    )
    logits = np.array([[3.0, -1.0], [-1.0, 0.0]])
    suspicions = calibration.suspicions(logits)
    assert suspicions[0] == pytest.approx(calibration.probabilities(logits[0]))
    for one, together in zip(logits, suspicions, strict=True):
        assert calibration.suspicions(one) == pytest.approx(together)


def test_what_nobody_can_read_breaks_nothing(tagger: TaggerDetector) -> None:
    """No word, no logits."""
    assert max(tagger.probabilities("").values()) < 0.01


@pytest.mark.parametrize(
    "text", ["It pays to read the screen before confirming.", "bit of homework before buying and youd know that"]
)
def test_a_dig_that_two_rules_forbid_is_found(tagger: TaggerDetector, text: str) -> None:
    """Blame or condescension: neither is likely enough by itself."""
    assert max(tagger.probabilities(text).values()) < tagger.calibration.broken
    assert [hit.rule for hit in tagger.detect(passage(text))] in (["blame"], ["condescension"])


@pytest.mark.parametrize(
    ("of_notes", "noted"),
    [
        ((0.0, 4.0, 0.0, 0.0, -4.0), Noted("shop", inward=False)),
        ((0.0, 0.0, 4.0, 0.0, 4.0), Noted("customer", inward=True)),
        ((0.0, 0.0, 0.0, 4.0, 0.0), Noted("third-party", inward=False)),
        ((0.0, 1.5, 0.0, 0.0, 1.3), Noted()),  # likelier than anything else, and not sure
        ((9.0, 0.0, 0.0, 0.0, 1.4), Noted(None, inward=True)),
    ],
)
def test_of_a_note_is_said_what_is_sure(told: TaggerDetector, of_notes: tuple[float, ...], noted: Noted) -> None:
    """Whose doing it shows, and whether it stays in the shop, each by its own threshold."""
    told._network = Told(of_notes=of_notes)
    assert told.noted("label mixed up in the cold room") == noted


@pytest.mark.parametrize("note", ["", "...", "wir haben die falsche Adresse auf das Paket geschrieben"])
def test_of_a_note_that_cannot_be_read_nothing_is_sure(told: TaggerDetector, note: str) -> None:
    """No word, or another language."""
    told._network = Told(of_notes=(0.0, 9.0, 0.0, 0.0, 9.0))
    assert told.noted(note) == Noted()
