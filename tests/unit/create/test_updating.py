"""How a spec follows its source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from vidbuild.api.create import create, update
from vidbuild.errors import UsageError

SOURCE = """\
# Acme

Acme builds videos.

## Install

First install it:

```bash
pip install acme
```

## Use

Then run it on a spec:

```bash
acme run
```

## Look

It has a page for you.
"""


@dataclass
class Project:
    """A document and the spec that was made from it."""

    root: Path

    @property
    def spec(self) -> Path:
        """The spec's file."""
        return self.root / "video.yaml"

    def source(self, old: str = "", new: str = "") -> None:
        """Write the document, with a part of it changed."""
        assert old in SOURCE
        (self.root / "README.md").write_text(SOURCE.replace(old, new) if old else SOURCE, encoding="utf-8")

    def edit(self, old: str, new: str) -> None:
        """Change the spec by hand."""
        text = self.spec.read_text(encoding="utf-8")
        assert old in text
        self.spec.write_text(text.replace(old, new, 1), encoding="utf-8")

    def update(self) -> tuple[list[str], list[str]]:
        """Bring the spec up to date; return the lines that the change removes and adds, without those of digests."""
        made = update(self.spec)
        made.write()
        lines = [
            line for line in made.diff().splitlines() if "sha256" not in line and not line.startswith(("---", "+++"))
        ]
        return [line[1:].strip() for line in lines if line[0] == "-"], [
            line[1:].strip() for line in lines if line[0] == "+"
        ]

    def scenes(self) -> dict[str, dict[str, object]]:
        """Scene's id -> its fields."""
        return {each["id"]: each for each in yaml.safe_load(self.spec.read_text(encoding="utf-8"))["scenes"]}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose spec was just created."""
    (tmp_path / "vidbuild.toml").write_text("", encoding="utf-8")
    made = Project(tmp_path)
    made.source()
    create(str(tmp_path / "README.md"), made.spec).write()
    return made


def test_an_unchanged_source_changes_nothing(project: Project) -> None:
    """Without a change of the source the spec keeps its bytes, whatever its author edited."""
    project.edit("title: Acme", "title: Acme  # ours")
    before = project.spec.read_bytes()
    assert project.update() == ([], [])
    assert project.spec.read_bytes() == before


def test_a_changed_part_changes_its_scene_alone(project: Project) -> None:
    """The scene of a changed part is made again; all other lines stay."""
    project.source("pip install acme", "uv add acme")
    assert project.update() == (["- {run: pip install acme}"], ["- {run: uv add acme}"])
    assert project.update() == ([], [])


def test_edited_fields_stay(project: Project) -> None:
    """A field that its author wrote stays if the source has changed elsewhere."""
    project.edit("narration: 'First install it:'", "narration: Mine.")
    project.source("pip install acme", "uv add acme")
    project.update()
    scene = project.scenes()["install"]
    assert (scene["narration"], scene["commands"]) == ("Mine.", [{"run": "uv add acme"}])


def test_a_conflict_is_located_and_keeps_the_edit(project: Project) -> None:
    """If both have changed, the author's text stays, and what the source now says is reported with its line."""
    project.edit("narration: 'First install it:'", "narration: Mine.")
    project.source("First install it:", "Before all else install it:")
    made = update(project.spec)
    (kept,) = made.kept
    assert (kept.scene, kept.field, kept.source) == ("install", "narration", "Before all else install it:")
    assert made.new.splitlines()[kept.line - 1].strip() == "narration: Mine."
    made.write()
    assert update(project.spec).kept == (), "it is reported once"


def test_fields_and_scenes_of_one_s_own_stay(project: Project) -> None:
    """What `create` never wrote is no business of an update."""
    project.edit("    type: command\n", "    type: command\n    pause_after: 2\n")
    project.edit("  - id: use\n", "  - id: mine\n    type: title\n    title: Mine\n    duration: 2\n\n  - id: use\n")
    project.source("pip install acme", "uv add acme")
    project.update()
    assert list(project.scenes()) == ["acme", "install", "mine", "use", "look"]
    assert project.scenes()["install"]["pause_after"] == 2


def test_a_new_part_gets_a_scene_in_its_place(project: Project) -> None:
    """A section that is new in the source is a new scene behind the one before it."""
    project.source("## Look\n", "## Check\n\nThen check what it made.\n\n## Look\n")
    project.update()
    assert list(project.scenes()) == ["acme", "install", "use", "check", "look"]


def test_a_part_that_is_gone_takes_its_scene(project: Project) -> None:
    """The scene of a removed section is removed, unless its author has edited it."""
    gone = "## Look\n\nIt has a page for you.\n"
    project.source(gone, "")
    project.update()
    assert list(project.scenes()) == ["acme", "install", "use"]


