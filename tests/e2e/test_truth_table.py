"""Which edit makes which steps run: a literal table, through the real command with real voices and pictures."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from tests.support.workspace import Workspace

SPEC = """\
vidbuild: 1
title: Four scenes
description: A video that every row of the table edits.
language: en
vars: {product: Acme}
output: {size: 160x90, fps: 24}
theme: midnight
voice: espeak:en-us
defaults: {pause_before: 0.2, pause_after: 0.2}
scenes:
  - id: open
    type: title
    title: "{{ product }} opens"
    subtitle: A short one
    transition: {type: fade, duration: 0.25}
    narration: Hello there.
  - id: points
    type: list
    title: Points
    items:
      - {text: Alpha, at: alpha}
      - {text: Beta, at: beta}
    narration: First [[alpha]] alpha and then [[beta]] beta.
  - id: shot
    type: image
    src: shot.png
    narration: A picture of it.
  - id: close
    type: outro
    title: The end
    duration: 1.5
"""

ENDS = {"mux", "report"}
SAID = {"speak:points", "timeline:points", "audio:points", "captions"} | ENDS  # what is seen only stays longer


def picture(color: str) -> bytes:
    """Return a small PNG of one color."""
    data = io.BytesIO()
    Image.new("RGB", (64, 36), color).save(data, "PNG", compress_level=0)
    return data.getvalue()


@dataclass(frozen=True)
class Row:
    """One edit and the steps it makes run."""

    name: str
    edit: Callable[[Workspace], None]
    ran: set[str]
    arguments: tuple[str, ...] = ()


def swap(*changes: tuple[str, str]) -> Callable[[Workspace], None]:
    """An edit that replaces texts in the spec, each of which must be there."""

    def edit(space: Workspace) -> None:
        text = space.read("video.yaml")
        for old, new in changes:
            assert old in text, f"the spec has no {old!r}"
            text = text.replace(old, new)
        space.write("video.yaml", text)

    return edit


def scenes(space: Workspace, order: Callable[[list[str]], list[str]]) -> None:
    """Rearrange the spec's scenes."""
    head, *blocks = space.read("video.yaml").split("  - id: ")
    space.write("video.yaml", head + "".join("  - id: " + block for block in order(blocks)))


def green_picture(space: Workspace) -> None:
    """Replace the image by one of another color."""
    space.write("shot.png", picture("green"))


def new_picture_same_stat(space: Workspace) -> None:
    """Other pixels under the same name, size and time of change."""
    path = space.root / "shot.png"
    before = path.stat()
    other = picture("blue")
    assert len(other) == before.st_size
    path.write_bytes(other)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def touch(space: Workspace) -> None:
    """Only the time of change."""
    (space.root / "shot.png").touch()


def nothing(space: Workspace) -> None:
    """No edit at all."""


EVERY = ("open", "points", "shot", "close")
SPOKEN = ("open", "points", "shot")


def each(*kinds: str, of: tuple[str, ...] = EVERY) -> set[str]:
    """The steps of some kinds for some scenes."""
    return {f"{kind}:{scene}" for kind in kinds for scene in of}


BLEND, STILL = {"transition:open+points"}, {"still:open"}

