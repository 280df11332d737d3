"""Evals run in an empty folder, with one checker for all: it holds nothing but the rules, and is slow to make."""

from pathlib import Path

import pytest

from coach.check import Checker
from coach.verify import Verifier


@pytest.fixture(scope="session")
def checker() -> Checker:
    """The checker."""
    return Checker()


@pytest.fixture(scope="session")
def verifier(checker: Checker) -> Verifier:
    """What judges a reply in its context."""
    return Verifier(checker)


@pytest.fixture(autouse=True)
def _an_empty_folder(tmp_path: Path, checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COACH_CACHE_DIR", str(tmp_path / "cache"))
    for user in (
        "coach.app",
        "evals.cli",
        "evals.run_cli",
        "evals.selftest.cli",
        "evals.attacks.cli",
        "evals.in_context",
    ):
        monkeypatch.setattr(f"{user}.Checker", lambda: checker)
