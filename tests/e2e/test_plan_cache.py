"""A cached plan never hides a change: one row for each thing that a plan depends on."""

from __future__ import annotations

import io
import shutil
import site
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import vidbuild
from vidbuild.api import plan_cache
from vidbuild.media.text import packages
from vidbuild.spec import load

SPEC = """\
vidbuild: 1
title: "{{ word }}"
output: {size: 128x72, fps: 24}
theme: ./look/theme.yaml
vars: {word: One}
scenes:
  - {id: code, type: code, file: link.py, duration: 0.5}
  - {id: shot, type: image, src: pictures/a.png, duration: 0.5}
"""


def png(colour: str) -> bytes:
    """A small picture."""
    data = io.BytesIO()
    Image.new("RGB", (32, 18), colour).save(data, "PNG")
    return data.getvalue()


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A spec that depends on a file of every kind, some through symlinks."""
    root = tmp_path / "project"
    (root / "look" / "fonts").mkdir(parents=True)
    (root / "v1").mkdir()
    (root / "v2").mkdir()
    (root / "vidbuild.toml").touch()
    (root / "one.py").write_text("print(1)\n")
    (root / "two.py").write_text("print(2)\n")
    (root / "link.py").symlink_to("one.py")
    (root / "v1" / "a.png").write_bytes(png("red"))
    (root / "v2" / "a.png").write_bytes(png("blue"))
    (root / "pictures").symlink_to("v1")
    (root / "look" / "base.yaml").write_text("name: base\nextends: midnight\n")
    (root / "look" / "theme.yaml").write_text("name: own\nextends: ./base.yaml\nlogo: ./logo.png\nfonts: ./fonts\n")
    (root / "look" / "logo.png").write_bytes(png("white"))
    for name, source in zip("AC", packages.fonts_paths(), strict=False):
        shutil.copy(source, root / "look" / "fonts" / f"{name}{source.suffix}")
    path = root / "video.yaml"
    path.write_text(SPEC)
    return path


def link(name: str, target: str) -> Callable[[Path], None]:
    """Lead a symlink elsewhere."""

    def change(root: Path) -> None:
        (root / name).unlink()
        (root / name).symlink_to(target)

    return change


def text(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Edit a file."""

    def change(root: Path) -> None:
        (root / name).write_text((root / name).read_text().replace(old, new))

    return change