def test_an_edited_scene_of_a_part_that_is_gone_stays(project: Project) -> None:
    """What its author has written is never lost; the scene is reported."""
    project.edit("title: Look", "title: My look")
    project.source("## Look\n\nIt has a page for you.\n", "")
    made = update(project.spec)
    made.write()
    assert [(each.scene, each.field) for each in made.kept] == [("look", "")]
    assert list(project.scenes()) == ["acme", "install", "use", "look"]


def test_a_part_with_another_heading_keeps_its_scene(project: Project) -> None:
    """A renamed section between the same neighbors is the same section: its scene keeps its id."""
    project.source("## Install", "## Set it up")
    project.update()
    assert list(project.scenes()) == ["acme", "install", "use", "look"]
    assert project.scenes()["install"]["title"] == "Set it up"


def test_a_scene_that_its_author_removed_stays_away(project: Project) -> None:
    """A removed scene does not come back when its part changes."""
    text = project.spec.read_text(encoding="utf-8")
    start, end = text.index("  - id: use"), text.index("  - id: look")
    project.spec.write_text(text[:start] + text[end:], encoding="utf-8")
    project.source("acme run", "acme build")
    project.update()
    assert list(project.scenes()) == ["acme", "install", "look"]


def test_a_scene_that_its_author_moved(project: Project) -> None:
    """A new part comes behind the part before it, although an earlier scene is at the end."""
    text = project.spec.read_text(encoding="utf-8")
    start, end = text.index("  - id: acme"), text.index("  - id: install")
    project.spec.write_text(f"{text[:start]}{text[end:]}\n{text[start:end]}", encoding="utf-8")
    project.source("## Look", "## Test\n\nThen test it with a spec.\n\n## Look")
    project.update()
    assert list(project.scenes()) == ["install", "use", "test", "look", "acme"]


def test_a_scene_with_another_id_follows_its_part(project: Project) -> None:
    """A scene is known by what it was made from as well, and keeps the id that its author gave it."""
    project.edit("id: install", "id: first-steps")
    project.source("pip install acme", "uv add acme")
    assert project.update() == (["- {run: pip install acme}"], ["- {run: uv add acme}"])
    project.source("pip install acme", "conda install acme")
    assert project.update() == (["- {run: uv add acme}"], ["- {run: conda install acme}"])
    assert list(project.scenes()) == ["acme", "first-steps", "use", "look"]


@pytest.mark.parametrize("change", [("pip install acme", "uv add acme"), ("## Install", "## Look\n\n## Use")])
def test_a_scene_that_was_parted_from_its_document(project: Project, change: tuple[str, str]) -> None:
    """A scene without `made_from` is its author's, whether its part changes or goes."""
    scene = project.scenes()["install"]
    origin = yaml.safe_dump({"made_from": scene.pop("made_from")}, sort_keys=False)
    project.edit("".join(f"    {line}\n" for line in origin.splitlines()), "")
    project.source(*change)
    project.update()
    assert project.scenes()["install"] == scene


def test_a_scene_of_one_s_own_of_a_part(project: Project) -> None:
    """A scene that `create` did not write is reported once if its part changes, and stays as it is."""
    origin = yaml.safe_dump({"made_from": project.scenes()["install"]["made_from"]}, sort_keys=False)
    lines = ["- id: own", "  type: title", "  title: Own", *(f"  {line}" for line in origin.splitlines())]
    text = project.spec.read_text(encoding="utf-8")
    project.spec.write_text("\n".join([text, *(f"  {line}" for line in lines), ""]), encoding="utf-8")
    project.source("pip install acme", "uv add acme")
    made = update(project.spec)
    made.write()
    assert [(each.scene, each.field) for each in made.kept] == [("own", "")]
    own, first = (project.scenes()[name] for name in ("own", "install"))
    assert (own["title"], own["made_from"]) == ("Own", first["made_from"])
    assert update(project.spec).kept == ()


def test_a_spec_without_a_record(project: Project) -> None:
    """A spec that `create` did not write is refused, and the missing file named."""
    (project.root / "video.created.json").unlink()
    with pytest.raises(UsageError, match=r"video\.created\.json"):
        update(project.spec)


@pytest.mark.parametrize("text", ["scenes: []\n", "vidbuild: 1\nscenes: [{id: a}]\n", "a: [\n"])
def test_a_spec_in_another_form(project: Project, text: str) -> None:
    """A spec whose scenes are not in lines of their own is refused, and stays as it is."""
    project.spec.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be updated"):
        update(project.spec)
    assert project.spec.read_text(encoding="utf-8") == text


def test_an_existing_spec_is_not_overwritten(project: Project) -> None:
    """`create` writes new specs only."""
    with pytest.raises(UsageError, match="already exists"):
        create(str(project.root / "README.md"), project.spec).write()
