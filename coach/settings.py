"""Settings: the environment, or a `.env` file beside where the service starts."""

import difflib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

import platformdirs
from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from coach.errors import SettingsError

_PREFIX = "COACH_"
OPENAI_DEFAULT_MODEL = "gpt-5-mini"


class Settings(BaseSettings):
    """All settings. The field `host` is the variable `COACH_HOST`; OpenAI's two keep the names that everybody uses."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    openai_api_key: Annotated[SecretStr | None, Field(alias="OPENAI_API_KEY")] = None
    openai_base_url: Annotated[str | None, Field(alias="OPENAI_BASE_URL", pattern=r"^https?://")] = None
    model: str | None = None
    context_tokens: Annotated[int, Field(ge=1024)] = 32_768
    temperature: Annotated[float | None, Field(ge=0, le=2)] = None

    local_model: str | None = None
    local_threads: Annotated[int | None, Field(ge=1, le=256)] = None
    cache_dir: Path = Path(platformdirs.user_cache_dir("reply-coach"))

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    policies: Path | None = None
    deadline_ms: Annotated[int, Field(ge=1, le=600_000)] = 120_000
    cors_origin_regex: str = r"chrome-extension://[a-p]{32}|moz-extension://[0-9a-f-]{36}"
    log_format: Literal["auto", "json", "console"] = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _a_server_of_your_own_needs_a_model_name(self) -> Self:
        if self.openai_base_url and not self.model:
            raise ValueError("OPENAI_BASE_URL is set: say in COACH_MODEL which of that server's models to use")
        return self

    @property
    def embedded(self) -> bool:
        """Whether the embedded model serves: no key and no server is set."""
        return self.openai_api_key is None and self.openai_base_url is None


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: A value is wrong, or a `COACH_...` variable is none of ours (a slip of the pen, most likely).
    """
    _refuse_unknown([*os.environ, *dotenv_values(".env")])
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_line(e["loc"], e["msg"]) for e in error.errors())) from None


def _line(location: tuple[int | str, ...], message: str) -> str:
    message = message.removeprefix("Value error, ")
    if not location:
        return f"{message}."
    name = str(location[0])
    return f"{name if name.isupper() else _PREFIX + name.upper()}: {message}."


def _refuse_unknown(names: Iterable[str]) -> None:
    known = {_PREFIX + field.upper() for field in Settings.model_fields}
    for name in names:
        if name.upper().startswith(_PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}."
            raise SettingsError(f"{name} is not a setting: {hint}")
