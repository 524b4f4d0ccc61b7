"""A theme's fonts through the command: letters in frames, and the same warnings from `check` and `build`."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
import yaml
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops

from tests.support import font_lab
from tests.support.workspace import Workspace
from vidbuild.engine.sandbox.sandbox import missing
from vidbuild.media.ffmpeg.binary import executable

SANDBOX = {} if missing() else {"VIDBUILD_SANDBOX": "required"}
WHITE = "#ffffff"
# A title in each of these scripts; each font of the tests has one of them, and draws solid blocks.
SCRIPTS = {"ja": "日本語", "th": "ไทย", "ar": "عربي", "hi": "हिन्द", "emoji": "🎉🚀"}
THEME = {"text": WHITE, "background_from": "#000000", "background_to": "#000000", "glow": "#000000"}


def write(space: Workspace, title: str, fonts: object, **scene: object) -> None:
    """Write a spec with one title, white on black."""
    spec = {
        "vidbuild": 1,
        "title": "Fonts",
        "output": {"size": "320x180", "fps": 24},
        "theme": {**THEME, "fonts": fonts},
        "scenes": [{"id": "a", "type": "title", "title": title, "duration": 1, "background": "#000000", **scene}],
    }
    space.write("video.yaml", yaml.safe_dump(spec, allow_unicode=True, sort_keys=False))


def still(space: Workspace) -> Image.Image:
    """Render the scene's last frame with the command, in the sandbox, in gray."""
    done = space.run("still", "video.yaml", "a", "-o", "a.png", env=SANDBOX)
    assert done.code == 0, done.stderr
    return Image.open(io.BytesIO((space.root / "a.png").read_bytes())).convert("L")


def solid_share(image: Image.Image) -> float:
    """Return the white share of the box around all that is not black: 1 for one block."""
    box = image.point([0] * 40 + [255] * 216).getbbox()
    assert box is not None, "nothing is drawn"
    inside = image.crop(box)
    counts = inside.histogram()
    return sum(counts[200:]) / (inside.width * inside.height)


def block(space: Workspace, name: str, family: str, characters: str) -> Path:
    """Write a font whose characters are blocks that touch each other, so that a word is one block."""
    path = space.root / "fonts" / name
    path.parent.mkdir(exist_ok=True)
    return font_lab.write(path, family, characters, boxes=dict.fromkeys(characters, (0, 0, 1000, 700)))


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_title_in_another_script(workspace: Workspace, script: str) -> None:
    """A title is drawn in a font from the theme's folder, without a warning, whatever its script."""
    title = SCRIPTS[script]
    block(workspace, "some.ttf", "Some Blocks", title)
    write(workspace, title, "./fonts")
    assert workspace.run("check", "video.yaml").stderr == ""
    done = workspace.run("build", "video.yaml", env=SANDBOX)
    assert done.code == 0, done.stderr
    assert "no font" not in done.stderr
    assert solid_share(still(workspace)) > 0.9


def test_a_frame_of_the_video_has_the_themes_letters(workspace: Workspace) -> None:
    """The video's own frames are drawn in the theme's font, and other bytes under its name draw them again."""
    block(workspace, "brand.ttf", "Brand", font_lab.LATIN)
    write(workspace, "Abc", {"directory": "./fonts", "title": "Brand"})

    def frame() -> Image.Image:
        workspace.build()
        args = ("-v", "error", "-ss", "0.9", "-i", "build/video.mp4", "-update", "1", "-frames:v", "1", "-y", "f.png")
        subprocess.run([str(executable()), "-nostdin", *args], cwd=workspace.root, check=True)
        return Image.open(io.BytesIO((workspace.root / "f.png").read_bytes())).convert("L")

    assert solid_share(frame()) > 0.9
    flat = dict.fromkeys("Abc", (0, 300, 300, 350))
    font_lab.write(workspace.root / "fonts" / "brand.ttf", "Brand", boxes=flat)
    assert solid_share(frame()) < 0.6
    assert "draw:a" in workspace.ran()


