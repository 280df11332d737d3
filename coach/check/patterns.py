"""The detector that is certain: the words that the rule files list, in each language that they list them for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from coach.check.detector import Hit, Passage, Span
from coach.check.expressions import Expressions, Sieve, compiled
from coach.check.language import READABLE
from coach.check.text import plain
from coach.rules import Catalogue, Matcher

_ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A rule's matcher, ready to run."""

    rule: str
    matcher: Matcher
    expressions: Expressions


class PatternDetector:
    """Finds the words that rule files list, sentence by sentence; sentences seen before are remembered."""

    name = "pattern"

    def __init__(self, rules: Catalogue, remembered_sentences: int = 4096) -> None:
        self._rules = rules
        self._remembered = remembered_sentences
        english = [(rule.id, matcher) for rule in rules.values() for matcher in rule.matchers]
        self._searches = {_ENGLISH: _Search(english, accents=True, remembered=remembered_sentences)}

    def detect(self, passage: Passage) -> Iterable[Hit]:
        """All the listed words in a passage."""
        language = _ENGLISH if passage.language in READABLE else passage.language
        if language != _ENGLISH and not any(language in rule.languages for rule in self._rules.values()):
            return ()
        return self._search(language).hits(passage)

    def _search(self, language: str) -> "_Search":
        """The matchers of a language, made when a text first needs them: most shops write in one or two."""
        if language not in self._searches:
            rules = [rule for rule in self._rules.values() if language in rule.languages]
            matchers = [(rule.id, matcher) for rule in rules for matcher in rule.languages[language].matchers]
            self._searches[language] = _Search(matchers, accents=False, remembered=self._remembered)
        return self._searches[language]


class _Search:
    """The matchers of one language."""

    def __init__(self, matchers: Iterable[tuple[str, Matcher]], *, accents: bool, remembered: int) -> None:
        self._accents = accents
        self._matchers = [
            _Compiled(
                rule,
                matcher,
                compiled(
                    rule,
                    matcher.phrases,
                    matcher.patterns,
                    matcher.unless,
                    case_sensitive=matcher.case_sensitive,
                    accents=accents,
                ),
            )
            for rule, matcher in matchers
        ]
        looked_for = [(i, e) for i, m in enumerate(self._matchers) for e in m.expressions.looked_for]
        self._owner_of_expression = [owner for owner, _ in looked_for]
        self._sieve = Sieve(expression.pattern for _, expression in looked_for)
        self._spans_in = lru_cache(remembered)(self._find_spans)

    def hits(self, passage: Passage) -> Iterator[Hit]:
        """All the listed words in a passage."""
        spans: dict[int, list[Span]] = defaultdict(list)
        for start, end in passage.sentences:
            for owner, (hit_start, hit_end) in self._spans_in(passage.text[start:end]):
                span = (start + hit_start, start + hit_end)
                if not passage.is_quoted(*span):
                    spans[owner].append(span)
        for owner, found in spans.items():
            rule, matcher = self._matchers[owner].rule, self._matchers[owner].matcher
            if _count_apart(found) >= matcher.at_least:
                yield from (Hit(rule, *span, matcher.suggestion) for span in found)

    def _find_spans(self, sentence: str) -> tuple[tuple[int, Span], ...]:
        folded = plain(sentence, accents=self._accents)
        # One pass tells which expressions can match at all: most sentences end here.
        owners = sorted({self._owner_of_expression[i] for i in self._sieve.matching(folded.text)})
        return tuple(
            (owner, folded.typed_span(*span))
            for owner in owners
            for span in self._matchers[owner].expressions.spans(folded.text)
        )


def _count_apart(spans: Iterable[Span]) -> int:
    """How many of some spans there are where those that overlap count once."""
    count = last_end = 0
    for start, end in sorted(spans):
        count += start >= last_end
        last_end = max(last_end, end)
    return count
