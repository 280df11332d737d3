"""The shop's policy book: a folder of Markdown files, one policy each."""

from pathlib import Path

from pydantic import ValidationError

from coach.errors import SettingsError
from coach.schemas import Policy


def load_policies(folder: Path) -> list[Policy]:
    """Read a policy book.

    A file's name is its policy's id, its first heading (or the id) the title, the rest the text.

    Raises:
        SettingsError: The folder is missing or holds no Markdown, or a file is no readable policy.
    """
    if not folder.is_dir():
        raise SettingsError(f"COACH_POLICIES: there is no folder {folder}. Make it, or unset the variable.")
    paths = sorted(path for path in folder.glob("*.md") if path.name.lower() != "readme.md")
    if not paths:
        raise SettingsError(f"COACH_POLICIES: {folder} holds no Markdown files (*.md); put one policy in each.")
    return [_read(path) for path in paths]


def _read(path: Path) -> Policy:
    try:
        lines = path.read_text(encoding="utf-8-sig").strip().split("\n", 1)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"COACH_POLICIES: {path.name} cannot be read as UTF-8 text ({error}).") from None
    title, body = (lines[0].lstrip("#").strip(), lines[1:]) if lines[0].startswith("#") else (path.stem, lines)
    try:
        return Policy(id=path.stem, title=title, text="\n".join(body).strip())
    except ValidationError as error:
        problem = error.errors()[0]
        field = problem["loc"][0]
        raise SettingsError(
            f"COACH_POLICIES: {path.name}: the {field} {problem['msg'].removeprefix('Value error, ')}."
        ) from None
