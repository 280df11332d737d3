"""Recordings are played back as if the model answered again, and what was not recorded is never made up."""

import json
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path

import httpx2
import pytest

from coach.errors import ModelError
from coach.model import Message
from coach.openai_model import OpenAIModel
from evals.recordings import Answer, Asking, Header, Player, Recorder, Recordings, RecordingsError, asking, locked
from tests.fake_upstream import FakeUpstream, answering, failing

HEADER = Header(
    model="m",
    embedded=False,
    asked_as="m",
    own_server=True,
    context_tokens=4096,
    temperature=0.5,
    seed=7,
    prompt_version="p1",
)
MESSAGES = [Message("user", "Bonjour, où est mon colis ?")]


async def ask(transport: httpx2.AsyncBaseTransport, url: str, who: Asking | None) -> list[str]:
    """Have the model asked for somebody; the pieces of its answer."""
    client = httpx2.AsyncClient(transport=transport)
    model = OpenAIModel("m", base_url=url, api_key="sk-secret", temperature=0.5, seed=7, http_client=client)
    token = asking.set(who)
    try:
        async with aclosing(model.stream(MESSAGES, max_tokens=50)) as chunks:
            return [chunk.text async for chunk in chunks if chunk.text]
    finally:
        asking.reset(token)
        await model.close()


async def record(path: Path, *samples: int, pieces: Sequence[str] = ("Il ", "part ", "demain.")) -> FakeUpstream:
    """Record an answer for each sample; the server that gave them."""
    recordings = Recordings.new(path, HEADER)
    async with FakeUpstream(answering(*pieces)) as upstream:
        for sample in samples:
            await ask(Recorder(recordings, httpx2.AsyncHTTPTransport()), upstream.url, Asking("late", sample))
    return upstream


async def test_an_answer_is_played_back(tmp_path: Path) -> None:
    """From the file alone, whatever host it came from, usage included; a short one comes at once."""
    await record(tmp_path / "r.jsonl", 0)
    read = Recordings.read(tmp_path / "r.jsonl")
    pieces = await ask(Player(read), "http://elsewhere.invalid/v1", Asking("late", 0))
    assert pieces == ["Il part demain."]
    assert read.unused == []
    (answer,) = read.answers.values()
    assert answer.usage["prompt_tokens_details"] == {"cached_tokens": 8}
    assert read.model_ms[Asking("late", 0)] == answer.ms


async def test_a_long_answer_is_played_back_bit_by_bit(tmp_path: Path) -> None:
    """As a server may send it: what reads a stream has one to read."""
    words = [f"{n} " for n in range(20)]
    await record(tmp_path / "r.jsonl", 0, pieces=words)
    pieces = await ask(Player(Recordings.read(tmp_path / "r.jsonl")), "http://elsewhere.invalid/v1", Asking("late", 0))
    assert "".join(pieces) == "".join(words)
    assert len(pieces) == 3


async def test_neither_hosts_nor_keys_are_kept(tmp_path: Path) -> None:
    """A file of recordings can be shown to anybody."""
    await record(tmp_path / "r.jsonl", 0)
    text = (tmp_path / "r.jsonl").read_text()
    assert "sk-secret" not in text
    assert "127.0.0.1" not in text
    assert "http" not in text


async def test_another_sample_is_asked_for_with_another_seed(tmp_path: Path) -> None:
    """Else a local model would say the same again; it is the same request all the same."""
    upstream = await record(tmp_path / "r.jsonl", 0, 3)
    assert [request.body["seed"] for request in upstream.completions] == [7, 10]
    answers = Recordings.read(tmp_path / "r.jsonl").answers
    assert len({key for key, _ in answers}) == 1
    assert {sample for _, sample in answers} == {0, 3}


