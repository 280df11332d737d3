"""`coach check` says what is wrong with a text, to people and to machines, and its exit code says whether."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fake_model import FakeModel
from tests.served import client_of
from tests.terminal import type_in

CLEAN = "I'm sorry we sent the wrong size. A large leaves today."
QUOTE = "You should have read the listing"
FAULTY = f"Hi Dana 👍, {QUOTE}. A large leaves today."
JAPANESE = "申し訳ありません。サイズを間違えてお送りしました。正しい品は本日発送いたします。"


def test_a_clean_text_exits_with_0(tmp_path: Path) -> None:
    """A script may send what has passed."""
    (tmp_path / "draft.txt").write_text(CLEAN)
    screen = type_in("coach", "check", "draft.txt")
    assert (screen.code, screen.out, screen.err) == (0, "Nothing found.\n", "")


def test_a_finding_is_shown_with_what_to_write(tmp_path: Path) -> None:
    """A person sees the rule, the words that break it, what is wrong with them, and what to do instead."""
    (tmp_path / "draft.txt").write_text(FAULTY)
    screen = type_in("coach", "check", "draft.txt")
    [finding] = json.loads(type_in("coach", "check", "--json", "draft.txt").out)["findings"]
    assert screen.code == 1
    assert FAULTY in screen.words
    assert f"blame “{QUOTE}”" in screen.words
    assert finding["message"] in screen.words


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_standard_input_is_read(arguments: tuple[str, ...]) -> None:
    """Text can be piped in, also by an editor on Windows that puts a mark before it."""
    assert type_in("coach", "check", *arguments, stdin=f"\ufeff{FAULTY}").code == 1
    assert type_in("coach", "check", *arguments, stdin=f"\ufeff{CLEAN}").code == 0


@pytest.mark.parametrize("text", [CLEAN, FAULTY, JAPANESE, ""])
async def test_json_is_what_the_api_answers(text: str) -> None:
    """Whoever can read the one can read the other: same fields, same values, the time it took aside."""
    printed = json.loads(type_in("coach", "check", "--json", stdin=text).out)
    async with client_of(FakeModel()) as client:
        response = await client.post("/v1/checks", json={"text": text})
    answered: dict[str, Any] = response.json()
    assert printed | {"timings_ms": None} == answered | {"timings_ms": None}


def test_json_exits_with_the_same_codes() -> None:
    """The form of the output does not change the verdict."""
    assert [type_in("coach", "check", "--json", stdin=text).code for text in (CLEAN, FAULTY)] == [0, 1]


def test_the_customers_own_words_are_not_judged(tmp_path: Path) -> None:
    """With the message at hand, what is quoted from it is no fault of the reply's."""
    reply = f"You write “{QUOTE}”. A large leaves today."
    (tmp_path / "message.txt").write_text(f"Your mail says: {QUOTE}. How dare you!")
    assert type_in("coach", "check", "-m", "message.txt", stdin=reply).code == 0


def test_a_rule_can_be_turned_off() -> None:
    """What does not apply to this shop is not found."""
    assert type_in("coach", "check", "--off", "jargon", "--off", "blame", stdin=FAULTY).code == 0


def test_another_language_is_not_called_clean() -> None:
    """A text that no rule can read has not passed."""
    screen = type_in("coach", "check", stdin=JAPANESE)
    assert screen.code == 1
    assert screen.words.startswith("Not checked in this language (ja): argument, blame, ")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("nowhere.txt", None, "nowhere.txt cannot be read: No such file or directory."),
        (".", None, ". cannot be read: Is a directory."),
        ("latin.txt", b"Gr\xfc\xdfe", "latin.txt is not UTF-8 text: byte 2 is wrong."),
        ("large.txt", b"x" * 2_000_001, "large.txt is too large: at most 2 MB are read."),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str, content: bytes | None, problem: str) -> None:
    """The file and what is wrong with it, in a sentence."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    screen = type_in("coach", "check", name)
    assert (screen.code, screen.out, screen.err) == (2, "", f"coach: {problem}\n")


def test_standard_input_that_is_no_text_is_told() -> None:
    """The message names where it came from."""
    screen = type_in("coach", "check", stdin=b"\xff\xfe")
    assert (screen.code, screen.err) == (2, "coach: standard input is not UTF-8 text: byte 0 is wrong.\n")


def test_text_that_the_api_refuses_is_refused() -> None:
    """The same limits as over HTTP, told by field."""
    screen = type_in("coach", "check", stdin="x" * 20_001)
    assert screen.code == 2
    assert screen.err.startswith("coach: The request is not valid.\n  text: ")