CHANGES = {
    "a file that code comes from": (text("one.py", "1", "3"), "draw:code"),
    "where a symlink to it leads": (link("link.py", "two.py"), "draw:code"),
    "where a symlinked folder leads": (link("pictures", "v2"), "draw:shot"),
    "the theme": (text("look/theme.yaml", "name: own", 'name: own\naccent: "#ff8800"'), "draw:code"),
    "the theme it extends": (text("look/base.yaml", "midnight", "paper"), "draw:code"),
    "the logo": (lambda root: (root / "look/logo.png").write_bytes(png("lime")) and None, "draw:code"),
    "a font more": (lambda root: shutil.copy(packages.fonts_paths()[2], root / "look/fonts") and None, "draw:code"),
    "a font less": (lambda root: next((root / "look/fonts").iterdir()).unlink(), "draw:code"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_never_hidden(spec: Path, name: str) -> None:
    """P1, V1, V2: after the change something runs, and the outputs are those of a build with an empty cache."""
    change, step = CHANGES[name]
    vidbuild.build(spec)
    assert vidbuild.build(spec).steps.ran == ()
    change(spec.parent)
    changed = vidbuild.build(spec)
    assert step in changed.steps.ran
    clean = vidbuild.build(spec, cache=spec.parent.parent / "clean", output=spec.parent.parent / "out")
    assert changed.outputs[0].sha256 == clean.outputs[0].sha256


def test_equal_specs_in_two_folders_are_two_plans(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P1: a relative path that reads the same elsewhere is another spec, with other files beside it."""
    for folder, colour in (("a", "red"), ("b", "blue")):
        (spec.parent / folder).mkdir()
        (spec.parent / folder / "p.png").write_bytes(png(colour))
        scene = "{id: shot, type: image, src: p.png, duration: 0.5}"
        head = "vidbuild: 1\ntitle: T\noutput: {size: 128x72}\n"
        (spec.parent / folder / "v.yaml").write_text(f"{head}scenes: [{scene}]\n")
    built = []
    for folder in ("a", "b"):
        monkeypatch.chdir(spec.parent / folder)
        built.append(vidbuild.build("v.yaml").outputs[0].sha256)
    assert built[0] != built[1]


def test_a_file_that_changes_while_it_is_read_is_not_remembered(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P7: a plan of old content is never kept under the new content's digest."""
    original = load.try_load

    def edited_meanwhile(*arguments: Any, **options: Any) -> load.LoadResult:
        found = original(*arguments, **options)
        (spec.parent / "one.py").write_text("print('later')\n")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(load, "try_load", edited_meanwhile)
        vidbuild.build(spec)
    assert "draw:code" in vidbuild.build(spec).steps.ran


def test_a_root_that_appears_is_another_plan(spec: Path) -> None:
    """V26: what is inside the project is asked again when its root moves nearer."""
    inner = spec.parent / "inner"
    inner.mkdir()
    moved = SPEC.replace("./look", "../look").replace("link.py", "../link.py").replace("pictures", "../pictures")
    (inner / "v.yaml").write_text(moved)
    assert vidbuild.build(inner / "v.yaml", dry_run=True).status == "would-build"
    vidbuild.build(inner / "v.yaml")
    (inner / "vidbuild.toml").touch()
    with pytest.raises(vidbuild.SpecError, match="is outside the project folder"):
        vidbuild.build(inner / "v.yaml")


@pytest.mark.parametrize("field", ["variables", "only"])
def test_what_is_asked_for_is_in_the_key(spec: Path, field: str) -> None:
    """P1: variables and chosen scenes each have plans of their own."""
    plain = vidbuild.build(spec).outputs[0].sha256
    asked: dict[str, Any] = {"variables": {"word": "X"}} if field == "variables" else {"only": ["shot"]}
    other = vidbuild.build(spec, **asked)
    assert other.outputs[0].sha256 != plain


def test_the_order_of_chosen_scenes_does_not_matter(spec: Path) -> None:
    """Scenes are built in the spec's order, whatever order they are asked for in."""
    orders = (["shot", "code"], ["code", "shot", "code"])
    names = {vidbuild.build(spec, only=only).outputs[0].path.name for only in orders}
    assert names == {"video.code.shot.mp4"}


def test_the_reader_of_a_spec_is_in_the_key(tmp_path: Path) -> None:
    """P1: another vidbuild, or another version of a package that specs are read with, plans again."""
    before = plan_cache._readers(plan_cache.PACKAGE, plan_cache.READERS)
    assert all(Path(site.getsitepackages()[0], name).is_dir() for name in plan_cache.READERS)
    assert plan_cache._readers(plan_cache.PACKAGE, plan_cache.READERS[1:]) != before
    assert plan_cache._readers(tmp_path, plan_cache.READERS) != before


def test_an_output_never_takes_the_place_of_a_source(spec: Path) -> None:
    """P17: a video that would be written over the clip it shows is refused before anything is done."""
    clip = spec.parent / "own.mp4"
    clip.write_bytes(b"the user's only copy")
    (spec.parent / "own.yaml").write_text(
        "vidbuild: 1\ntitle: T\nscenes: [{id: c, type: clip, src: own.mp4, duration: 1}]\n"
    )
    with pytest.raises(vidbuild.SpecError, match="is a source of the video"):
        vidbuild.build(spec.parent / "own.yaml", output=spec.parent)
    assert clip.read_bytes() == b"the user's only copy"


def test_two_specs_with_the_same_outputs_are_refused(spec: Path) -> None:
    """Nothing is built where one spec's video would take the place of another's."""
    other = spec.with_suffix(".yml")
    shutil.copy(spec, other)
    with pytest.raises(vidbuild.SpecError, match="is an output of"):
        vidbuild.build_all([spec, other])


def test_projects_that_share_a_cache_are_distinguished(
    spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P38: another project's spec of the same name is no reason for anything in this one."""
    monkeypatch.setenv("VIDBUILD_CACHE", str(tmp_path / "shared"))
    other = tmp_path / "other" / "project" / spec.name
    shutil.copytree(spec.parent, other.parent, symlinks=True)
    other.write_text(other.read_text(encoding="utf-8").replace("fps: 24", "fps: 60"), encoding="utf-8")
    for path in (spec, other):
        vidbuild.build(path)
    spec.write_text(spec.read_text(encoding="utf-8").replace("word: One", "word: Two"), encoding="utf-8")
    names = {reason.name for step in vidbuild.explain(spec) for reason in (*step.reasons, *step.roots)}
    assert names
    assert not any("fps" in name for name in names)
