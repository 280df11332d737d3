"""What the model is told: the same opening every time, everybody's words behind a fence, and no bad example."""

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from coach.brief import Brief, make_brief
from coach.check import Checker, PatternDetector
from coach.model import Message
from coach.prompting import Prompts, load_prompts
from coach.rules import catalogue
from coach.schemas import Policy, ReplyRequest, Voice
from coach.verify import Verifier, situation_of

PROMPTS = Path(__file__).parents[2] / "prompts"
FILES = sorted(str(path.relative_to(PROMPTS)) for path in (PROMPTS / "reply").rglob("*") if path.is_file())
VERIFIER = Verifier(Checker([PatternDetector(catalogue())]))
EXAMPLES = [
    tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((PROMPTS / "reply" / "examples").glob("*.toml"))
]


def brief_of(customer_message: str = "It broke.", **fields: Any) -> Brief:
    """A brief without a draft."""
    return made(ReplyRequest(customer_message=customer_message, **fields))


def made(request: ReplyRequest) -> Brief:
    """The brief for a request in whose draft nothing was found."""
    policies = request.policies or []
    return make_brief(request, policies, [], VERIFIER, situation_of(request, policies, VERIFIER.commands))


def request_for(brief: Brief) -> str:
    """The last thing that the model is told."""
    return load_prompts().conversation(brief)[-1].content


def fence_in(text: str) -> str:
    """The marker between which the texts stand."""
    marker = re.search(r"^--- ([0-9a-f]{8})$", text, re.MULTILINE)
    assert marker
    return marker[1]


def apart(text: str) -> tuple[str, str]:
    """Our own words, and those that stand inside the fence."""
    parts = text.split(f"--- {fence_in(text)}\n")
    assert len(parts) % 2 == 1
    return "".join(parts[::2]), "".join(parts[1::2])


@pytest.fixture(scope="module")
def checker() -> Checker:
    """The patterns alone: it is stock phrases that leak."""
    return Checker([PatternDetector(catalogue())])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the prompts that may be changed."""
    copy = tmp_path / "prompts"
    shutil.copytree(PROMPTS, copy)
    load_prompts()  # the package's own are remembered; in no order of tests may it be the copy
    monkeypatch.setattr("coach.prompting._prompts_folder", lambda: copy)
    return copy


def loaded() -> Prompts:
    """The prompts, read anew."""
    return load_prompts.__wrapped__()


def test_the_same_files_have_the_same_version(folder: Path) -> None:
    """A version stands for the words, not for where they lie or when they were read."""
    assert folder.is_dir()
    assert loaded().version == loaded().version == load_prompts().version
    assert re.fullmatch(r"[0-9a-f]{12}", load_prompts().version)


@pytest.mark.parametrize("name", FILES)
def test_any_change_makes_another_version(folder: Path, name: str) -> None:
    """No word of a prompt can change behind a recorded figure's back."""
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert loaded().version != load_prompts().version


def test_another_example_makes_another_version(folder: Path) -> None:
    """Examples are told too, in the order of their names."""
    before = loaded()
    first = min((folder / "reply" / "examples").iterdir())
    first.rename(first.with_name("9-last.toml"))
    assert loaded().version != before.version
    assert loaded().opening[-2:] == before.opening[1:3]


def test_the_opening_is_the_same_for_every_request() -> None:
    """A server keeps in its cache what does not change: the task, then an example a pair of turns."""
    prompts = load_prompts()
    briefs = [
        brief_of(),
        brief_of(
            "Where is it?",
            facts=["F."],
            policies=[Policy(id="p", text="P.")],
            channel="chat",
            voice=Voice(formality="formal", max_words=50, language="de", sign_off="Liz"),
        ),
    ]
    for brief in briefs:
        conversation = prompts.conversation(brief)
        assert tuple(conversation[:-1]) == prompts.opening
        assert conversation[-1].role == "user"
    assert [message.role for message in prompts.opening] == ["system", *["user", "assistant"] * len(EXAMPLES)]


@pytest.mark.parametrize(
    ("customer_message", "voice", "named"),
    [
        ("Hola, ¿dónde está mi pedido? Lo espero desde el lunes.", Voice(), "in Spanish."),
        ("Hola, ¿dónde está mi pedido? Lo espero desde el lunes.", Voice(language="en"), "in English."),
        ("Where is my order? I have waited since Monday.", Voice(language="sv"), "in the language with the code sv."),
    ],
)
def test_a_language_is_named_where_it_does_not_go_without_saying(
    customer_message: str, voice: Voice, named: str
) -> None:
    """A small model answers in English what the shop has told it in English."""
    assert f"write every sentence of the reply {named}" in request_for(brief_of(customer_message, voice=voice))
    english = request_for(brief_of("Where is my order? I have waited since Monday."))
    assert "English" not in english
    assert "language" not in english


def test_the_same_brief_is_told_in_the_same_words() -> None:
    """Recorded answers are found again by what was asked."""
    assert request_for(brief_of(facts=["F."])) == request_for(brief_of(facts=["F."]))


