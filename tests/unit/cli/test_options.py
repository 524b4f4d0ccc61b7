"""Parsing that several commands share."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest

from vidbuild.cli import options, spec_files
from vidbuild.errors import UsageError


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which the tests are."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nothing_named_means_the_spec_here(here: Path) -> None:
    """Without SPEC the folder's video.yaml is meant."""
    (here / "video.yaml").touch()
    assert spec_files.resolve_specs([]) == [Path("video.yaml")]
    assert spec_files.resolve_spec(None) == Path("video.yaml")


def test_without_a_spec_there_is_a_hint() -> None:
    """Without SPEC and without video.yaml the error has a hint to create one."""
    with pytest.raises(UsageError) as caught:
        spec_files.resolve_specs([])
    assert caught.value.message == f"no spec in '{Path.cwd()}': expected 'video.yaml' or '*.vidbuild.yaml'"
    assert caught.value.hint == "vidbuild init writes one"


def test_a_folder_means_its_spec(here: Path) -> None:
    """A folder stands for its video.yaml, or else for its only *.vidbuild.yaml."""
    (here / "talk").mkdir()
    (here / "talk/first.vidbuild.yaml").touch()
    assert spec_files.resolve_spec(Path("talk")) == Path("talk/first.vidbuild.yaml")
    (here / "talk/second.vidbuild.yml").touch()
    with pytest.raises(UsageError, match=r"has 2 specs: 'talk/first.vidbuild.yaml', 'talk/second.vidbuild.yml'"):
        spec_files.resolve_spec(Path("talk"))
    (here / "talk/video.yaml").touch()
    assert spec_files.resolve_specs([Path("talk"), Path("other.yaml")]) == [Path("talk/video.yaml"), Path("other.yaml")]


def test_a_message_names_a_few_of_many_specs(here: Path) -> None:
    """Of many specs in a folder the message has the number and the first five."""
    for name in "abcdefg":
        (here / f"{name}.vidbuild.yaml").touch()
    with pytest.raises(UsageError) as caught:
        spec_files.resolve_spec(None)
    assert caught.value.message.partition(" has ")[2] == "7 specs: " + ", ".join(
        f"'{name}.vidbuild.yaml'" for name in "abcde"
    )
    assert caught.value.hint == "name one: a.vidbuild.yaml"


def test_a_folder_without_a_spec_is_named(here: Path) -> None:
    """A folder without a spec is an error with its whole path, what was expected, and how to write one."""
    (here / "talk").mkdir()
    with pytest.raises(UsageError) as caught:
        spec_files.resolve_spec(Path("talk"))
    assert caught.value.message == f"no spec in '{here / 'talk'}': expected 'video.yaml' or '*.vidbuild.yaml'"
    assert caught.value.hint == "vidbuild init talk writes one"


def test_a_spec_by_another_name_is_in_the_hint(here: Path) -> None:
    """`vidbuild create --from README.md` writes readme.yaml, for which no folder stands: the error names it."""
    (here / "batch.yaml").write_text("batch: 1\nvideos: []\n")
    (here / "readme.yaml").write_text("# yaml-language-server: $schema=x.json\nvidbuild: 1\n")
    with pytest.raises(UsageError) as caught:
        spec_files.resolve_specs([])
    assert caught.value.message == f"no spec in '{here}' is named 'video.yaml' or '*.vidbuild.yaml'"
    assert caught.value.hint == "name one: readme.yaml"


def test_every_spec_is_served(here: Path) -> None:
    """By its name, or by its beginning; other YAML files are none, and neither is one that cannot be read."""
    for name in ("video.yaml", "a.vidbuild.yml"):
        (here / name).touch()
    (here / "readme.yaml").write_text("vidbuild: 1\n")
    (here / "other.yml").write_text("# vidbuild: 1\nx: 1\n")
    (here / "folder.yaml").mkdir()
    os.mkfifo(here / "pipe.yaml")
    assert spec_files.every_spec() == [Path("a.vidbuild.yml"), Path("readme.yaml"), Path("video.yaml")]


def test_a_spec_named_twice_is_built_once(here: Path) -> None:
    """A glob and a name that meet the same spec do not build it twice."""
    (here / "talk").mkdir()
    (here / "talk/video.yaml").touch()
    assert spec_files.resolve_specs([Path("talk/video.yaml"), Path("talk"), Path("a.yaml")]) == [
        Path("talk/video.yaml"),
        Path("a.yaml"),
    ]


@click.command()
@options.variables()
@click.option("--limit", callback=options.size)
def probe(**found: object) -> dict[str, object]:
    """Show what was read."""
    return found


def read(*args: str) -> dict[str, object]:
    """What the options read from a command line."""
    found = probe.main(list(args), standalone_mode=False)
    assert isinstance(found, dict)
    return found


def test_variables_may_hold_anything() -> None:
    """Only the first equals sign divides, a value may be empty, and the last of a name counts."""
    found = read("--var", "a=1", "--var", "b=x=y", "--var", "c=", "--var", "a=2")
    assert found["variables"] == {"a": "2", "b": "x=y", "c": ""}


@pytest.mark.parametrize("text", ["a", "=1", ""])
def test_a_variable_needs_a_name_and_a_value(text: str) -> None:
    """What is not NAME=VALUE is refused and quoted."""
    with pytest.raises(click.BadParameter, match=f"'{text}' is not of the form NAME=VALUE"):
        read("--var", text)


@pytest.mark.parametrize(
    ("text", "size"),
    [("1000", 1_000), ("2GB", 2_000_000_000), ("2g", 2 << 30), ("1.5 MB", 1_500_000), ("10kb", 10_000), ("0", 0)],
)
def test_a_size_is_read_as_it_is_written(text: str, size: int) -> None:
    """GB is a power of 1000, a bare G one of 1024, in either case: as `VIDBUILD_MEMORY` has it."""
    assert read("--limit", text)["limit"] == size


@pytest.mark.parametrize("text", ["", "GB", "2xb", "-1", "nan", "1e999"])
def test_what_is_no_size_is_refused(text: str) -> None:
    """A size that is none is quoted, with examples of what is."""
    with pytest.raises(click.BadParameter, match="is not a size such as 2GB or 500MB"):
        read("--limit", text)
