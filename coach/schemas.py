"""The contract, version 1: what goes in and what comes out. The names are fixed, clients depend on them."""

import hashlib
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

MAX_TEXT_CHARS = 20_000
MAX_POLICY_CHARS = 20_000
MAX_POLICIES = 300
MAX_FACTS = 100
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

Channel = Literal["email", "chat", "marketplace", "public"]
Formality = Literal["casual", "neutral", "formal"]
Severity = Literal["error", "warning"]
Outcome = Literal["unchanged", "rewritten", "needs_input"]


def _clean(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds a NUL character; take it out")
    if _LONE_SURROGATE.search(text):
        raise ValueError("holds half of a surrogate pair; send the whole character")
    return text


def _not_blank(text: str) -> str:
    if not any(c.isprintable() and not c.isspace() for c in text):
        raise ValueError("is blank; there must be something to read")
    return text


Text = Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARS), AfterValidator(_clean)]
NonBlank = Annotated[Text, AfterValidator(_not_blank)]
PolicyText = Annotated[
    str, StringConstraints(max_length=MAX_POLICY_CHARS), AfterValidator(_clean), AfterValidator(_not_blank)
]
ShortText = Annotated[str, StringConstraints(max_length=200), AfterValidator(_clean)]
RuleId = Annotated[str, StringConstraints(max_length=40)]


class _Request(BaseModel):
    # What a customer wrote must never end up in a log by way of an error message.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class Policy(_Request):
    """One of the shop's policies."""

    id: Annotated[ShortText, AfterValidator(_not_blank)]
    title: ShortText = ""
    text: PolicyText


class Voice(_Request):
    """How the shop speaks."""

    sign_off: Annotated[
        ShortText | None, AfterValidator(lambda text: text and text.strip()), Field(description="Put under the reply.")
    ] = None
    formality: Formality = "neutral"
    max_words: Annotated[int | None, Field(ge=20, le=300, description="At most so many words.")] = None
    language: Annotated[
        str | None,
        StringConstraints(pattern=r"^[a-z]{2,3}$"),
        Field(description="ISO 639 code of the language to answer in; the customer's own where left out."),
    ] = None


def _unique_ids(policies: list[Policy]) -> list[Policy]:
    seen: set[str] = set()
    for policy in policies:
        if policy.id in seen:
            raise ValueError(f"two policies have the id {policy.id!r}; ids must differ")
        seen.add(policy.id)
    return policies


Policies = Annotated[list[Policy], Field(max_length=MAX_POLICIES), AfterValidator(_unique_ids)]
Facts = Annotated[list[NonBlank], Field(max_length=MAX_FACTS)]


class CheckRequest(_Request):
    """A text to check."""

    text: Text
    customer_message: Text | None = None
    policies: Policies = []
    facts: Facts = []
    rules_off: list[RuleId] = []


class ReplyRequest(_Request):
    """A customer's message and all that is needed to answer it."""

    customer_message: NonBlank
    draft: Annotated[Text | None, Field(description="What the seller was about to send.")] = None
    policies: Annotated[
        Policies | None,
        Field(description="The shop's policies; the server's own policy book where left out."),
    ] = None
    facts: Annotated[Facts, Field(description="What the seller knows: one fact a line.")] = []
    channel: Channel = "email"
    voice: Voice = Voice()
    rules_off: Annotated[list[RuleId], Field(description="Ids of rules that do not apply.")] = []
    deadline_ms: Annotated[
        int | None, Field(ge=1, le=600_000, description="The answer comes within so many milliseconds.")
    ] = None

    @model_validator(mode="after")
    def _blank_draft_is_no_draft(self) -> Self:
        if self.draft is not None and not self.draft.strip():
            object.__setattr__(self, "draft", None)
        return self

    @property
    def input_hash(self) -> str:
        """SHA-256 (hex) of the customer's message, a NUL and the draft, in UTF-8.

        A client that keeps typing while an answer is on its way compares it with the hash of what stands there now.
        """
        return hashlib.sha256(f"{self.customer_message}\0{self.draft or ''}".encode()).hexdigest()


class _Response(BaseModel):
    model_config = ConfigDict(frozen=True)


