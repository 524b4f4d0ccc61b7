"""What is new: changelogs, releases of GitHub's API, and ranges of a git repository."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from vidbuild.create import registry
from vidbuild.create.source.outline import Item, Items, Outline, Prose
from vidbuild.create.source.protocol import SourceError

CHANGELOG = """\
# Changelog

All notable changes.

## [Unreleased]

### Added

- Something to come

## [2.10.0] - 2026-03-01

### Added

- Read two files at once ([#12](https://example.com/12))
- Colors of links https://example.com/pull/9

### Fixed

- A crash with `--all` (#7, #8)

## [2.9.0] - 2026-01-02

- One fix by @someone in https://example.com/pull/3
"""


def read(path: Path, text: str) -> Outline:
    """The outline of a text that is saved so, through the registry."""
    path.write_text(text, encoding="utf-8")
    importer, source = registry.resolve(str(path))
    assert importer.name == "changelog"
    return importer.read(source)


def items(outline: Outline, heading: str) -> list[str]:
    """The texts of all lists below a heading."""
    return [
        item.text
        for section in outline.sections
        if section.heading == heading
        for block in section.blocks
        if isinstance(block, Items)
        for item in block.items
    ]


def test_the_newest_version_is_the_focus(tmp_path: Path) -> None:
    """A changelog is about its newest version that is released; the others have sections too."""
    outline = read(tmp_path / "CHANGELOG.md", CHANGELOG)
    assert outline.focus == "2.10.0"
    assert [each.name for each in outline.sections if each.parents[:2] == ("Changelog", "2.10.0")] == [
        "Changelog > 2.10.0 > Added",
        "Changelog > 2.10.0 > Fixed",
    ]
    assert [each.title for each in outline.sections if each.title] == [
        "What is new",
        "What is new in 2.10.0",
        "What is new in 2.9.0",
    ]


def test_references_are_left_out(tmp_path: Path) -> None:
    """Numbers of issues, addresses and the names of who made a change are for readers of the page."""
    outline = read(tmp_path / "HISTORY.md", CHANGELOG)
    assert items(outline, "Fixed") == ["A crash with `--all`"]
    assert items(outline, "Added")[1:] == ["Read two files at once", "Colors of links"]
    assert items(outline, "2.9.0") == ["One fix"]


def test_a_changelog_that_grows_downwards(tmp_path: Path) -> None:
    """The newest version is the last one if the first one is older."""
    outline = read(tmp_path / "CHANGES.md", "# News\n\n## 1.9\n\n- a\n\n## 1.10\n\n- b\n")
    assert outline.focus == "1.10"


def test_a_title_in_another_language(tmp_path: Path) -> None:
    """No English title stands above a changelog that is not English."""
    outline = read(tmp_path / "CHANGELOG.md", "# Änderungen\n\n## 1.0\n\n### Hinzugefügt\n\n- Neue Farben\n")
    assert outline.sections[-2].title == "Änderungen 1.0"


def test_long_lists_are_parted_evenly(tmp_path: Path) -> None:
    """A list that no scene has room for becomes several of about the same length."""
    text = "# News\n\n## 1.0\n\n" + "".join(f"- change {n}\n" for n in range(8))
    outline = read(tmp_path / "NEWS.md", text)
    assert [len(block.items) for block in outline.sections[-1].blocks if isinstance(block, Items)] == [4, 4]


def test_a_document_named_like_a_changelog(tmp_path: Path) -> None:
    """A file without versions is a document, unless its kind is given."""
    path = tmp_path / "history.md"
    path.write_text("# History\n\nIt began long ago.\n", encoding="utf-8")
    assert registry.resolve(str(path))[0].name == "document"
    importer, source = registry.resolve(f"changelog:{path}")
    with pytest.raises(SourceError, match=r"history\.md:1:1: no version: expected headings such as") as caught:
        importer.read(source)
    assert caught.value.hint == f"read it as a document: --from document:{path}"


def test_a_release_of_the_api(tmp_path: Path) -> None:
    """The body of a release is Markdown, and the tag is the title of a release without a name."""
    release = {
        "tag_name": "v0.7.1",
        "name": "",
        "body": "- Fix the parser for tabs #141\n\n## More\n\n- Less",
        "assets": [],
    }
    outline = read(tmp_path / "release.json", json.dumps({**release, "published_at": "2013-10-26T02:25:22Z"}))
    assert outline.focus == "v0.7.1"
    first = outline.sections[0]
    assert first.title == "What is new in v0.7.1"
    assert first.blocks == (Prose("2013-10-26"), Items((Item("Fix the parser for tabs"),)))
    assert outline.sections[1].name == "v0.7.1 > More"


def test_drafts_are_not_the_newest_release(tmp_path: Path) -> None:
    """Of a list of releases, the first one that people have is the newest."""
    entries = [
        {"tag_name": "v3", "name": "Three", "body": None, "draft": True},
        {"tag_name": "v2", "name": "Two", "body": "- a\r\n- b"},
    ]
    assert read(tmp_path / "releases.json", json.dumps(entries)).focus == "Two"


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder, with an author."""
    name = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run([shutil.which("git") or "git", *name, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a tag and commits after it, which is the current folder."""
    git(tmp_path, "init", "-q")
    for number, subject in enumerate(
        [
            "first",
            "feat(cli): read two files (#3)",
            "fix!: refuse `none`",
            "chore: dependencies",
            "parser: keep tabs",
            "Say so",
        ]
    ):
        git(tmp_path, "commit", "-q", "--allow-empty", "-m", subject)
        if not number:
            git(tmp_path, "tag", "v1.0")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("repository")
def test_a_range_of_commits() -> None:
    """Conventional commits are grouped by their type; others are changes, and upkeep is left out."""
    importer, source = registry.resolve("changelog:v1.0..HEAD")
    outline = importer.read(source)
    assert outline.title == "What is new since v1.0"
    assert outline.sections[0].blocks == (Prose("5 changes since v1.0."),)
    assert [(each.heading, each.blocks[0]) for each in outline.sections[1:]] == [
        ("Breaking changes", Items((Item("Refuse 'none'"),))),
        ("Added", Items((Item("Read two files", "cli"),))),
        ("Changed", Items((Item("Say so"), Item("Keep tabs", "parser")))),
    ]
    assert [each.what for each in outline.omissions] == ["1 commit about the project's upkeep"]


def test_a_range_is_read_in_the_folder_of_its_spec(
    repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A scene made from a range follows the repository in which its spec is."""
    elsewhere = tmp_path / "sub"
    elsewhere.mkdir()
    monkeypatch.chdir("/")
    importer, source = registry.named("changelog:v1.0..HEAD", repository)
    assert importer.read(source).title == "What is new since v1.0"
    assert registry.recorded("changelog:v1.0..HEAD", repository)[1].root == repository


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("v1.0..v9", "git cannot read the range 'v1.0..v9': bad revision 'v1.0..v9'"),
        ("HEAD..v1.0", "the range 'HEAD..v1.0' has no commits"),
    ],
)
def test_ranges_that_cannot_be_read(argument: str, message: str) -> None:
    """A range without commits, and one with a name that git does not know, are reported."""
    importer, source = registry.resolve(f"changelog:{argument}")
    with pytest.raises(SourceError) as caught:
        importer.read(source)
    assert caught.value.message == message
    assert caught.value.hint


def test_a_missing_file_is_no_range() -> None:
    """A path is reported as one."""
    with pytest.raises(Exception, match=r"'none\.md' does not exist"):
        registry.resolve("changelog:none.md")


def test_settings_of_the_user_do_not_count(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git reads a range as it is, whatever the user's settings and environment say."""
    settings = repository / "settings"
    settings.write_text("[log]\n\tshowSignature = true\n\tmailmap = x\n[core\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    importer, source = registry.resolve("changelog:v1.0..HEAD")
    assert len(importer.read(source).sections) == 4
