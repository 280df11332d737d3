"""`coach reply` asks the model that the settings name, and its exit code says whether the reply can be sent."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from coach.schemas import ReplyResponse
from tests.fake_upstream import Behaviour, FakeUpstream, answering, failing
from tests.terminal import Screen, run_beside

MESSAGE = "The shirt is a medium and I had ordered a large!"
BLAME = "You should have read the listing."
GOOD = "I'm sorry we sent the wrong size. A large leaves today."
DRAFT = f"Hi Dana,\n\n{GOOD} {BLAME}\n\nBest,\nLiz"
# There is nothing in it that code could add to a reply.
BARE_DRAFT = f"Hi Dana,\n\n{BLAME}\n\nBest,\nLiz"
CLEAN_DRAFT = f"Hi Dana,\n\n{GOOD}\n\nBest,\nLiz"
REQUEST = {"customer_message": MESSAGE, "draft": DRAFT}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    texts = {"message.txt": MESSAGE, "draft.txt": DRAFT, "bare.txt": BARE_DRAFT, "clean.txt": CLEAN_DRAFT}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "request.json").write_text(json.dumps(REQUEST))


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Settings for a server of one's own; its address is missing yet."""
    monkeypatch.setenv("COACH_MODEL", "m1")
    return monkeypatch


@asynccontextmanager
async def model_behind(env: pytest.MonkeyPatch, *behaviours: Behaviour) -> AsyncIterator[FakeUpstream]:
    """A model's server that behaves, with the settings pointing to it."""
    async with FakeUpstream(*behaviours) as upstream:
        env.setenv("OPENAI_BASE_URL", upstream.url)
        yield upstream


async def reply(*arguments: str, stdin: str = "") -> Screen:
    """Type in `coach reply`."""
    return await run_beside("coach", "reply", *arguments, stdin=stdin)


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        ("request.json", ""),
        ("-", json.dumps(REQUEST)),
        ("-m message.txt -d draft.txt", ""),
        ("--message - --draft draft.txt", MESSAGE),
        ("--message message.txt --draft -", DRAFT),
    ],
)
async def test_a_ready_reply_exits_with_0(env: pytest.MonkeyPatch, arguments: str, stdin: str) -> None:
    """From a request or its parts, from files or standard input: what was wrong, the reply, and that it is ready."""
    async with model_behind(env, answering("I'm sorry we sent ", "the wrong size. A large leaves today.")) as upstream:
        screen = await reply(*arguments.split(), stdin=stdin)
    assert (screen.code, screen.err) == (0, "")
    assert f"Hi Dana, {GOOD} Best, Liz" in screen.words
    assert "Your draft: 1 thing to change" in screen.words
    assert "blame “You should have read the listing”" in screen.words
    assert "ready: every check passed · m1 · 1 attempt" in screen.words
    assert len(upstream.completions) == 1
    assert MESSAGE in upstream.completions[0].body["messages"][-1]["content"]


async def test_a_reply_that_is_not_ready_exits_with_1(env: pytest.MonkeyPatch) -> None:
    """It is shown all the same, with what is left to change by hand."""
    async with model_behind(env, answering("You should have read the listing, so please send it back.")) as upstream:
        screen = await reply("-m", "message.txt", "-d", "bare.txt")
    assert screen.code == 1
    assert "Not ready: 1 thing left to change by hand" in screen.words
    assert "not ready · m1 · 3 attempts" in screen.words
    assert len(upstream.completions) == 3


async def test_a_good_draft_needs_no_model(env: pytest.MonkeyPatch) -> None:
    """It is said to be good, and nothing is sent."""
    async with model_behind(env, failing(500)) as upstream:
        screen = await reply("-m", "message.txt", "-d", "clean.txt")
    assert screen.code == 0
    assert "Your draft is good as it is" in screen.words
    assert "ready: every check passed · no model was asked" in screen.words
    assert upstream.requests == []


async def test_a_question_exits_with_1(env: pytest.MonkeyPatch) -> None:
    """With nothing to go by there is no reply but a question, and nothing is sent."""
    async with model_behind(env, failing(500)) as upstream:
        screen = await reply("-m", "message.txt")
    assert screen.code == 1
    assert "One question first What happened, and what can you offer?" in screen.words
    assert upstream.requests == []


async def test_json_is_what_the_api_answers(env: pytest.MonkeyPatch) -> None:
    """A program gets the whole response, under the same exit code."""
    async with model_behind(env, answering(GOOD)):
        screen = await reply("request.json", "--json")
    assert (screen.code, screen.err) == (0, "")
    document = json.loads(screen.out)
    response = ReplyResponse.model_validate(document)
    assert set(document) == set(ReplyResponse.model_fields)
    assert (response.outcome, response.ready, response.model) == ("rewritten", True, "m1")
    assert response.reply == CLEAN_DRAFT
    assert response.usage.cached_tokens == 8