TABLE = [
    Row("nothing", nothing, set()),
    Row("a comment", swap(("title: Four", "# hello\ntitle: Four")), set()),
    Row("white space", swap(("title: Four scenes", "title:    Four scenes\n")), set()),
    Row(
        "the order of keys",
        swap(("    title: Points\n", ""), ("    items:\n", "    title: Points\n    items:\n")),
        set(),
    ),
    Row("a quoted scalar", swap(("title: Points", 'title: "Points"')), set()),
    Row("notes", swap(("    src: shot.png", "    src: shot.png\n    notes: for the authors")), set()),
    Row("alternative text", swap(("    src: shot.png", "    src: shot.png\n    alt: A red picture")), {"report"}),
    Row("the output folder", nothing, set(), ("-o", "elsewhere")),
    Row("the number of jobs", nothing, set(), ("-j", "3")),
    Row("an image's time of change", touch, set()),
    Row("an unused variable", swap(("{product: Acme}", "{product: Acme, other: x}")), set()),
    Row("narration text", swap(("and then", "and only then, a good while later, comes")), SAID),
    Row(
        "the first scene longer",
        swap(("Hello there.", "Hello there, and welcome to four scenes.")),
        {"speak:open", "timeline:open", "audio:open", "captions"} | ENDS,
    ),
    Row(
        "a colour of the theme",
        swap(("theme: midnight", 'theme: {extends: midnight, accent: "#ff8800", glow: "#3a57b5"}')),
        each("draw") | {"render:points"} | BLEND | ENDS,
    ),
    Row(
        "one word for one as long",
        swap(("A picture of", "A picture or")),
        each("speak", "audio", of=("shot",)) | {"timeline:shot", "captions"} | ENDS,
    ),
    Row("voice of one scene", swap(("    title: Points\n", "    title: Points\n    voice: espeak:en-gb\n")), SAID),
    Row(
        "voice of all",
        swap(("espeak:en-us", "espeak:en-gb")),
        each("speak", "timeline", "audio", of=SPOKEN) | {"captions"} | ENDS,
    ),
    Row(
        "pronunciation",
        swap(("defaults:", "pronounce: {picture: photograph}\ndefaults:")),
        each("speak", "timeline", "audio", of=("shot",)) | {"captions"} | ENDS,
    ),
    Row("a new cue", swap(("A picture of", "A picture [[seen]] of")), {"timeline:shot", "captions", "report"}),
    Row(
        "a cue's name",
        swap(("[[beta]]", "[[second]]"), ("at: beta", "at: second")),
        {"timeline:points", "captions", "report"},
    ),
    Row(
        "a cue's place",
        swap(("then [[beta]] beta", "[[beta]] then beta")),
        {"timeline:points", "audio:points", "captions"} | ENDS,
    ),
    Row(
        "a scene's title",
        swap(("title: Points", "title: Matters")),
        {"draw:points", "render:points", "captions"} | ENDS | BLEND,
    ),
    Row(
        "a variable in one scene",
        swap(("product: Acme", "product: Zinc")),
        {"draw:open", "render:open", "captions"} | ENDS | BLEND | STILL,
    ),
    Row(
        "a variable from outside",
        nothing,
        {"draw:open", "render:open", "captions"} | ENDS | BLEND | STILL,
        ("--var", "product=Zinc"),
    ),
    Row("the video's title", swap(("title: Four scenes", "title: Four good scenes")), ENDS),
    Row("the description", swap(("A video that every", "The video which every")), ENDS),
    Row(
        "an image's pixels",
        green_picture,
        {"draw:shot", "render:shot"} | ENDS,
    ),
    Row("an image's pixels, same size and time", new_picture_same_stat, {"draw:shot", "render:shot"} | ENDS),
    Row("the theme", swap(("theme: midnight", "theme: paper")), each("draw", "render") | BLEND | STILL | ENDS),
    Row("the size", swap(("160x90", "192x108")), each("draw", "render") | BLEND | STILL | ENDS),
    Row(
        "the frame rate",
        swap(("fps: 24", "fps: 25")),
        each("timeline", "render", "audio") | BLEND | STILL | ENDS | {"captions"},
    ),
    Row(
        "the loudness",
        swap(("fps: 24}", "fps: 24, loudness: -23}")),
        each("audio", of=SPOKEN) | {"audio:close"} | {"mux"},
    ),
    Row(
        "how pictures are coded",
        swap(("fps: 24}", "fps: 24, profile: compat}")),
        each("render") | BLEND | {"mux"},
    ),
    Row(
        "the highest peak",
        swap(("fps: 24}", "fps: 24, peak: -9}")),
        each("audio", of=SPOKEN) | {"audio:close"} | {"mux"},
    ),
    Row(
        "a pause",
        swap(("    src: shot.png", "    src: shot.png\n    pause_after: 0.6")),
        {"timeline:shot", "audio:shot", "captions"} | ENDS,
    ),
    Row(
        "the transition's length",
        swap(("duration: 0.25", "duration: 0.5")),
        each("timeline", of=("open", "points")) | BLEND | {"mux"},
    ),
    Row(
        "a cut for a transition",
        swap(("{type: fade, duration: 0.25}", "cut")),
        each("timeline", of=("open", "points")) | {"render:points", "mux"},
    ),
    Row("two scenes swapped", lambda space: scenes(space, lambda b: [b[0], b[1], b[3], b[2]]), {"captions"} | ENDS),
    Row("a scene deleted", lambda space: scenes(space, lambda b: [b[0], b[1], b[3]]), {"captions"} | ENDS),
    Row(
        "a scene copied",
        lambda space: scenes(space, lambda b: [*b, b[3].replace("close", "again")]),
        {"captions"} | ENDS,
    ),
    Row("a scene renamed", swap(("id: shot", "id: view")), {"captions"} | ENDS),
    Row(
        "the language",
        swap(("language: en", "language: en-GB")),
        each("speak", of=SPOKEN) | each("draw") | {"captions"} | ENDS,
    ),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table's project, built once; every row works on a copy of it."""
    root = tmp_path_factory.mktemp("table") / "project"
    space = Workspace(root)
    space.write("video.yaml", SPEC)
    space.write("shot.png", picture("red"))
    space.build()
    return root


@pytest.fixture
def project(built: Path, workspace: Workspace) -> Workspace:
    """A copy of the built project, its cache included."""
    shutil.copytree(built, workspace.root, dirs_exist_ok=True, copy_function=shutil.copy2)
    return workspace


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name.replace(" ", "-"))
def test_exactly_the_needed_steps_run(project: Workspace, row: Row) -> None:
    """P2, V1, V2, V3, V4, V5, V7: an edit runs exactly the steps of its row."""
    row.edit(project)
    project.build(*(row.arguments or ("-j", "1")))  # a second worker would cost more than the few steps
    assert set(project.ran()) == row.ran


@pytest.mark.parametrize("row", [row for row in TABLE if row.ran and not row.arguments][::4], ids=lambda row: row.name)
def test_a_reverted_edit_is_a_full_hit(project: Workspace, row: Row) -> None:
    """V6: undoing an edit runs nothing, since the earlier results are still there."""
    spec, shot = project.read("video.yaml"), (project.root / "shot.png").read_bytes()
    row.edit(project)
    project.build()
    project.write("video.yaml", spec)
    project.write("shot.png", shot)
    project.build()
    assert project.ran() == []