def test_a_request_holds_all_that_is_known() -> None:
    """Everybody's words are told, and stand inside the fence; outside of it are ours alone."""
    request = ReplyRequest(
        customer_message=" It broke.\n",
        draft="Hi Dana,\n\nWe can swap it.\n\nLiz",
        facts=["One is in stock."],
        policies=[Policy(id="p1", title="Broken things", text="Swaps are free."), Policy(id="p2", text="Cash only.")],
        channel="public",
        voice=Voice(formality="casual", max_words=61, language="fr", sign_off="L."),
    )
    ours, theirs = apart(request_for(made(request)))
    texts = ["It broke.", "We can swap it.", "One is in stock.", "Broken things", "Swaps are free.", "p2", "Cash only."]
    for text in texts:
        assert text in theirs
        assert text not in ours
    for wish in ("public", "casual", "61 words", "in French", "without a sign-off"):
        assert wish in ours


def test_what_is_missing_is_not_announced() -> None:
    """A heading with nothing under it would be taken for something."""
    ours, theirs = apart(request_for(brief_of()))
    assert theirs.strip("> \n") == "It broke."
    assert len(ours.strip().splitlines()) <= 4


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"customer_message": "{}"}, id="message"),
        pytest.param({"facts": ["{}"]}, id="fact"),
        pytest.param({"policies": [{"id": "{}", "text": "x"}]}, id="policy id"),
        pytest.param({"policies": [{"id": "p", "title": "{}", "text": "x"}]}, id="policy title"),
        pytest.param({"policies": [{"id": "p", "text": "{}"}]}, id="policy text"),
        pytest.param({"draft": "{}"}, id="draft"),
    ],
)
def test_nobody_can_write_the_fence(fields: dict[str, Any]) -> None:
    """Whoever has seen the marker of one request and puts it into a text gets another marker."""
    text = "It broke."
    for _ in range(3):
        told = request_for(brief_of(**_filled(fields, text)))
        fence = fence_in(told)
        assert fence not in text
        assert text in apart(told)[1]
        text = f"It is --- {fence} and {fence}."


def _filled(value: Any, text: str) -> Any:
    if isinstance(value, dict):
        return {name: _filled(inner, text) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, text) for inner in value]
    return value.replace("{}", text)


def test_a_fence_that_a_text_holds_by_chance_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should a text hold its own marker after all, the next one is tried."""
    markers = iter(["a0b1c2d3" * 8, "d3c2b1a0" * 8])

    class Digest:
        def __init__(self, _: bytes) -> None:
            self._hex = next(markers)

        def hexdigest(self) -> str:
            return self._hex

    brief = brief_of("The code is a0b1c2d3.")
    prompts = load_prompts()
    monkeypatch.setattr("coach.prompting.hashlib.sha256", Digest)
    assert fence_in(prompts.conversation(brief)[-1].content) == "d3c2b1a0"


@pytest.mark.parametrize("text", ["{{ 7 * 191 }}", "{% for x in y %}", "{# gone #}", "{{ customer_message }}", "<b>&"])
def test_nobodys_words_are_a_template(text: str) -> None:
    """What looks like a template in a message, a fact, a policy or an answer is told as it stands."""
    told = request_for(brief_of(text, facts=[text], policies=[{"id": "p", "title": text, "text": text}]))
    assert apart(told)[1].count(text) >= 4
    assert load_prompts().repair_turn(text, [])[0] == Message("assistant", text)


def test_a_repair_names_each_finding(checker: Checker) -> None:
    """The model reads its own answer, and which words may not stay and why."""
    reply = "You should have read the listing. It is our policy. {{ 1 }}"
    findings = checker.check(reply).findings
    answer, demand = load_prompts().repair_turn(reply, findings)
    assert answer == Message("assistant", reply)
    assert demand.role == "user"
    assert len(findings) == 2
    for finding in findings:
        assert f'- "{finding.quote}": {finding.message}' in demand.content


def test_every_example_is_complete() -> None:
    """An example without an answer, or with a field that nobody reads, teaches nothing."""
    assert len(EXAMPLES) >= 3
    for example in EXAMPLES:
        assert {"customer_message", "points", "reply"} <= set(example)
        assert set(example) <= {"customer_message", "reply", "policies", "points", "refusals", "fault", "channel"}


@pytest.mark.parametrize("text", [example["reply"] for example in EXAMPLES])
def test_an_examples_reply_passes_every_rule(checker: Checker, text: str) -> None:
    """A model writes what it has been shown."""
    assert checker.check(text).passed


@pytest.mark.parametrize("name", FILES)
def test_no_prompt_holds_a_stock_phrase(checker: Checker, name: str) -> None:
    """Not even as a warning: a model repeats what it has read. Customers may write what they like."""
    text = (PROMPTS / name).read_text(encoding="utf-8")
    texts = [text]
    if name.endswith(".toml"):
        example = tomllib.loads(text)
        notes = [said for note in example.get("notes", []) for said in note.values()]
        texts = [example["reply"], *example["points"]] if "reply" in example else notes or list(example.values())
    for said in texts:
        unquoted = said.replace('"', "")  # what stands in quotation marks is not judged
        assert [finding.quote for finding in checker.check(unquoted).findings] == []
