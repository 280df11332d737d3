"""A rule file's cues, ready to be looked for."""

from collections.abc import Mapping
from functools import lru_cache

from coach.check import plain
from coach.check.detector import Span
from coach.check.expressions import compiled
from coach.rules import Cue


class Cues:
    """The cues of one file; what was looked for before is remembered."""

    def __init__(self, file: str, cues: Mapping[str, Cue], remembered: int = 16_384) -> None:
        self._expressions = {
            name: compiled(file, cue.phrases, cue.patterns, cue.unless, accents=False) for name, cue in cues.items()
        }
        self.spans = lru_cache(remembered)(self._spans)

    def __contains__(self, name: str) -> bool:
        return name in self._expressions

    def names(self, prefix: str) -> list[str]:
        """The rest of the names that begin so."""
        return [name.removeprefix(prefix) for name in self._expressions if name.startswith(prefix)]

    def said(self, name: str, text: str) -> bool:
        """Whether a cue is in a text."""
        return bool(self.spans(name, text))

    def _spans(self, name: str, text: str) -> tuple[Span, ...]:
        folded = plain(text, accents=False)
        return tuple(folded.typed_span(*span) for span in self._expressions[name].spans(folded.text))
