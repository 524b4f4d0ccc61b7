"""Fonts of extras and of the system through the command: letters in frames, keys, and what is said of them."""

from __future__ import annotations

import os

import pytest
import yaml
from PIL import Image

from tests.e2e.test_theme_fonts import SANDBOX, THEME, solid_share, write
from tests.support import font_lab, font_packages_lab
from tests.support.workspace import Workspace

TEXTS = {"fonts-thai": "ไทย", "fonts-arabic": "عربي", "fonts-cjk": "日本語", "fonts-world": "ქართ"}


def site(space: Workspace, name: str = "site") -> dict[str, str]:
    """Return an environment in which packages of a folder are installed."""
    path = os.pathsep.join([str(space.root.parent / name), os.environ["PYTHONPATH"]])
    return {**SANDBOX, "PYTHONPATH": path}


def still(space: Workspace, env: dict[str, str], scene: str = "a") -> float:
    """Return how solid the last frame of a scene is, rendered with the command in the sandbox."""
    done = space.run("still", "video.yaml", scene, "-o", f"{scene}.png", env=env)
    assert done.code == 0, done.stderr
    with Image.open(space.root / f"{scene}.png") as image:
        return solid_share(image.convert("L"))


def titles(space: Workspace, *texts: str) -> None:
    """Write a spec with a title in each scene, white on black."""
    scenes = [
        {"id": f"s{index}", "type": "title", "title": title, "duration": 1, "background": "#000000"}
        for index, title in enumerate(texts)
    ]
    spec = {"vidbuild": 1, "title": "T", "output": {"size": "320x180", "fps": 24}, "theme": THEME}
    space.write("video.yaml", yaml.safe_dump({**spec, "scenes": scenes}, allow_unicode=True, sort_keys=False))


@pytest.mark.parametrize("extra", TEXTS)
def test_an_extra_draws_its_script(workspace: Workspace, extra: str) -> None:
    """An extra's font draws a title of its script in the sandbox: without it, the warning names the command, if any."""
    write(workspace, TEXTS[extra], {})
    before = workspace.run("check", "video.yaml", env=site(workspace))
    if extra in {"fonts-thai", "fonts-cjk"}:  # of the others, faces for code or of typst have the letters
        assert "warning: no font can draw" in before.stderr
        assert f"hint: pip install 'vidbuild[{extra}]', or put Noto" in before.stderr
    assert still(workspace, site(workspace)) < 0.8
    font_packages_lab.install(workspace.root.parent / "site", extra, TEXTS[extra])
    assert workspace.run("check", "video.yaml", env=site(workspace)).stderr == ""
    assert still(workspace, site(workspace)) > 0.9


def test_an_extra_draws_the_text_of_a_layout(workspace: Workspace) -> None:
    """A scene of the type typst has the fonts that its body needs, though no other text of it does."""
    body = "#place(text(size: u(400), fill: white)[ไไ])"
    scene = {"id": "a", "type": "typst", "duration": 1, "background": "#000000", "body": body}
    spec = {"vidbuild": 1, "title": "T", "output": {"size": "320x180", "fps": 24}, "theme": THEME, "scenes": [scene]}
    workspace.write("video.yaml", yaml.safe_dump(spec, allow_unicode=True, sort_keys=False))
    missing = workspace.run("check", "video.yaml", env=site(workspace)).stderr
    assert "no font can draw 'ไ'" in missing
    font_packages_lab.install(workspace.root.parent / "site", "fonts-thai", "ไ")
    assert workspace.run("check", "video.yaml", env=site(workspace)).stderr == ""
    assert still(workspace, site(workspace)) > 0.9


def test_an_extra_changes_only_the_scenes_that_need_it(workspace: Workspace) -> None:
    """P2: after an extra is installed, only scenes with its letters are drawn again, and after it is removed too."""
    titles(workspace, "Plain ✓", "ไทย", "Ωμέγα")
    workspace.last = workspace.run("build", "video.yaml", "--json", env=site(workspace))
    font = font_packages_lab.install(workspace.root.parent / "site", "fonts-thai", "ไทย✓Ω")
    workspace.last = workspace.run("build", "video.yaml", "--json", env=site(workspace))
    assert [step for step in workspace.ran() if step.startswith(("draw", "render"))] == ["draw:s1", "render:s1"]
    assert workspace.run("build", "video.yaml", "--json", env=site(workspace)).data["steps"]["ran"] == []
    font_lab.write(font, "Extra fonts-thai", "ไทย", boxes=dict.fromkeys("ไทย", (0, 300, 100, 400)))
    workspace.last = workspace.run("build", "video.yaml", "--json", env=site(workspace))
    assert [step for step in workspace.ran() if step.startswith("draw")] == ["draw:s1"]
    assert workspace.run("build", "video.yaml", "--json", env=site(workspace, "none")).data["steps"]["ran"] == []