async def test_what_is_recorded_is_not_asked_for_again(tmp_path: Path) -> None:
    """A run that was broken off goes on where it was."""
    await record(tmp_path / "r.jsonl", 0)
    read = Recordings.read(tmp_path / "r.jsonl")
    async with FakeUpstream(failing(500)) as upstream:
        pieces = await ask(Recorder(read, httpx2.AsyncHTTPTransport()), upstream.url, Asking("late", 0))
        assert upstream.requests == []
    assert "".join(pieces) == "Il part demain."
    assert read.sent == []


async def test_what_was_not_recorded_is_noted(tmp_path: Path) -> None:
    """Who asked for it is known, so that their case is not taken for measured."""
    await record(tmp_path / "r.jsonl", 0)
    read = Recordings.read(tmp_path / "r.jsonl")
    with pytest.raises(ModelError):
        await ask(Player(read), "http://elsewhere.invalid/v1", Asking("late", 1))
    assert read.missing == {Asking("late", 1)}
    assert [answer.case for answer in read.unused] == ["late"]


async def test_what_failed_is_noted_and_not_kept(tmp_path: Path) -> None:
    """A model that answers 429 for ever is not recorded as one that does."""
    recordings = Recordings.new(tmp_path / "r.jsonl", HEADER)
    async with FakeUpstream(failing(429, retry_after="0")) as upstream:
        with pytest.raises(ModelError):
            await ask(Recorder(recordings, httpx2.AsyncHTTPTransport()), upstream.url, Asking("late", 0))
    assert recordings.failed == {Asking("late", 0): "the model's server answered 429"}
    assert not (tmp_path / "r.jsonl").exists()


async def test_a_call_for_nobody_passes_through(tmp_path: Path) -> None:
    """Warming up is no case."""
    recordings = Recordings.new(tmp_path / "r.jsonl", HEADER)
    async with FakeUpstream(answering("Hm.")) as upstream:
        assert await ask(Recorder(recordings, httpx2.AsyncHTTPTransport()), upstream.url, None) == ["Hm."]
    assert recordings.answers == {}


async def test_a_file_is_sorted(tmp_path: Path) -> None:
    """So that two recordings of the same can be compared line by line."""
    await record(tmp_path / "r.jsonl", 2, 0, 1)
    read = Recordings.read(tmp_path / "r.jsonl")
    read.write()
    lines = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert lines[0]["recordings"] == 1
    assert [line["sample"] for line in lines[1:]] == [0, 1, 2]
    assert all(list(line) == sorted(line) for line in lines)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("{}\n", "line 1: model: Field required"),
        ("HEADER{}\n", "line 2: case: Field required"),
        ("HEADERno JSON\n", "line 2: the line: Invalid JSON"),
        (HEADER.model_dump_json().replace('"m"', "1") + "\n", "line 1: model: Input should be a valid string"),
    ],
)
def test_a_broken_file_is_told_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    """And nothing of it is used."""
    path = tmp_path / "r.jsonl"
    path.write_text(text.replace("HEADER", HEADER.model_dump_json() + "\n"))
    with pytest.raises(RecordingsError, match=problem):
        Recordings.read(path)


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stood in the file still does."""
    answer = Answer(case="a", sample=0, key="k", pieces=("x",), finish="stop", usage={}, ms=1)
    full = Recordings.new(Path("/dev/full"), HEADER)
    with pytest.raises(RecordingsError, match=r"No space left on device. What was there before is still there."):
        full.keep(answer)
    kept = Recordings.new(tmp_path / "r.jsonl", HEADER)
    kept.keep(answer)
    before = (tmp_path / "r.jsonl").read_text()
    monkeypatch.setattr(Path, "write_text", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(RecordingsError, match="cannot be written"):
        kept.write()
    assert (tmp_path / "r.jsonl").read_text() == before


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    """The second is told at once; when the first is done, the file is free."""
    path = tmp_path / "deep" / "r.jsonl"
    with locked(path), pytest.raises(RecordingsError, match="Another run is writing"), locked(path):
        pass
    with locked(path):
        pass
