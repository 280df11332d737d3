"""What rule files list, as expressions that run.

They run on RE2: its time grows with the text's length and never explodes, whatever people paste in.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import re2

from coach.check.detector import Span
from coach.check.text import unaccented
from coach.errors import SettingsError

_PATTERN_PART = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|'| [?*]?", re.DOTALL)
_STANDS_FOR = {"'": "'?", " ": r"\s+", " ?": r"\s*", " *": r"\s*"}


@dataclass(frozen=True, slots=True)
class Expressions:
    """What to look for in a sentence, and what acquits it."""

    looked_for: tuple["re2._Regexp[str]", ...]
    unless: tuple["re2._Regexp[str]", ...] = ()

    def spans(self, text: str) -> Iterator[Span]:
        """Where they match; nowhere, where an acquittal does."""
        if not any(acquits.search(text) for acquits in self.unless):
            for expression in self.looked_for:
                yield from (match.span() for match in expression.finditer(text) if match.end() > match.start())

    def found_in(self, text: str) -> bool:
        """Whether any of them matches."""
        return any(True for _ in self.spans(text))


def compiled(  # noqa: PLR0913  what there is in a rule file
    rule: str,
    phrases: Sequence[str] = (),
    patterns: Sequence[str] = (),
    unless: Sequence[str] = (),
    *,
    case_sensitive: bool = False,
    accents: bool = True,
) -> Expressions:
    """Compile what a rule file lists.

    Args:
        rule: The rule's id, for error messages.
        phrases: Words from word boundary to word boundary.
        patterns: Expressions in RE2's syntax; a space stands for any white space, an apostrophe may be missing.
        unless: Patterns that acquit.
        case_sensitive: Whether capitals matter to what is looked for.
        accents: Whether accents count. Where not, the text must come without them.

    Raises:
        SettingsError: A pattern is not RE2.
    """
    sources = [*(_phrase_source(phrase) for phrase in phrases), *(_pattern_source(pattern) for pattern in patterns)]
    acquits = [_pattern_source(pattern) for pattern in unless]
    return Expressions(
        tuple(_compile(rule, source, accents=accents, case_sensitive=case_sensitive) for source in sources),
        tuple(_compile(rule, source, accents=accents, case_sensitive=False) for source in acquits),
    )


class Sieve:
    """Tells which of many expressions match a text at all, in any case, in one pass over it.

    Their literal parts are looked for all at once, and only where these stand the expressions themselves. RE2's `Set`,
    which runs all of them together, builds new states with nearly every text, and takes many times as long.
    """

    def __init__(self, sources: Iterable[str]) -> None:
        """Take over what RE2 has compiled before."""
        self._filter = re2.Filter()
        for source in sources:
            self._filter.Add(source, _options(case_sensitive=False))
        self._filter.Compile()

    def matching(self, text: str) -> list[int]:
        """The places, in `sources`, of the expressions that match."""
        # Literals are looked for as they are in small letters; the stubs know of no None.
        return self._filter.Match(text.lower()) or []


def _phrase_source(phrase: str) -> str:
    left = r"\b" if phrase[0].isalnum() else ""
    right = r"\b" if phrase[-1].isalnum() else ""
    return left + _pattern_source(re.escape(phrase).replace(r"\ ", " ")) + right


def _pattern_source(pattern: str) -> str:
    """A pattern with its spaces and apostrophes spelt out; in brackets an apostrophe is just one."""
    return _PATTERN_PART.sub(_spelt_out, pattern)


def _spelt_out(part: re.Match[str]) -> str:
    return part[0].replace(" ", r"\s") if part[0].startswith("[") else _STANDS_FOR.get(part[0], part[0])


def _compile(rule: str, source: str, *, accents: bool, case_sensitive: bool) -> "re2._Regexp[str]":
    source = source if accents else unaccented(source)
    try:
        return re2.compile(source, options=_options(case_sensitive=case_sensitive))
    except re2.error as error:
        raise SettingsError(f"Rule {rule}: the pattern {source!r} is not RE2: {error}") from error


def _options(*, case_sensitive: bool) -> re2.Options:
    options = re2.Options()
    options.case_sensitive = case_sensitive
    options.log_errors = False
    return options
