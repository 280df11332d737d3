"""Says now and then how far something is, and how long the rest may take: on the error stream, to whoever waits."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from coach.cli.render import err

_TELL_EVERY_S = 2.0
Item = TypeVar("Item")


class Progress:
    """Told of each thing that is done; nothing is said of what is over in a moment."""

    def __init__(self, total: int) -> None:
        """Begin to count.

        Args:
            total: How many things there are to do.
        """
        self._total, self._done = total, 0
        self._started = self._told = time.monotonic()

    def __call__(self, what: str) -> None:
        """One more is done: what it is called."""
        self._done += 1
        now = time.monotonic()
        if now - self._told >= _TELL_EVERY_S:
            self._told = now
            left_s = (now - self._started) / self._done * max(self._total - self._done, 0)
            err.print(f"  {self._done}/{self._total} {what}: about {left_s:.0f} s left", highlight=False)


def tracked(items: Sequence[Item], name: Callable[[Item], str]) -> Iterator[Item]:
    """Some things to do, told of as they are done."""
    progress = Progress(len(items))
    for item in items:
        yield item
        progress(name(item))
