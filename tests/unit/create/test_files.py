"""Files that users and sources name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vidbuild.api.create import create
from vidbuild.create import registry
from vidbuild.create.source import files
from vidbuild.create.source.protocol import Source
from vidbuild.errors import UsageError

LONG = "x" * 300


def test_why_there_is_no_file(tmp_path: Path) -> None:
    """Each name that is no file has its reason, and none raises an error."""
    (tmp_path / "a.md").touch()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    expected = {
        "a.md": "",
        ".": "is a folder",
        "pipe": "is no regular file",
        "b.md": "does not exist",
        "a.md/b.md": "does not exist",
        "a\0b": "does not exist",
        LONG: "cannot be read: file name too long",
        "loop": "cannot be read: too many levels of symbolic links",
    }
    assert {name: files.absence(tmp_path / name) for name in expected} == expected
    assert [name for name in expected if files.exists(tmp_path / name)] == ["a.md", ".", "pipe"]


@pytest.mark.parametrize("name", [f"{LONG}.png", "a\0.png", "loop.png", "../outside.png"])
def test_a_source_names_no_file(name: str, tmp_path: Path) -> None:
    """A picture with a name that no file can have, or that is outside of the project, is absent."""
    (tmp_path / "outside.png").touch()
    root = tmp_path / "project"
    root.mkdir()
    (root / "loop.png").symlink_to("loop.png")
    assert Source("document", str(root / "a.md"), root).file(name) is None


def test_long_arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A topic may be longer than a file's name; such a name of a file is refused."""
    monkeypatch.chdir(tmp_path)
    importer, source = registry.resolve(f"topic:{LONG}")
    assert (importer.name, source.address) == ("topic", LONG)
    with pytest.raises(UsageError, match="cannot be read: file name too long"):
        registry.resolve(f"{LONG}.md")
    with pytest.raises(UsageError, match="cannot be read: file name too long"):
        registry.named(f"document:{LONG}.md", tmp_path)


@pytest.mark.parametrize("place", [f"{LONG}.yaml", "README.md/video.yaml"])
def test_specs_that_cannot_be_written(place: str, tmp_path: Path) -> None:
    """A spec that cannot be written where `-o` says is an error that names it."""
    (tmp_path / "README.md").write_text("# Acme\n\nIt builds.\n", encoding="utf-8")
    made = create(str(tmp_path / "README.md"), tmp_path / place)
    with pytest.raises(UsageError, match="cannot write"):
        made.write()
    assert [each.name for each in tmp_path.iterdir()] == ["README.md"]
