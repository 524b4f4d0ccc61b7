"""Layouts of one's own through the command: what is reported where, what is built again, and what the frames show."""

from __future__ import annotations

import re
import subprocess
import textwrap

import pytest
from PIL import Image

from tests.support import pixels
from tests.support.paths import ROOT
from tests.support.workspace import Workspace
from vidbuild.media.ffmpeg.binary import executable

HEAD = "vidbuild: 1\ntitle: T\noutput: {size: 320x180, fps: 25}\nscenes:\n"
SCENE = "  - id: own\n    type: typst\n    duration: 1\n"
WARNED = '    body: |\n      first line\n      #text(font: "No Such")[second]\n'


def places(space: Workspace, spec: str, code: int) -> list[str]:
    """Return FILE:LINE:COLUMN of all that check prints about a spec."""
    space.write("video.yaml", spec)
    done = space.run("check", "video.yaml")
    assert done.code == code, done.stderr
    return re.findall(r"^(\S+:\d+:\d+):", done.stdout + done.stderr, re.MULTILINE)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("    body: |\n      one\n\n        #oops(1)\n", "video.yaml:11:10"),
        ("    body: |-\n      日本 #oops(1)\n", "video.yaml:9:11"),
        ("    body: |2\n        #oops(1)\n", "video.yaml:9:10"),
        ("    body: 'x #oops(1)'\n", "video.yaml:8:15"),
        ('    body: "x\n      #oops(1)"\n', "video.yaml:8:11"),  # folded: the field
        ("    expand: true\n    body: |\n      {{ title }}\n      #oops(1)\n", "video.yaml:11:8"),
    ],
)
def test_an_error_in_the_body_is_at_its_character(workspace: Workspace, body: str, place: str) -> None:
    """An error of typst points at the line and column of the spec, if the body stands there as it is."""
    body = body.replace("{{ title }}", "{{ 1 + 1 }}")
    assert set(places(workspace, HEAD + SCENE + body, 2)) == {place}


def test_errors_in_files_are_at_their_characters(workspace: Workspace) -> None:
    """An error in a layout's file, or in one that it imports or reads, points into that file."""
    workspace.write("layouts/own.typ", "one\n  #oops(1)\n")
    assert places(workspace, HEAD + SCENE + "    file: layouts/own.typ\n", 2) == ["layouts/own.typ:2:4"]
    workspace.write("layouts/own.typ", '#import "/parts/part.typ": wrong\n#wrong(1)\n')
    workspace.write("parts/part.typ", "// one\n#let wrong(x) = x + [a].nothing\n")
    listed = SCENE + "    file: layouts/own.typ\n    files: [parts/part.typ]\n"
    assert places(workspace, HEAD + listed, 2) == ["parts/part.typ:2:25"]
    workspace.write("layouts/own.typ", '#json("data.json")\n')
    workspace.write("layouts/data.json", '{"a": 1,\n  nope}\n')
    listed = SCENE + "    file: layouts/own.typ\n    files: [layouts/data.json]\n"
    assert places(workspace, HEAD + listed, 2) == ["layouts/data.json:2:3"]


def test_a_cached_warning_moves_with_its_text(workspace: Workspace) -> None:
    """A warning of a step that is cached is at the text's new line after lines were added above it."""
    assert places(workspace, HEAD + SCENE + WARNED, 0) == ["video.yaml:10:19"]
    moved = HEAD.replace("scenes:", "description: D\nscenes:") + SCENE + WARNED
    assert places(workspace, moved, 0) == ["video.yaml:11:19"]


def test_a_layout_is_drawn_again_if_what_it_reads_changes(workspace: Workspace) -> None:
    """The bytes of the layout and of its files are in the key, and no other file's."""
    workspace.write("own.typ", '#read("a.txt")')
    workspace.write("a.txt", "one")
    workspace.write("b.txt", "one")
    workspace.write("video.yaml", HEAD + SCENE + "    file: own.typ\n    files: [a.txt]\n")
    workspace.build()
    workspace.write("b.txt", "two")
    workspace.build()
    assert workspace.ran() == []
    workspace.write("a.txt", "two")
    workspace.build()
    assert "draw:own" in workspace.ran()
    workspace.write("own.typ", '= #read("a.txt")')
    workspace.build()
    assert "draw:own" in workspace.ran()


def colors(space: Workspace, x: int) -> list[tuple[int, ...]]:
    """Return the color of a pixel in the middle line of each frame, as ffmpeg decodes it."""
    crop = ["-vf", f"crop=2:2:{x}:90:exact=1,format=rgb24", "-f", "rawvideo", "-"]
    command = [str(executable()), "-v", "error", "-i", str(space.root / "build" / "video.mp4"), *crop]
    data = subprocess.run(command, check=True, capture_output=True).stdout
    return [tuple(data[at : at + 3]) for at in range(0, len(data), 12)]


def test_a_layer_is_seen_from_its_time_on(workspace: Workspace) -> None:
    """A layer is in no frame before its time, and the rest of the layout is in all after its entrance."""
    block = "block(width: 100%, height: 100%, fill: "
    body = (
        "    background: '#000000'\n    reveal: [{layer: later, at: 1.2, enter: none}]\n    body: |\n"
        "      #set page(margin: 0pt)\n"
        f'      #grid(columns: (1fr, 1fr), rows: 1fr, {block}lime), layer("later", {block}blue)))\n'
    )
    workspace.write("video.yaml", HEAD + SCENE.replace("duration: 1", "duration: 2") + body)
    workspace.build()
    left, right = (colors(workspace, x) for x in (80, 240))
    assert len(left) == 50
    assert all(blue < 60 for _, _, blue in right[:30])
    assert all(blue > 150 for _, _, blue in right[31:])
    assert all(green > 150 for _, green, _ in left[15:])


def test_the_examples_of_the_documentation_are_drawn(workspace: Workspace) -> None:
    """Each example of docs/typst.md is drawn without a warning, in a wide and in an upright video."""
    page = (ROOT / "docs" / "typst.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```yaml\n(- id:.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(examples) >= 3
    workspace.write("layouts/sales.typ", '#table(columns: 2, ..csv("sales.csv").flatten())\n#image("/logos/acme.svg")')
    workspace.write("layouts/sales.csv", "Month,Sales\nMay,3\n")
    workspace.write(
        "logos/acme.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'
    )
    for size in ("320x180", "180x320"):
        head = HEAD.replace("320x180", size).replace("title: T", "title: T\nvoice: espeak:en-us")
        workspace.write("video.yaml", head + textwrap.indent("\n".join(examples), "  "))
        done = workspace.run("check", "video.yaml")
        assert (done.code, "warning" in done.stderr + done.stdout) == (0, False), done.stderr + done.stdout


def test_an_overlay_stands_above_a_layout(workspace: Workspace) -> None:
    """A layout has overlays as every scene has: here a watermark over a page that is filled."""
    Image.new("RGB", (8, 8), "red").save(workspace.root / "mark.png")
    own = "    overlays: [{watermark: {image: mark.png}}]\n    body: |\n      #set page(fill: white)\n      text\n"
    workspace.write("video.yaml", HEAD + SCENE + own)
    done = workspace.run("still", "video.yaml", "own")
    assert done.code == 0, done.stderr
    shown = Image.open(workspace.root / "build" / "video.own.png").convert("RGB")
    assert any(red > 180 and green < 120 for red, green, _ in pixels.colors(shown))
    assert shown.getpixel((2, 178)) == (255, 255, 255)
