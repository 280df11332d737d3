r"""A model that says what a test tells it to.

    model = FakeModel("Hello,\n\nIt leaves today.", ["Hello, ", ModelTimeout("too late")], ["Hel", HANG])

Each call takes the next of the answers; the last one serves all that come after. An answer is a text, which comes
in small pieces, or a list of steps: a text is a piece, an error is raised, `HANG` is silence until somebody stops
the model. What it was told is in `conversations`; `asked` is set once it has been asked, `hangs` once it has gone
silent, `stopped` once an answer was stopped before its end.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence

from coach.model import Chunk, Message
from coach.schemas import Usage

USAGE = Usage(input_tokens=100, cached_tokens=60, output_tokens=7)


class Hang:
    """Silence until somebody stops the model."""


HANG = Hang()
Step = str | Exception | Hang
Answer = str | Sequence[Step]


class FakeModel:
    """The model; see the module."""

    def __init__(
        self,
        *answers: Answer,
        name: str = "fake",
        context_tokens: int = 32_768,
        small: bool = False,
        fails_to_start: Exception | None = None,
    ) -> None:
        """Set up.

        Args:
            answers: What comes of the calls, one after the other. Without any, a call is a test's mistake.
            name: What responses call it.
            context_tokens: How much it can read and write.
            small: Whether it may not leave anything out.
            fails_to_start: What `start` raises, and `check_ready` from then on.
        """
        self.name = name
        self.context_tokens = context_tokens
        self.small = small
        self.conversations: list[list[Message]] = []
        self.limits: list[int] = []
        self.grammars: list[str | None] = []
        self.asked = asyncio.Event()
        self.hangs = asyncio.Event()
        self.stopped = asyncio.Event()
        self.started = asyncio.Event()
        self.closed = False
        self._answers = list(answers)
        self._fails_to_start = fails_to_start

    @property
    def told(self) -> str:
        """Everything that it was ever told, its opening aside: the last turns of all conversations."""
        return "\n".join(message.content for turns in self.conversations for message in turns)

    async def start(self) -> None:
        """Get ready, or fail to."""
        self.started.set()
        await self.check_ready()

    async def check_ready(self) -> None:
        """Pass, unless it failed to start."""
        if self._fails_to_start:
            raise self._fails_to_start

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None
    ) -> AsyncGenerator[Chunk, None]:
        """Say what comes next."""
        self.conversations.append(list(messages))
        self.limits.append(max_tokens)
        self.grammars.append(grammar)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        self.asked.set()
        finished = False
        try:
            for step in re.findall(r"\s*\S+\s*", answer) if isinstance(answer, str) else answer:
                if isinstance(step, Exception):
                    finished = True
                    raise step
                if isinstance(step, Hang):
                    self.hangs.set()
                    await asyncio.Event().wait()
                    continue
                yield Chunk(step)
                await asyncio.sleep(0)
            finished = True
            yield Chunk(usage=USAGE)
        finally:
            if not finished:
                self.stopped.set()

    async def close(self) -> None:
        """Be closed."""
        self.closed = True
