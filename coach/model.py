"""What is needed of any language model."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from coach.schemas import Usage


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation with the model."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of an answer as it arrives; the last one carries the usage."""

    text: str = ""
    usage: Usage | None = None


class Model(Protocol):
    """A language model that writes plain text.

    Whatever goes wrong inside is raised as a `coach.errors.ModelError`, or as `TooLongError` when the model's own count
    says that the prompt does not fit.
    """

    @property
    def name(self) -> str:
        """What responses call it."""
        ...

    @property
    def context_tokens(self) -> int:
        """How many tokens the prompt and the answer may have together."""
        ...

    @property
    def small(self) -> bool:
        """Whether it is too small to choose well what to leave out and what to add."""
        ...

    async def start(self) -> None:
        """Get ready to answer; returns once `check_ready` would pass."""
        ...

    async def check_ready(self) -> None:
        """Raise what stands in the way of an answer right now."""
        ...

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None
    ) -> AsyncGenerator[Chunk, None]:
        """Write an answer. Closing the iterator early stops the model.

        Args:
            messages: The conversation.
            max_tokens: How long the answer may be.
            grammar: What the answer may be, in llama.cpp's GBNF; only a small model is told.
        """
        ...

    async def close(self) -> None:
        """Let go of connections and child processes."""
        ...
