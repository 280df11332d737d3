"""Settings come from the environment or `.env`, and a slip of the pen is told from a setting."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from coach.errors import SettingsError
from coach.settings import Settings, load_settings

SECRET = "sk-very-secret-4711"


@pytest.fixture(autouse=True)
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without settings of the machine's own, in an empty folder."""
    for name in os.environ:
        if name.upper().startswith(("COACH_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def test_without_any_setting_the_embedded_model_serves_this_machine() -> None:
    """No key, no server, no file: it starts, and listens to nobody else."""
    settings = load_settings()
    assert settings.embedded
    assert (settings.host, settings.port, settings.policies) == ("127.0.0.1", 8000, None)


def test_variables_are_read(env: pytest.MonkeyPatch) -> None:
    """Each setting is `COACH_` and its name; the two that the field shares keep theirs."""
    env.setenv("COACH_PORT", "9000")
    env.setenv("COACH_POLICIES", "policies")
    env.setenv("COACH_MODEL", "qwen")
    env.setenv("OPENAI_API_KEY", SECRET)
    env.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8080/v1")
    settings = load_settings()
    assert (settings.port, settings.policies, settings.model) == (9000, Path("policies"), "qwen")
    assert settings.openai_base_url == "http://127.0.0.1:8080/v1"
    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == SECRET
    assert not settings.embedded


def test_a_key_alone_is_enough(env: pytest.MonkeyPatch) -> None:
    """With a key OpenAI serves, and the model has a default."""
    env.setenv("OPENAI_API_KEY", SECRET)
    assert not load_settings().embedded


def test_the_environment_goes_before_the_file(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is set for one start wins over what is written down; other programs' lines are left alone."""
    (tmp_path / ".env").write_text("COACH_PORT=7000\nCOACH_HOST=0.0.0.0\nDATABASE_URL=x\n")
    env.setenv("COACH_PORT", "9000")
    settings = load_settings()
    assert (settings.port, settings.host) == (9000, "0.0.0.0")


def test_an_empty_variable_is_not_set(env: pytest.MonkeyPatch) -> None:
    """`COACH_PORT=` in a compose file means: leave it."""
    for name in ("COACH_PORT", "COACH_MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        env.setenv(name, "")
    assert load_settings() == Settings()
    assert load_settings().embedded


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("COACH_POLICY", "did you mean COACH_POLICIES?"),
        ("COACH_MODLE", "did you mean COACH_MODEL?"),
        ("COACH_DEADLINE", "did you mean COACH_DEADLINE_MS?"),
        ("COACH_XYZZY", "known are "),
    ],
)
def test_an_unknown_variable_is_refused(env: pytest.MonkeyPatch, tmp_path: Path, name: str, hint: str) -> None:
    """A misspelt setting would be ignored in silence: the error names the one that was meant."""
    env.setenv(name, SECRET)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    env.delenv(name)
    (tmp_path / ".env").write_text(f"{name}={SECRET}\n")
    with pytest.raises(SettingsError) as caught_in_file:
        load_settings()
    for error in (caught, caught_in_file):
        assert str(error.value).startswith(f"{name} is not a setting: {hint}")
        assert SECRET not in str(error.value)


def test_a_server_of_ones_own_needs_a_model_name(env: pytest.MonkeyPatch) -> None:
    """Nobody can guess what that server calls its models."""
    env.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8080/v1")
    with pytest.raises(SettingsError, match="OPENAI_BASE_URL is set: say in COACH_MODEL"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COACH_PORT", SECRET),
        ("COACH_PORT", "65536"),
        ("COACH_CONTEXT_TOKENS", "1023"),
        ("COACH_TEMPERATURE", "2.1"),
        ("COACH_LOG_LEVEL", SECRET),
        ("COACH_DEADLINE_MS", "0"),
        ("OPENAI_BASE_URL", SECRET),
    ],
)
def test_a_wrong_value_is_named_by_its_variable(env: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The message names the variable, never the value: keys end up in the wrong variable."""
    env.setenv("COACH_MODEL", "m")
    env.setenv("OPENAI_API_KEY", SECRET)
    env.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value).startswith(f"{name}: ")
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_every_wrong_value_is_told_at_once(env: pytest.MonkeyPatch) -> None:
    """One start tells all there is to mend."""
    env.setenv("COACH_PORT", "x")
    env.setenv("COACH_LOG_FORMAT", "xml")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "COACH_PORT",
        "COACH_LOG_FORMAT",
    ]


def test_settings_do_not_show_the_key(env: pytest.MonkeyPatch) -> None:
    """Settings may be printed and logged, and cannot be changed."""
    env.setenv("OPENAI_API_KEY", SECRET)
    settings = load_settings()
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump_json()}"
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]
