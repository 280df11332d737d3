"""The rules of tone: one TOML file beside this module is one rule.

A rule's file drives its check, its explanation, its page in the docs, its tests and its evals. To change a rule, change
its file; to add one, add a file. `README.md` beside this module is the catalogue, generated from the same files.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from coach.errors import SettingsError
from coach.schemas import Channel, Severity

Paragraph = Annotated[str, StringConstraints(min_length=1), AfterValidator(lambda text: " ".join(text.split()))]
Line = Annotated[str, StringConstraints(min_length=1, pattern=r"^\S[^\n]*$")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Matcher(_Entry):
    """What to look for in a sentence. Within one sentence, in any case, an apostrophe may always be missing.

    Attributes:
        phrases: Words as they stand in a sentence, from word boundary to word boundary.
        patterns: Regular expressions in RE2's syntax, where phrases do not reach. A space stands for any whitespace.
        unless: Patterns that acquit: where one of them matches in the same sentence, there is no finding.
        at_least: How often the matcher must hit in the whole text before any hit counts.
        case_sensitive: Whether capitals matter (they do for shouting).
        suggestion: What can be put in place of the hit so that the sentence still reads well; empty means delete it.
    """

    phrases: tuple[Line, ...] = ()
    patterns: tuple[Line, ...] = ()
    unless: tuple[Line, ...] = ()
    at_least: Annotated[int, Field(ge=1)] = 1
    case_sensitive: bool = False
    suggestion: str | None = None

    @model_validator(mode="after")
    def _looks_for_something(self) -> Self:
        if not self.phrases and not self.patterns:
            raise ValueError("a matcher needs phrases or patterns")
        return self


class Cue(_Entry):
    """Words that tell a rule about the whole reply something: that money is promised, that a fault is owned.

    Attributes:
        phrases: Words as they stand in a sentence, from word boundary to word boundary.
        patterns: Regular expressions in RE2's syntax, as in a matcher, without accents.
        unless: Patterns that acquit: where one of them matches in the same clause, the cue does not.
    """

    phrases: tuple[Line, ...] = ()
    patterns: tuple[Line, ...] = ()
    unless: tuple[Line, ...] = ()


class _Example(_Entry):
    """A text in its context.

    Attributes:
        text: The text.
        customer: What the customer had written, where it matters.
        draft: What the seller was about to send, where it matters.
        facts: What the seller knows.
        policies: The shop's policies, as texts.
        channel: Where the text stands.
    """

    text: str
    customer: str | None = None
    draft: str | None = None
    facts: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    channel: Channel = "email"

    @property
    def context(self) -> str:
        """What is known when the text is judged, in one line; empty where it does not matter."""
        draft = [f"draft: {self.draft}"] if self.draft else []
        return " · ".join([*self.facts, *self.policies, *draft])


class Bad(_Example):
    """A text that breaks the rule, with the offending words in [[double brackets]].

    Where the fault is that something is missing, nothing is marked.

    Attributes:
        better: What to write instead. It passes every rule.
        also: Other rules that the same text breaks.
    """

    better: str
    also: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        """The text without its marks."""
        return re.sub(r"\[\[|\]\]", "", self.text)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The marked stretches, as offsets into `plain`."""
        marks = re.finditer(r"\[\[(.+?)\]\]", self.text, re.DOTALL)
        return [(m.start() - 4 * i, m.end() - 4 * i - 4) for i, m in enumerate(marks)]


class Good(_Example):
    """A text that looks as if it broke the rule, and does not."""


class Language(_Entry):
    """What a rule looks for in another language than English, with what is certain.

    Attributes:
        matchers: What the pattern detector looks for; accents do not count.
        bad: Texts that break the rule.
        good: Texts that look like it and do not.
    """

    matchers: Annotated[tuple[Matcher, ...], Field(min_length=1)]
    bad: tuple[Bad, ...]
    good: tuple[Good, ...]


class Rule(_Entry):
    """One rule of tone.

    Attributes:
        id: The rule's name in findings, in `rules_off` and in the docs; never changed once published.
        name: The rule in a few words, for people.
        message: What is wrong, in one sentence that fits under a squiggle.
        why: What it does to the customer who reads it.
        instead: What to write instead.
        sources: Where the rule comes from.
        severity: How much it matters.
        scope: Whether the rule points at words, or judges the whole reply in its context.
        language_free: Whether it holds in any language, by what needs no words: figures, links, letters, length.
        matchers: What the pattern detector looks for.
        cues: What a rule about the whole reply goes by; `coach.verify` knows their names.
        bad: Texts that break the rule.
        good: Texts that look like it and do not.
        languages: What is looked for in other languages, by ISO 639 code.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$")]
    name: Line
    message: Line
    why: Paragraph
    instead: Paragraph
    sources: tuple[Line, ...]
    severity: Severity = "error"
    scope: Literal["words", "reply"] = "words"
    language_free: bool = False
    matchers: tuple[Matcher, ...] = ()
    cues: dict[str, Cue] = {}
    bad: tuple[Bad, ...]
    good: tuple[Good, ...]
    languages: dict[Annotated[str, StringConstraints(pattern="^[a-z]{2,3}$")], Language] = {}

    @model_validator(mode="after")
    def _goes_by_something(self) -> Self:
        if self.scope == "words" and not self.matchers:
            raise ValueError("a rule that points at words needs matchers")
        return self


class Catalogue(Mapping[str, Rule]):
    """All rules, by id, in the order of their ids."""

    def __init__(self, rules: list[Rule]) -> None:
        self._rules = {rule.id: rule for rule in sorted(rules, key=lambda rule: rule.id)}

    def __getitem__(self, rule_id: str) -> Rule:
        return self._rules[rule_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    @property
    def about_words(self) -> tuple[str, ...]:
        """The ids of the rules that point at words: those that a tagger can learn."""
        return tuple(rule.id for rule in self._rules.values() if rule.scope == "words")


def parse(name: str, text: str) -> Rule:
    """Read one rule file.

    Raises:
        SettingsError: The file is no TOML, has a wrong field, or its name is not its rule's id.
    """
    try:
        rule = Rule.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise SettingsError(f"Rule file {name}: {error}") from error
    if name != f"{rule.id}.toml":
        raise SettingsError(f"Rule file {name} holds the rule {rule.id!r}; call it {rule.id}.toml.")
    return rule


@cache
def catalogue() -> Catalogue:
    """The rules that ship with the package, read once."""
    folder = files(__name__)
    return Catalogue(
        [
            parse(entry.name, entry.read_text(encoding="utf-8"))
            for entry in folder.iterdir()
            if entry.name.endswith(".toml")
        ]
    )