class Finding(_Response):
    """A rule broken at a span."""

    rule: str
    severity: Severity
    message: Annotated[str, Field(description="What is wrong, in one sentence.")]
    why: Annotated[str, Field(description="What it does to the customer.")]
    quote: Annotated[str, Field(description="The offending words.")]
    start: Annotated[int, Field(description="First character, in Unicode code points.")]
    end: Annotated[int, Field(description="One past the last character, in Unicode code points.")]
    start_utf16: Annotated[int, Field(description="The same in UTF-16 code units, as JavaScript slices.")]
    end_utf16: int
    suggestion: Annotated[str | None, Field(description="What can stand in place of the quote; empty: delete it.")]
    detector: Annotated[str, Field(description="Who found it.")]


class CheckResponse(_Response):
    """What a check found."""

    clean: bool
    findings: list[Finding]
    language: Annotated[str, Field(description="ISO 639 code, or `und` where it cannot be told.")]
    rules_unread: Annotated[
        list[str], Field(description="Ids of the rules that cannot read this language: they were not checked.")
    ] = []
    timings_ms: dict[str, float]


class Edit(_Response):
    """One change: put `replacement` where `draft[start:end]` stood."""

    start: Annotated[int, Field(description="Where in the draft, in code points.")]
    end: int
    start_utf16: int
    end_utf16: int
    reply_start: Annotated[int, Field(description="Where in the reply, in code points.")]
    reply_end: int
    original: str
    replacement: str
    rules: Annotated[list[str], Field(description="The rules that the original words broke.")]
    why: str


class Commitment(_Response):
    """Something the reply binds the shop to."""

    kind: Annotated[
        str,
        Field(
            description="refund, replacement, repair, discount, credit, payment, free-postage, gift, no-charge, "
            "deadline, callback"
        ),
    ]
    quote: str
    start: Annotated[int, Field(description="First character, in Unicode code points.")]
    end: int
    amounts: Annotated[list[str], Field(description="Sums, percentages, days and times, as the reply writes them.")]
    backing: Annotated[
        str | None, Field(description="What allows it, word for word: of a policy, a fact or the draft; null: nothing.")
    ]


class Citation(_Response):
    """A policy that the reply rests on, quoted word for word."""

    policy_id: str
    quote: str


class Advice(_Response):
    """Something the seller should know that is not part of the reply."""

    kind: str
    message: str


class Usage(_Response):
    """Tokens, over all attempts, as the model's server counted them."""

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Self) -> "Usage":
        """Tokens of two calls together."""
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
        )


class ReplyResponse(_Response):
    """The coached reply, and the proof."""

    id: str
    outcome: Annotated[
        Outcome,
        Field(
            description="`unchanged`: the draft is good and comes back as it was; `rewritten`; "
            "`needs_input`: not enough is known, `question` asks for what is missing."
        ),
    ]
    ready: Annotated[bool, Field(description="Every check passed on exactly this text.")]
    reply: str | None
    question: str | None = None
    draft_findings: list[Finding]
    reply_findings: list[Finding]
    edits: list[Edit]
    commitments: Annotated[list[Commitment], Field(description="What the reply binds the shop to.")]
    citations: Annotated[list[Citation], Field(description="The policies that it rests on.")]
    advice: list[Advice]
    language: str
    rules_off: list[str]
    rules_unread: Annotated[
        list[str], Field(description="Ids of the rules that cannot read this language: they were not checked.")
    ] = []
    policies_left_out: Annotated[list[str], Field(description="Ids of policies that did not fit the model's context.")]
    attempts: Annotated[
        int, Field(description="How often the model was asked for a reply; all the notes that it words count once.")
    ]
    model: str
    prompt_version: str
    usage: Usage
    timings_ms: dict[str, float]
    input_hash: Annotated[
        str, Field(description="SHA-256 (hex) of customer_message, a NUL character and the draft, in UTF-8.")
    ]


class RuleExample(_Response):
    """A text that breaks a rule, where it does, and what to write instead."""

    text: str
    spans: list[tuple[int, int]]
    better: str


class RuleResponse(_Response):
    """One rule of tone."""

    id: str
    name: str
    message: str
    why: str
    instead: str
    severity: Severity
    sources: list[str]
    bad: list[RuleExample]
    good: list[str]


class Problem(_Response):
    """What went wrong, after RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    request_id: str
    errors: Annotated[list[dict[str, str]] | None, Field(description="Each wrong field and what is wrong with it.")] = (
        None
    )
    retry_after_s: Annotated[float | None, Field(description="When another try makes sense, where known.")] = None
    draft_findings: Annotated[
        list[Finding] | None, Field(description="What the check found in the draft before the model failed.")
    ] = None