async def test_the_parts_make_the_request(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Facts, policies, a sign-off and rules turned off go where the fields of a request go."""
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "sizes.md").write_text("# Sizes\n\nA wrong size is swapped for free.")
    options = ["-f", "A large is in stock.", "-f", "The listing has a photo.", "-p", "book", "--sign-off", "Yours, Kim"]
    answer = f"A large is in stock. A wrong size is swapped for free. {BLAME}"
    async with model_behind(env, answering(answer)) as upstream:
        screen = await reply("-m", "message.txt", *options, "--off", "blame")
    told = upstream.completions[0].body["messages"][-1]["content"]
    for text in (MESSAGE, "A large is in stock.", "The listing has a photo.", "A wrong size is swapped for free."):
        assert text in told
    assert screen.code == 0
    assert f"{answer} Yours, Kim" in screen.words


async def test_options_go_before_the_file(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A request can be tried again with another draft, without editing its file."""
    (tmp_path / "both.json").write_text(json.dumps(REQUEST | {"facts": ["A large is in stock."]}))
    async with model_behind(env, failing(500)):
        screen = await reply("both.json", "-d", "clean.txt", "--json")
    assert json.loads(screen.out)["outcome"] == "unchanged"


async def test_a_dry_run_sends_nothing(env: pytest.MonkeyPatch) -> None:
    """It shows each message that would be sent and what all of them count; the model's server hears nothing."""
    async with model_behind(env, failing(500)) as upstream:
        screen = await reply("request.json", "--dry-run")
        assert upstream.requests == []
        await reply("request.json")
        sent = upstream.completions[0].body["messages"]
    assert screen.code == 0
    for message in sent:
        assert " ".join(message["content"].split()) in screen.words
    assert screen.words.endswith("tokens of at most 31268. Nothing was sent.")


async def test_a_dry_run_names_what_does_not_fit(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Policies for which the model has no room are left out, and it says which."""
    env.setenv("COACH_CONTEXT_TOKENS", "4096")
    policies = [
        {"id": "sizes", "text": "A wrong size, medium or large, is swapped for free."},
        {"id": "opening-hours", "text": "We are open from nine to five. " * 500},
    ]
    (tmp_path / "request.json").write_text(json.dumps(REQUEST | {"policies": policies}))
    async with model_behind(env, failing(500)):
        screen = await reply("request.json", "--dry-run")
    assert "left out for want of room: opening-hours. Nothing was sent." in screen.words
    assert "A wrong size, medium or large, is swapped for free." in screen.words


@pytest.mark.parametrize("behaviour", [failing(500), failing(401), answering("Hel", finish=None)])
async def test_a_model_that_fails_exits_with_3(env: pytest.MonkeyPatch, behaviour: Behaviour) -> None:
    """No answer is an error of its own kind, in one line."""
    async with model_behind(env, behaviour):
        screen = await reply("request.json")
    assert (screen.code, screen.out) == (3, "")
    assert screen.err.startswith("coach: The model's ")
    assert screen.err.count("\n") == 1


async def test_a_server_that_is_down_exits_with_3(env: pytest.MonkeyPatch) -> None:
    """The one line says what cannot be reached."""
    async with model_behind(env):
        pass
    screen = await reply("request.json")
    assert (screen.code, screen.out) == (3, "")
    assert screen.err == "coach: The model's server cannot be reached, or broke the connection off.\n"


async def test_too_much_text_exits_with_2(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What cannot fit the model is told with the numbers, before anything is sent."""
    env.setenv("COACH_CONTEXT_TOKENS", "4096")
    (tmp_path / "message.txt").write_text("How long is it? " * 1200)
    async with model_behind(env, failing(500)) as upstream:
        screen = await reply("-m", "message.txt", "-d", "draft.txt")
    assert screen.code == 2
    assert "tokens and the model has room for 2596." in screen.err
    assert upstream.requests == []


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        ("", "", "Give either a REQUEST file, or the customer's message with --message (see --help)."),
        ("request.json -m message.txt", "", "Give either a REQUEST file, or the customer's message"),
        ("-m - -d -", MESSAGE, "The message and the draft cannot both come from standard input."),
        ("nowhere.json", "", "nowhere.json cannot be read: No such file or directory."),
        ("draft.txt", "", "draft.txt is not JSON: Expecting value at line 1, column 1."),
        ("-", "[]", "- must hold a JSON object."),
        ("-", "[" * 100_000, "- is nested too deeply."),
        ("-", "{}", "The request is not valid.\n  customer_message: Field required"),
        ("-", '{"customer_message": "x", "facts": [1]}', "The request is not valid.\n  facts[0]: "),
        ("-", '{"customer_message": "x", "policies": [{"id": "a"}]}', "not valid.\n  policies[0].text: Field required"),
        ("-", '{"customer_message": "x", "darft": "y"}', "The request is not valid.\n  darft: "),
        ("-m message.txt -p nowhere", "", "COACH_POLICIES: there is no folder nowhere."),
    ],
)
async def test_wrong_input_exits_with_2(arguments: str, stdin: str, message: str) -> None:
    """What is wrong is said by file or by field, and no model is needed to say it."""
    screen = await reply(*arguments.split(), stdin=stdin)
    assert (screen.code, screen.out) == (2, "")
    assert screen.err.startswith("coach: ")
    assert message in screen.err
