"""Whoever waits is told how far it is, and not more often than they can read."""

import pytest

from evals.progress import tracked


def test_now_and_then_it_is_told_how_long_the_rest_may_take(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten things of a second each: a line every two seconds, with what was done last and what is left."""
    seconds = iter(range(100))
    monkeypatch.setattr("evals.progress.time.monotonic", lambda: float(next(seconds)))
    assert list(tracked("abcdefghij", str.upper)) == list("abcdefghij")
    told = [line.strip() for line in capsys.readouterr().err.splitlines()]
    assert told == [f"{n}/10 {'ABCDEFGHIJ'[n - 1]}: about {10 - n} s left" for n in (2, 4, 6, 8, 10)]


def test_what_is_over_in_a_moment_is_done_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody waits for it."""
    assert list(tracked([1, 2], str)) == [1, 2]
    assert capsys.readouterr().err == ""