@pytest.mark.parametrize(
    ("title", "fonts"),
    [
        ("日本 \ue0b0 🎉", None),
        ("日本 \ue0b0 🎉", "./fonts"),
        ("1\ufe0f\u20e3 \uea05", "./fonts"),
        ("plain", {"directory": "./fonts", "title": "Brend"}),
        ("plain", {"mono": "Fira Code"}),
    ],
)
def test_check_and_build_report_the_same(workspace: Workspace, title: str, fonts: object) -> None:
    """N5: unknown families and characters without a font are the same problems in `check`, `build` and `still`."""
    block(workspace, "brand.ttf", "Brand", "日" + font_lab.LATIN)
    write(workspace, title, fonts if fonts is not None else {"title": "Manrope"})
    checked = workspace.run("check", "video.yaml")
    built = workspace.run("build", "video.yaml", env=SANDBOX)
    shown = workspace.run("still", "video.yaml", "a", env=SANDBOX)
    problems = [line for line in checked.stderr.splitlines() if line.startswith("video.yaml:") and ": " in line[12:]]
    located = [line for line in problems if line.partition(":")[2][0].isdigit()]
    assert located
    for line in located:
        text = line.rpartition("warning: ")[2] if "warning: " in line else line
        assert text in built.stderr
        assert text in shown.stderr
    assert checked.code == built.code == (0 if "warning: " in checked.stderr else 2)


def test_a_web_font_converted_by_the_hint_is_drawn(workspace: Workspace) -> None:
    """A font for browsers alone is an error; converted as the hint says, it is drawn."""
    path = block(workspace, "brand.ttf", "Brand", font_lab.LATIN)
    font = TTFont(path)
    font.flavor = "woff"
    font.save(path.with_suffix(".woff"))
    path.unlink()
    write(workspace, "Abc", {"directory": "./fonts", "title": "Brand"})
    done = workspace.run("check", "video.yaml")
    assert done.code == 2
    assert "fonttools ttLib.woff2 decompress -o fonts/brand.ttf ./fonts/brand.woff" in done.stderr
    font = TTFont(path.with_suffix(".woff"))
    font.flavor = None
    font.save(path)
    assert solid_share(still(workspace)) > 0.9


def test_chinese_has_the_forms_of_its_region(workspace: Workspace) -> None:
    """Texts of Taiwan are drawn in its forms of characters, also in the sides of a split; those of China are not."""
    font = font_lab.font("Forms", "骨x", boxes={"骨": (0, 0, 1000, 700), "x": (0, 0, 200, 100)})
    lookup = "lookup forms { sub u09AA8 by u00078; } forms;"
    languages = "languagesystem DFLT dflt; languagesystem hani dflt; languagesystem hani ZHT;"
    use = "feature locl { script hani; language ZHT; lookup forms; } locl;"
    addOpenTypeFeaturesFromString(font, f"{languages} {lookup} {use}")
    (workspace.root / "fonts").mkdir()
    font.save(workspace.root / "fonts" / "forms.ttf")
    sides = {side: {"type": "list", "items": ["骨"]} for side in ("left", "right")}
    white = {}
    for language in ("zh", "zh-TW"):
        write(workspace, "骨", "./fonts", type="split", **sides)
        workspace.write("video.yaml", workspace.read("video.yaml") + f"language: {language}\n")
        image = still(workspace)
        halves = (image.crop((20, 0, 160, 180)), image.crop((180, 0, 320, 180)))
        white[language] = [sum(half.histogram()[200:]) for half in halves]
    assert all(few < 0.5 * many for few, many in zip(white["zh-TW"], white["zh"], strict=True)), white


def test_wide_letters_of_code_keep_their_order(workspace: Workspace) -> None:
    """In a comment from right to left, a word of wide letters is at the left, and reads from left to right."""
    boxes = {"日": (0, 0, 1000, 700), "本": (0, 0, 1000, 100)}
    (workspace.root / "fonts").mkdir()
    font_lab.write(workspace.root / "fonts" / "kanji.ttf", "Kanji", "日本", boxes=boxes)
    images = []
    for code in ("#", "# 日本", "# مرحبا 日本"):
        write(workspace, "", "./fonts", type="code", language="python", code=code)
        workspace.write("video.yaml", workspace.read("video.yaml").replace("  title: ''\n", ""))
        images.append(still(workspace))
    sign, word, mixed = images
    added = ImageChops.difference(sign, word).getbbox()
    assert added is not None, "no wide letter is drawn"
    more = ImageChops.difference(word, mixed).getbbox()
    assert more is not None, "no Arabic letter is drawn"
    assert more[0] >= added[2], "the wide letters are as they are without the Arabic word, which follows them"
