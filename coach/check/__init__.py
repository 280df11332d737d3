"""Text in, findings out: no model call, the same findings for the same text every time."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from coach.check.detector import Detector, Hit, Passage, Span
from coach.check.language import READABLE, detect_language
from coach.check.patterns import PatternDetector
from coach.check.quoted import quoted_spans
from coach.check.sentences import sentence_spans
from coach.check.tagger import Noted, TaggerDetector
from coach.check.text import plain, utf16_offsets
from coach.check.word_model import WordModel
from coach.errors import InputError
from coach.rules import Catalogue, catalogue
from coach.schemas import Finding

__all__ = [
    "READABLE",
    "Checked",
    "Checker",
    "Detector",
    "Hit",
    "Noted",
    "Passage",
    "PatternDetector",
    "TaggerDetector",
    "WordModel",
    "detect_language",
    "plain",
    "sentence_spans",
    "utf16_offsets",
]


CONTEXT = "context"  # what found a fault by looking at the text in its context


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Attributes:
        findings: Every rule broken, in the order of the text.
        language: The text's language as an ISO 639 code, or `und`.
        unread: Ids of the rules that cannot read this language: that they found nothing proves nothing.
        readable: Whether any rule of tone can.
    """

    findings: tuple[Finding, ...]
    language: str
    unread: tuple[str, ...]
    readable: bool

    @property
    def passed(self) -> bool:
        """No rule broken, in a language that some of the rules can read."""
        return self.readable and not self.findings


class Checker:
    """Runs the detectors over a text and merges what they say."""

    def __init__(self, detectors: Sequence[Detector] | None = None, rules: Catalogue | None = None) -> None:
        """Load the detectors.

        Args:
            detectors: What finds faults, the most certain first; where left out, the patterns, and the tagger that was
                trained on the shipped rules.
            rules: Other rules than the shipped ones.
        """
        self.rules = catalogue() if rules is None else rules
        self._detectors = detectors or _default_detectors(rules)
        self._tagger = next((one for one in self._detectors if isinstance(one, TaggerDetector)), None)

    def check(  # noqa: PLR0913  what there is to say of a text
        self,
        text: str,
        *,
        customer_message: str | None = None,
        quotable: Iterable[str] = (),
        rules_off: Collection[str] = (),
        more: Iterable[Hit] = (),
        doubt: float = 1.0,
    ) -> Checked:
        """Find every rule that a text breaks.

        Args:
            text: What the seller, or the model, wrote.
            customer_message: What it answers. Its sentences may be quoted back.
            quotable: Other texts that may be quoted, such as the policies.
            rules_off: Ids of rules that do not apply.
            more: What was found by looking at the text's context.
            doubt: From which share of its threshold on a suspicion counts as a finding; less than 1 where a text is to
                be called good.

        Raises:
            InputError: `rules_off` names a rule that does not exist.
        """
        self._refuse_unknown(rules_off)
        quoted = quoted_spans(text, [customer_message or "", *quotable])
        language = detect_language(text)
        passage = Passage(text, sentence_spans(text), tuple(quoted), customer_message, language, doubt)
        hits = [
            (detector.name, hit)
            for detector in self._detectors
            for hit in detector.detect(passage)
            if hit.rule not in rules_off and not passage.is_quoted(hit.start, hit.end)
        ]
        kept = _without_doubles(hits, passage.sentences)
        unread = self._unread(language)
        kept += [(CONTEXT, hit) for hit in dict.fromkeys(more) if hit.rule not in {*rules_off, *unread}]
        kept.sort(key=lambda item: (item[1].start, item[1].end, item[1].rule))
        return Checked(tuple(self._findings(text, kept)), language, unread, self._readable(language))

    def noted(self, note: str) -> Noted:
        """What is sure of a note that the shop has made of a case; nothing without the tagger, which reads it."""
        return self._tagger.noted(note) if self._tagger else Noted()

    def _unread(self, language: str) -> tuple[str, ...]:
        if language in READABLE:
            return ()
        return tuple(
            rule.id for rule in self.rules.values() if not rule.language_free and language not in rule.languages
        )

    def _readable(self, language: str) -> bool:
        return language in READABLE or any(language in rule.languages for rule in self.rules.values())

    def _refuse_unknown(self, rules_off: Collection[str]) -> None:
        errors = [
            {
                "field": f"rules_off[{i}]",
                "message": f"there is no rule {rule_id!r}; see GET /v1/rules or `coach rules`",
            }
            for i, rule_id in enumerate(rules_off)
            if rule_id not in self.rules
        ]
        if errors:
            raise InputError("rules_off names rules that do not exist.", errors)

    def _findings(self, text: str, hits: Iterable[tuple[str, Hit]]) -> Iterable[Finding]:
        utf16 = utf16_offsets(text)
        for detector, hit in hits:
            rule = self.rules[hit.rule]
            yield Finding(
                rule=rule.id,
                severity=hit.severity or rule.severity,
                message=hit.message or rule.message,
                why=rule.why,
                quote=text[hit.start : hit.end],
                start=hit.start,
                end=hit.end,
                start_utf16=utf16[hit.start],
                end_utf16=utf16[hit.end],
                suggestion=hit.suggestion,
                detector=detector,
            )


def _default_detectors(rules: Catalogue | None) -> list[Detector]:
    return [PatternDetector(catalogue()), TaggerDetector()] if rules is None else [PatternDetector(rules)]


def _without_doubles(hits: Sequence[tuple[str, Hit]], sentences: Sequence[Span]) -> list[tuple[str, Hit]]:
    """One fault, one finding.

    What several detectors find in one sentence under one rule is one fault, and the first detector's word counts: the
    patterns' words are exact and may come with a suggestion. Of one detector's overlapping hits the longest stays.
    """
    order = list(dict.fromkeys(detector for detector, _ in hits))
    starts = [start for start, _ in sentences]
    kept: list[tuple[str, Hit]] = []
    kept_in: dict[tuple[str, int], list[tuple[str, Hit]]] = defaultdict(list)  # by rule and sentence
    for detector, hit in sorted(hits, key=lambda item: (order.index(item[0]), item[1].start - item[1].end)):
        touched = range(bisect_right(starts, hit.start) - 1, bisect_left(starts, hit.end))
        places = [kept_in[hit.rule, sentence] for sentence in touched]
        if not any(by != detector or _overlap(other, hit) for place in places for by, other in place):
            kept.append((detector, hit))
            for place in places:
                place.append((detector, hit))
    return sorted(kept, key=lambda item: (item[1].start, item[1].end, item[1].rule))


def _overlap(one: Hit, other: Hit) -> bool:
    return one.start < other.end and other.start < one.end
