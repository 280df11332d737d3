"""Where commands are typed in: an empty folder, without a cache of the machine's own."""

from functools import cache
from pathlib import Path

import pytest

from coach.check import Checker

_one_checker = cache(Checker)  # it holds nothing but the rules, and takes a third of a second to make


@pytest.fixture(autouse=True)
def _an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COACH_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture(autouse=True)
def _a_checker_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.cli.check.Checker", _one_checker)
    monkeypatch.setattr("coach.app.Checker", _one_checker)
