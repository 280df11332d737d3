"""From a brief to what the model is told. The words are in `prompts/`; here they are only put together."""

import hashlib
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import jinja2

from coach.brief import Brief
from coach.errors import InputError
from coach.letter import Letter
from coach.model import Message
from coach.points import Point
from coach.saying import OUR_MISTAKE
from coach.schemas import Finding, Policy, Voice

_WHERE = {
    "email": "",
    "chat": " in the chat",
    "marketplace": " on the marketplace",
    "public": " in a public review",
}
_LANGUAGES = {
    "en": "English",
    "de": "German",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
    "pt": "Portuguese",
}
_STYLE = {"casual": "in a casual tone", "neutral": "", "formal": "in a formal tone"}


@dataclass(frozen=True, slots=True)
class Prompts:
    """The texts of `prompts/reply`.

    Attributes:
        version: A hash of all those files: the same version, the same prompt.
        opening: The messages that stand first in every conversation: the task and worked examples. They never change
            between requests, so that the model's server can keep them in its cache.
        request: The template of a request.
        repair: The template of a request to mend a reply.
        note_opening: What stands before a note that is to be put as a sentence: the task and worked examples.
    """

    version: str
    opening: tuple[Message, ...]
    request: jinja2.Template
    repair: jinja2.Template
    note_opening: tuple[Message, ...]

    @property
    def secret(self) -> list[str]:
        """What must not show in a reply: all that never changes, save the words in which points own a mistake."""
        return [message.content.replace(OUR_MISTAKE, "") for message in self.opening]

    def conversation(self, brief: Brief) -> list[Message]:
        """What the model is told to get a reply to a brief."""
        return [*self.opening, _request_message(self.request, brief)]

    def note_conversation(self, note: str) -> list[Message]:
        """What the model is told to get a note as a sentence."""
        return [*self.note_opening, Message("user", note)]

    def repair_turn(self, reply: str, findings: Sequence[Finding]) -> list[Message]:
        """What is added to a conversation to have its reply mended."""
        return [
            Message("assistant", reply),
            Message("user", self.repair.render(findings=findings).strip()),
        ]


@cache
def load_prompts(folder: Path | None = None) -> Prompts:
    """Read the prompts of a folder: `system.md`, `request.md.j2`, `repair.md.j2`, `examples/`, `note/`.

    Args:
        folder: Which one; those that ship with the package where left out.

    Raises:
        InputError: One of them is missing, or cannot be read.
    """
    source: Traversable = folder or _prompts_folder() / "reply"
    try:
        return _prompts(dict(sorted(_texts(source))))
    except (KeyError, OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, jinja2.TemplateError) as error:
        raise InputError(f"{source} holds no prompts that can be used: {error}.") from None


def _prompts(texts: dict[str, str]) -> Prompts:
    environment = jinja2.Environment(
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701  plain text for a model, not HTML
    )
    request = environment.from_string(texts["request.md.j2"])
    opening = [Message("system", texts["system.md"].strip())]
    for name, text in texts.items():
        if name.startswith("examples/"):
            opening += _example_turns(request, tomllib.loads(text))
    return Prompts(
        version=hashlib.sha256("\0".join(part for item in texts.items() for part in item).encode()).hexdigest()[:12],
        opening=tuple(opening),
        request=request,
        repair=environment.from_string(texts["repair.md.j2"]),
        note_opening=(
            Message("system", texts["note/system.md"].strip()),
            *_note_turns(tomllib.loads(texts["note/examples.toml"])["notes"]),
        ),
    )


def _request_message(template: jinja2.Template, brief: Brief) -> Message:
    fields = {
        "policies": brief.policies,
        "facts": brief.facts,
        "notes": brief.notes,
        "points": brief.points,
        "refusals": brief.refusals,
        "fault": brief.fault,
        "customer_message": brief.customer_message.strip(),
    }
    where, style, language = _WHERE[brief.channel], _style(brief.voice), _language(brief)
    text = template.render(**fields, fence=_fence(brief), where=where, style=style, language=language)
    return Message("user", text.strip())


def _example_turns(template: jinja2.Template, example: dict[str, Any]) -> list[Message]:
    brief = Brief(
        customer_message=example["customer_message"],
        policies=tuple(Policy(**policy) for policy in example.get("policies", [])),
        facts=tuple(example.get("facts", [])),
        notes=tuple(example.get("notes", [])),
        letter=Letter("", "", ""),
        channel=example.get("channel", "email"),
        voice=Voice(),
        points=tuple(Point(text) for text in example.get("points", [])),
        refusals=tuple(example.get("refusals", [])),
        fault=example.get("fault", "unknown"),
    )
    return [_request_message(template, brief), Message("assistant", example["reply"].strip())]


def _note_turns(examples: Sequence[dict[str, str]]) -> Iterator[Message]:
    for example in examples:
        yield Message("user", example["note"])
        yield Message("assistant", example["sentence"])


def _fence(brief: Brief) -> str:
    """A marker that none of the texts can hold, because it is made from them; the same for the same brief."""
    everything = "\0".join(
        [brief.customer_message, *brief.facts, *brief.notes, *(f"{p.id}{p.title}{p.text}" for p in brief.policies)]
    )
    fence = hashlib.sha256(everything.encode()).hexdigest()[:8]
    while fence in everything:
        fence = hashlib.sha256((fence + everything).encode()).hexdigest()[:8]
    return fence


def _style(voice: Voice) -> str:
    wishes = [
        _STYLE[voice.formality],
        f"in at most {voice.max_words} words" if voice.max_words else "",
        "without a sign-off" if voice.sign_off else "",
    ]
    said = [wish for wish in wishes if wish]
    return f" {', '.join(said)}" if said else ""


def _language(brief: Brief) -> str:
    """The language to write in, where it does not go without saying that it is English."""
    code = brief.voice.language or ("" if brief.language == "en" else brief.language)
    return _LANGUAGES.get(code, f"the language with the code {code}") if code else ""


def prompt_text(name: str) -> str:
    """A file of `prompts/`."""
    return (_prompts_folder() / name).read_text(encoding="utf-8")


def _prompts_folder() -> Traversable:
    """Inside the package where it was installed from a wheel, at the top of the checkout otherwise."""
    packaged = files("coach") / "prompts"
    return packaged if packaged.is_dir() else Path(__file__).parents[1] / "prompts"


def _texts(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _texts(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry.read_text(encoding="utf-8")
