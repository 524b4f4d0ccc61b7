"""The project that `vidbuild init` writes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from vidbuild import starter
from vidbuild.errors import UsageError
from vidbuild.spec.load import try_load

TITLES = [
    "A talk",
    "yes",
    "12",
    "Ü: {a} # b",
    'He said "hi"',
    "- a",
    "@title@",
    "@theme@",
    "[[cue]]",
    "null",
    "a\\b",
    "C:",
]


@pytest.mark.parametrize("title", TITLES)
def test_any_title_is_kept_as_it_is(tmp_path: Path, title: str) -> None:
    """Whatever the title contains, the YAML that is written has just that."""
    starter.write(tmp_path, starter.Answers(title))
    data = yaml.safe_load((tmp_path / "video.yaml").read_text(encoding="utf-8"))
    assert data["title"] == title
    assert data["scenes"][0]["title"] == title


def test_a_title_is_no_template(tmp_path: Path) -> None:
    """A title with braces in it is shown with them."""
    starter.write(tmp_path, starter.Answers("Use {{ name }} and {% if %}"))
    spec = try_load(tmp_path / "video.yaml").spec
    assert spec is not None
    assert spec.title == "Use {{ name }} and {% if %}"


@pytest.mark.parametrize("theme", ["midnight", "paper"])
@pytest.mark.parametrize("size", ["1080p", "720p", "vertical", "square"])
def test_every_choice_gives_a_spec_without_problems(tmp_path: Path, theme: str, size: str) -> None:
    """What is written can be built: no error and no warning, in any theme and size that can be chosen."""
    starter.write(tmp_path, starter.Answers("A talk", theme, size))
    examined = try_load(tmp_path / "video.yaml")
    assert examined.diagnostics == ()
    assert examined.spec is not None
    assert examined.spec.theme.name == theme
    assert len({scene.type for scene in examined.spec.scenes}) == 5


def test_the_folder_is_made_and_its_files_are_listed(tmp_path: Path) -> None:
    """All files are written, the ignored folders among them, and nothing else."""
    written, kept = starter.write(tmp_path / "new" / "talk", starter.Answers("A talk"))
    assert [path.name for path in written] == [
        ".gitignore",
        "hello.py",
        "vidbuild.toml",
        "video.schema.json",
        "video.yaml",
    ]
    assert kept == []
    assert sorted((tmp_path / "new" / "talk").iterdir()) == sorted(written)
    assert (tmp_path / "new" / "talk" / ".gitignore").read_text(encoding="utf-8") == ".vidbuild/\nbuild/\n"


def test_existing_files_are_kept(tmp_path: Path) -> None:
    """A file of the user's own is not touched, and the message names it."""
    (tmp_path / "hello.py").write_text("mine", encoding="utf-8")
    written, kept = starter.write(tmp_path, starter.Answers("A talk"))
    assert kept == [tmp_path / "hello.py"]
    assert tmp_path / "hello.py" not in written
    assert (tmp_path / "hello.py").read_text(encoding="utf-8") == "mine"


def test_a_spec_that_is_there_stops_it(tmp_path: Path) -> None:
    """Where there is a spec already, nothing at all is written."""
    (tmp_path / "video.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="already exists"):
        starter.write(tmp_path, starter.Answers("A talk"))
    assert [path.name for path in tmp_path.iterdir()] == ["video.yaml"]


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """A path below a file is a usage error that names the folder."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match=r"cannot write to .*talk': Not a directory"):
        starter.write(tmp_path / "file" / "talk", starter.Answers("A talk"))
