"""A policy book is a folder of Markdown; whatever is wrong with it is said at start, by file."""

from pathlib import Path

import pytest

from coach.errors import SettingsError
from coach.policies import load_policies
from coach.schemas import Policy


@pytest.mark.parametrize(
    ("content", "title", "text"),
    [
        ("# Returns\n\nThirty days.\n", "Returns", "Thirty days."),
        (
            "### Returns \r\nThirty days.\r\n\r\n## How\r\nBy post.",
            "Returns",
            "Thirty days.\n\n## How\nBy post.",
        ),
        ("\ufeff# Retouren\nDreißig Tage 👍.", "Retouren", "Dreißig Tage 👍."),
        ("\n\nThirty days.\nOr more.", "returns", "Thirty days.\nOr more."),
    ],
)
def test_a_file_is_a_policy(tmp_path: Path, content: str, title: str, text: str) -> None:
    """The name is the id, the first heading (or the id) the title, the rest the text."""
    (tmp_path / "returns.md").write_bytes(content.encode())
    assert load_policies(tmp_path) == [Policy(id="returns", title=title, text=text)]


def test_files_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    """The same folder is the same book on every machine, and what is no policy is left alone."""
    for name in ("b.md", "a.md", "c.md", "README.md", "notes.txt"):
        (tmp_path / name).write_text("# T\ntext")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "d.md").write_text("# T\ntext")
    assert [policy.id for policy in load_policies(tmp_path)] == ["a", "b", "c"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A slip in the path must not start a server without policies."""
    with pytest.raises(SettingsError, match=r"COACH_POLICIES: there is no folder .*nowhere"):
        load_policies(tmp_path / "nowhere")
    (tmp_path / "file.md").write_text("# T\ntext")
    with pytest.raises(SettingsError, match="there is no folder"):
        load_policies(tmp_path / "file.md")


def test_a_folder_without_markdown_is_refused(tmp_path: Path) -> None:
    """An empty book is no book."""
    (tmp_path / "readme.md").write_text("# About\nthis folder")
    with pytest.raises(SettingsError, match="holds no Markdown files"):
        load_policies(tmp_path)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"", "the text is blank", id="empty"),
        pytest.param(b"# Only a title\n\n", "the text is blank", id="no text"),
        pytest.param(b"# T\n" + b"x" * 20_001, "the text .*20000", id="too long"),
        pytest.param(b"# " + b"x" * 201 + b"\ntext", "the title .*200", id="title too long"),
        pytest.param(b"# T\na\0b", "NUL", id="binary"),
        pytest.param("Dreißig".encode("latin-1"), "cannot be read as UTF-8", id="Latin-1"),
    ],
)
def test_a_file_that_is_no_policy_is_named(tmp_path: Path, content: bytes, problem: str) -> None:
    """The message says which file and what is wrong with it."""
    (tmp_path / "good.md").write_text("# T\ntext")
    (tmp_path / "wrong.md").write_bytes(content)
    with pytest.raises(SettingsError, match=rf"^COACH_POLICIES: wrong\.md.*{problem}"):
        load_policies(tmp_path)


def test_a_folder_called_like_a_file_is_named(tmp_path: Path) -> None:
    """What cannot be opened is reported as the settings' fault."""
    (tmp_path / "odd.md").mkdir()
    with pytest.raises(SettingsError, match=r"odd\.md cannot be read"):
        load_policies(tmp_path)
