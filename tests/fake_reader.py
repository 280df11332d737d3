"""A case reader that says what a test wants, and has no opinion of anything else."""

from collections.abc import Mapping, Sequence
from functools import cache

from coach.case_reader import CaseReader

EVERYTHING = (
    *("", "the", "a", "an", "it", "is", "are", "was", "were", "has been", "and", "on", "at", "of", "by", "with"),
    *("it is", "it was", "and it", "and it was", "and the", "there were", "we", "and we", "they", "by the"),
)


class FakeReader(CaseReader):
    """Knows some lines and some notes; without any, all is decided by rules alone."""

    def __init__(
        self, tells: Mapping[str, bool] = {}, sentences: Mapping[str, str] = {}, idle: Sequence[str] = ()
    ) -> None:
        """No network is loaded.

        Args:
            tells: Which lines to tell, and which not.
            sentences: What to make of which note.
            idle: Which facts are surely beside the point.
        """
        self.tells = cache(lambda _kind, line, _message, _facts=(): tells.get(line))
        self.sentence_of = cache(sentences.get)
        self.is_idle = cache(lambda fact, _message: fact in idle)

    def expected(self, words: Sequence[str]) -> list[list[str]]:
        """All small words everywhere."""
        return [[*EVERYTHING] for _ in words]