def test_a_damaged_font_of_an_extra_is_left_out(workspace: Workspace) -> None:
    """A font that cannot be used is none: the characters are reported as missing."""
    write(workspace, "ไทย", {})
    font_packages_lab.install(workspace.root.parent / "site", "fonts-thai", "ไทย", broken=True)
    done = workspace.run("check", "video.yaml", env=site(workspace))
    assert done.code == 0
    assert "warning: no font can draw" in done.stderr


def test_fonts_of_the_system_only_if_asked(workspace: Workspace) -> None:
    """`system: true` uses a font of the machine for what no other has, with a warning at the field."""
    data = workspace.root.parent / "data"
    font = data / "fonts" / "deep" / "thai.ttf"
    font.parent.mkdir(parents=True)
    font_lab.write(font, "System Thai", "ไทย", boxes=dict.fromkeys("ไทย", (0, 0, 1000, 700)))
    env = {**SANDBOX, "XDG_DATA_HOME": str(data)}
    write(workspace, "ไทย", {})
    assert "no font can draw" in workspace.run("check", "video.yaml", env=env).stderr
    write(workspace, "ไทย", {"system": True})
    warned = workspace.run("check", "video.yaml", env=env).stderr
    line = 1 + workspace.read("video.yaml").splitlines().index("    system: true")
    assert f"video.yaml:{line}:13: warning: fonts of this system are used, so the video can look different" in warned
    assert f"on another machine: '{font}'" in warned
    assert "no font can draw" not in warned
    assert still(workspace, env) > 0.9
    workspace.last = workspace.run("build", "video.yaml", "--json", env=env)
    assert workspace.last.code == 0
    font_lab.write(font, "System Thai", "ไทย", boxes=dict.fromkeys("ไทย", (0, 0, 300, 350)))
    workspace.last = workspace.run("build", "video.yaml", "--json", env=env)
    assert "draw:a" in workspace.ran()
    font.unlink()
    assert "no font can draw" in workspace.run("check", "video.yaml", env=env).stderr


def test_a_family_of_the_system(workspace: Workspace) -> None:
    """With `system: true` a theme can name a family of the machine, with a warning at the name."""
    data = workspace.root.parent / "data"
    (data / "fonts").mkdir(parents=True)
    boxes = dict.fromkeys(font_lab.LATIN, (0, 0, 1000, 700))
    font_lab.write(data / "fonts" / "brand.ttf", "Brand", boxes=boxes)
    env = {**SANDBOX, "XDG_DATA_HOME": str(data)}
    write(workspace, "Abc", {"title": "Brand"})
    assert "error" in workspace.run("check", "video.yaml", env=env).stderr
    write(workspace, "Abc", {"title": "brand", "system": True})
    warned = workspace.run("check", "video.yaml", env=env).stderr
    assert "warning: 'brand' is a font of this system, so the video can look different on another machine" in warned
    assert still(workspace, env) > 0.9


def test_the_list_names_what_each_font_lacks(workspace: Workspace) -> None:
    """`vidbuild fonts TEXT` has every source, what is missing by code point and name, and the command that helps."""
    (workspace.root / "fonts").mkdir()
    font_lab.write(workspace.root / "fonts" / "own.ttf", "Own", "ab")
    write(workspace, "A", "./fonts")
    font_packages_lab.install(workspace.root.parent / "site", "fonts-thai", "ไทย")
    done = workspace.run("fonts", "aไ日", "--spec", "video.yaml", "--json", env=site(workspace))
    assert done.code == 0, done.stderr
    families = {each["name"]: each for each in done.data["families"]}
    assert families["Own"]["source"] == "theme"
    assert [each["text"] for each in families["Own"]["missing"]] == ["ไ", "日"]
    assert families["Extra fonts-thai"]["extra"] == "fonts-thai"
    assert [each["text"] for each in families["Extra fonts-thai"]["missing"]] == ["a", "日"]
    assert families["Manrope"]["source"] == "built-in"
    assert done.data["missing"] == [{"text": "日", "code_points": "U+65E5", "name": "CJK UNIFIED IDEOGRAPH-65E5"}]
    assert done.data["available"] == ["fonts-cjk"]
    printed = workspace.run("fonts", "aไ日", "--spec", "video.yaml", env=site(workspace)).stdout
    assert "  日  U+65E5  CJK UNIFIED IDEOGRAPH-65E5\n" in printed
    assert "hint: pip install 'vidbuild[fonts-cjk]'" in printed
    assert "every character can be drawn" in workspace.run("fonts", "aไ", env=site(workspace)).stdout
    doctor = workspace.run("doctor", env=site(workspace)).stdout
    assert "font extras" in doctor
    assert "fonts-thai, fonts-arabic, fonts-hebrew\n" in doctor
