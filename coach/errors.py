"""Everything that can go wrong, as one tree.

    CoachError                 whatever this package raises on purpose
    |- SettingsError           the environment, `.env` or a file it names is wrong
    |- InputError              the caller's text or fields cannot be used
    |  `- TooLongError         ... because they do not fit the model's context
    `- ModelError              the language model let us down
       |- ModelUnavailable     refused, overloaded, not started, key rejected
       |- ModelTimeout         no complete answer before the deadline
       `- ModelBadAnswer       an answer that is no answer: HTML, broken JSON, nothing, cut off

Messages are written for the person who has to do something about it, and never carry what a customer wrote.
"""


class CoachError(Exception):
    """Whatever this package raises on purpose."""


class SettingsError(CoachError):
    """The environment, `.env` or a file that it names is wrong."""


class InputError(CoachError):
    """The caller's text or fields cannot be used.

    Attributes:
        errors: One entry a wrong field: its `field` (a path such as `policies[1].text`) and a `message`.
    """

    def __init__(self, message: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(message)
        self.errors = errors or []


class TooLongError(InputError):
    """The request does not fit the model's context, even with every policy left out.

    Attributes:
        needed_tokens: What the prompt without policies counts.
        limit_tokens: What the model has room for, its own answer taken off.
    """

    def __init__(self, needed_tokens: int, limit_tokens: int) -> None:
        super().__init__(
            f"The request needs {needed_tokens} tokens and the model has room for {limit_tokens}. "
            "Shorten the customer's message, the draft or the facts, or use a model with a larger context."
        )
        self.needed_tokens = needed_tokens
        self.limit_tokens = limit_tokens


class ModelError(CoachError):
    """The language model let us down.

    Attributes:
        retry_after_s: Seconds after which another try makes sense, where the model's server said so.
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ModelUnavailable(ModelError):  # noqa: N818  the three read as what happened, like httpx's own
    """Refused, overloaded, not started, or the key was rejected."""


class ModelTimeout(ModelError):  # noqa: N818
    """No complete answer before the deadline."""


class ModelBadAnswer(ModelError):  # noqa: N818
    """An answer that is no answer: HTML, broken JSON, nothing at all, or cut off in the middle."""
