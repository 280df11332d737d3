"""The detector that is certain: the words that the rule files list.

Patterns run on RE2: its time grows with the text's length and never explodes, whatever people paste in.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import re2

from coach.check.detector import Hit, Passage, Span
from coach.check.text import plain
from coach.errors import SettingsError
from coach.rules import Catalogue, Matcher

_SET_MEMORY_BYTES = 128 << 20  # RE2's own 8 MiB do not hold a catalogue of some hundred patterns
_PATTERN_PART = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|'| [?*]?", re.DOTALL)
_STANDS_FOR = {"'": "'?", " ": r"\s+", " ?": r"\s*", " *": r"\s*"}


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A rule's matcher, ready to run."""

    rule: str
    matcher: Matcher
    expressions: tuple["re2._Regexp[str]", ...]
    unless: tuple["re2._Regexp[str]", ...]


class PatternDetector:
    """Finds the words that rule files list, sentence by sentence; sentences seen before are remembered."""

    name = "pattern"

    def __init__(self, rules: Catalogue, remembered_sentences: int = 4096) -> None:
        self._matchers = [_compiled(rule.id, matcher) for rule in rules.values() for matcher in rule.matchers]
        self._owner_of_expression = [i for i, m in enumerate(self._matchers) for _ in m.expressions]
        self._any = _set_of([e.pattern for m in self._matchers for e in m.expressions])
        self._spans_in = lru_cache(remembered_sentences)(self._find_spans)

    def detect(self, passage: Passage) -> Iterable[Hit]:
        """All the listed words in a passage."""
        spans: dict[int, list[Span]] = defaultdict(list)
        for start, end in passage.sentences:
            for owner, (hit_start, hit_end) in self._spans_in(passage.text[start:end]):
                span = (start + hit_start, start + hit_end)
                if not passage.is_quoted(*span):
                    spans[owner].append(span)
        for owner, found in spans.items():
            compiled = self._matchers[owner]
            if _count_apart(found) >= compiled.matcher.at_least:
                yield from (Hit(compiled.rule, *span, compiled.matcher.suggestion) for span in found)

    def _matching(self, text: str) -> list[int]:
        """Which expressions match anywhere in a text."""
        # The stubs promise a bool; it is a list, or None.
        return self._any.Match(text) or []  # type: ignore[return-value]

    def _find_spans(self, sentence: str) -> tuple[tuple[int, Span], ...]:
        folded = plain(sentence)
        # One pass tells which expressions can match at all: most sentences end here.
        owners = sorted({self._owner_of_expression[i] for i in self._matching(folded.text)})
        return tuple(
            (owner, folded.typed_span(*span))
            for owner in owners
            for span in _matches(self._matchers[owner], folded.text)
        )


def _matches(compiled: _Compiled, text: str) -> Iterator[Span]:
    if any(acquits.search(text) for acquits in compiled.unless):
        return
    for expression in compiled.expressions:
        yield from (match.span() for match in expression.finditer(text) if match.end() > match.start())


def _count_apart(spans: Iterable[Span]) -> int:
    """How many of some spans there are where those that overlap count once."""
    count = last_end = 0
    for start, end in sorted(spans):
        count += start >= last_end
        last_end = max(last_end, end)
    return count


def _compiled(rule: str, matcher: Matcher) -> _Compiled:
    sources = [*(_phrase_source(p) for p in matcher.phrases), *(_pattern_source(p) for p in matcher.patterns)]
    options = _options(case_sensitive=matcher.case_sensitive)
    return _Compiled(
        rule=rule,
        matcher=matcher,
        expressions=tuple(_compile(rule, source, options) for source in sources),
        unless=tuple(_compile(rule, _pattern_source(p), _options(case_sensitive=False)) for p in matcher.unless),
    )


def _phrase_source(phrase: str) -> str:
    """A phrase as an expression: whole words, any white space, apostrophes that may be missing."""
    left = r"\b" if phrase[0].isalnum() else ""
    right = r"\b" if phrase[-1].isalnum() else ""
    return left + _pattern_source(re.escape(phrase).replace(r"\ ", " ")) + right


def _pattern_source(pattern: str) -> str:
    """A pattern with its spaces and apostrophes spelt out; in brackets an apostrophe is just one."""
    return _PATTERN_PART.sub(_spelt_out, pattern)


def _spelt_out(part: re.Match[str]) -> str:
    return part[0].replace(" ", r"\s") if part[0].startswith("[") else _STANDS_FOR.get(part[0], part[0])


def _compile(rule: str, source: str, options: re2.Options) -> "re2._Regexp[str]":
    try:
        return re2.compile(source, options=options)
    except re2.error as error:
        raise SettingsError(f"Rule {rule}: the pattern {source!r} is not RE2: {error}") from error


def _set_of(sources: Iterable[str]) -> "re2.Set":
    options = _options(case_sensitive=False)
    options.max_mem = _SET_MEMORY_BYTES
    expressions = re2.Set.SearchSet(options)
    for source in sources:
        expressions.Add(source)
    try:
        expressions.Compile()
    except re2.error as error:
        raise SettingsError(f"The rules' patterns are together too large for RE2: {error}") from error
    return expressions


def _options(*, case_sensitive: bool) -> re2.Options:
    options = re2.Options()
    options.case_sensitive = case_sensitive
    options.log_errors = False
    return options
