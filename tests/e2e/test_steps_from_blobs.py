"""Every kind of step gives the same from the cache's blobs, in the sandbox, as from the project's files."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

import vidbuild
from tests.support import font_lab, pdf_files, project_steps
from tests.support.project_steps import Outputs
from tests.support.workspace import Workspace
from vidbuild.engine.graph.graph import Graph, Source
from vidbuild.engine.sandbox.sandbox import missing
from vidbuild.engine.store.store import Store
from vidbuild.media.ffmpeg.binary import executable
from vidbuild.plan.compile import compile_graph
from vidbuild.plan.kinds import KINDS
from vidbuild.plan.variant import own_variant
from vidbuild.spec.load import load

IMAGES = ("png", "jpg", "webp", "gif", "avif", "tif", "bmp", "svg")
CLIPS: Mapping[str, tuple[str, ...]] = {
    "mp4": (),
    "mov": (),
    "mkv": (),
    "webm": ("-c:v", "libvpx", "-c:a", "libopus"),
    "avi": ("-c:a", "pcm_s16le"),
    "ts": (),
    "mpg": ("-c:v", "mpeg2video", "-c:a", "mp2"),
}
RECORDINGS = ("wav", "mp3", "m4a", "flac", "ogg", "opus")
FONTS = ("TTF", "otf", "ttc")  # and one that is variable
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="36"><text x="4" y="30" font-size="30">A</text></svg>'
OWN_SIGN = "\ue0b0"

# Each row: a kind of step, the role of an input, and the suffix of the project's file that it reads.
ROWS = [
    *(("draw", "image", suffix) for suffix in IMAGES),
    *(("draw", "logo", suffix) for suffix in ("png", "svg")),
    *(("draw", "font", suffix) for suffix in (*FONTS, "ttf")),
    *(("speak", "recording", suffix) for suffix in RECORDINGS),
    *((kind, "clip", suffix) for suffix in CLIPS for kind in ("timeline", "render", "audio")),
    ("draw", "background", "webp"),
    ("draw", "clip", "mp4"),
    ("page", "file", "pdf"),
    *(("draw", "file", suffix) for suffix in ("png", "svg", "py")),
    *(("progress", "font", suffix) for suffix in (*FONTS, "ttf")),
    ("transition", "clip", "mp4"),
    ("still", "clip", "mp4"),
    ("decode", "file", "wav"),
    ("animate", "clip", "mp4"),
    *((kind, "font", suffix) for suffix in (*FONTS, "ttf") for kind in ("handout", "typeset")),
]


@dataclass(frozen=True)
class Both:
    """The graphs of two specs, and what their steps made of the cache's blobs and of the project's files."""

    graphs: tuple[Graph, ...]
    from_blobs: Mapping[tuple[int, str], Outputs]
    from_project: Mapping[tuple[int, str], Outputs]

    def reading(self, kind: str, role: str, suffix: str) -> Iterator[tuple[int, str]]:
        """The steps of a kind with such an input."""
        for number, graph in enumerate(self.graphs):
            for step in graph.steps.values():
                files = {
                    Path(given.path).suffix.removeprefix(".")
                    for name, given in step.inputs.items()
                    if isinstance(given, Source) and plain(name) == role
                }
                if step.kind == kind and suffix in files:
                    yield number, step.id


def plain(role: str) -> str:
    """Return a role without what tells several of a step apart: "0.clip", "font:0001:b.otf"."""
    return role.partition(":")[0].rpartition(".")[2]


def write_media(folder: Path) -> None:
    """Write a file of every kind that a spec can name."""
    image = Image.new("RGB", (64, 36), "orange")
    for suffix in IMAGES:
        if suffix == "svg":
            (folder / "a.svg").write_text(SVG)
        else:
            image.save(folder / f"a.{suffix}")
    shutil.copy(folder / "a.png", folder / "logo.png")
    shutil.copy(folder / "a.svg", folder / "logo.svg")
    moving = ("-f", "lavfi", "-i", "testsrc=s=64x36:r=24:d=0.5", "-f", "lavfi", "-i", "sine=440:d=0.5")
    for suffix, codecs in CLIPS.items():
        ffmpeg(folder, *moving, *codecs, f"a.{suffix}")
    for suffix in RECORDINGS:
        ffmpeg(folder, "-f", "lavfi", "-i", "sine=300:d=0.5", f"said.{suffix}")
    fonts = folder / "fonts"
    fonts.mkdir()
    font_lab.write(fonts / "a.TTF", "Title Blocks")
    font_lab.write(fonts / "b.otf", "Text Blocks", opentype=True)
    font_lab.collection(fonts / "c.ttc", font_lab.font("One"), font_lab.font("Icons", OWN_SIGN))
    font_lab.variable(fonts / "d.ttf", "Mono Blocks")
    pdf_files.write(folder / "deck.pdf", [pdf_files.Sheet(text="A page")])
    (folder / "code.py").write_text('print("code")\n')
    (folder / "own.typ").write_text('#image("a.png", width: 40%)\n#image("/a.svg", width: 40%)\n#read("code.py")\n')


def ffmpeg(folder: Path, *args: str) -> None:
    """Make a file."""
    subprocess.run([str(executable()), "-nostdin", "-v", "error", *args], cwd=folder, check=True)


def specs() -> list[dict[str, Any]]:
    """Two specs, with two logos, that read all files, and one of a few scenes in each other format.

    One of them has its captions in the picture.
    """
    short = {"duration": 0.25}
    fade = {"transition": {"type": "fade", "duration": 0.16}}
    clips: list[dict[str, Any]] = [
        {"type": "clip", "src": "a.mp4", "fit": "contain", "caption": "clip", **fade},
        *({"type": "clip", "src": f"a.{suffix}", "audio": "keep"} for suffix in CLIPS),
    ]
    shown: list[dict[str, Any]] = [
        {"type": "title", "title": f"A {OWN_SIGN}", "subtitle": "b", **short},
        {"type": "code", "file": "code.py", **short},
        {"type": "list", "items": ["one", "two"], **short},
        {"type": "command", "commands": [{"run": "ls", "output": "a"}], "duration": 1},
        {"type": "outro", "title": "End", **short},
        *({"type": "image", "src": f"a.{suffix}", "motion": "zoom-in", **short} for suffix in IMAGES),
        *({"type": "title", "title": "T", "narration": {"text": "T", "audio": f"said.{each}"}} for each in RECORDINGS),
        {"type": "title", "title": "Spoken", "narration": "Spoken."},
        {"type": "slide", "file": "deck.pdf", **short},
        {"type": "typst", "file": "own.typ", "files": ["a.png", "a.svg", "code.py"], **short},
        {"type": "quote", "text": "Yes.", "portrait": "a.jpg", **short},
        {"type": "title", "title": "B", "background": {"image": "a.webp"}, **short},
    ]
    music = {"file": "said.wav", "loop": True}
    fonts = {"directory": "./fonts", "title": "Title Blocks", "text": "Text Blocks", "mono": "Mono Blocks"}
    few = [{**clips[0], "narration": "Said."}, {**shown[0], "duration": 0.5}]
    videos = [("logo.png", clips, "mp4"), ("logo.svg", shown, "mp4")]
    videos += [("logo.png", few, encoding) for encoding in ("webm", "webp", "mp3", "pdf")]
    burned = {"captions": {"burn": True}}
    return [
        {
            "vidbuild": 1,
            "title": "All",
            "output": {"format": encoding} if encoding == "mp3" else {"size": "160x90", "format": encoding},
            "voice": "espeak:en-us",
            "theme": {"logo": logo, "fonts": fonts},
            "music": music,
            "progress": "bar",
            "also": ["ttml", "transcript", "chapters", "page"],
            "scenes": [{"id": f"s{number}", **scene} for number, scene in enumerate(scenes)],
            **(burned if scenes is shown else {}),
        }
        for logo, scenes, encoding in videos
    ]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    """Build in the sandbox where the system has one, one of the specs as a draft; then run the same steps directly."""
    folder = tmp_path_factory.mktemp("blobs")
    space = Workspace(folder / "project")
    write_media(space.root)
    graphs, from_blobs, from_project = [], {}, {}
    every = [*((data, False) for data in specs()), (specs()[-1] | {"output": {"size": "160x90"}}, True)]
    for number, (data, draft) in enumerate(every):
        path = space.write(f"v{number}.yaml", yaml.safe_dump(data, sort_keys=False))
        env = {} if missing() else {"VIDBUILD_SANDBOX": "required"}
        done = space.run("build", path.name, *(["--draft"] if draft else []), env=env)
        assert done.code == 0, done.stderr
        spec = load(path)
        graph = compile_graph(spec, own_variant(spec, draft=draft))
        graphs.append(graph)
        store = Store(space.root / ".vidbuild")
        for each in vidbuild.explain(path, draft=draft):
            trace = store.trace(each.key)
            assert trace is not None, each.step
            from_blobs[number, each.step] = {name: blob.digest for name, blob in trace.outputs.items()}
        for name, outputs in project_steps.run_all(graph, folder / f"direct{number}").items():
            from_project[number, name] = outputs
    return Both(tuple(graphs), from_blobs, from_project)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_gives_the_same(both: Both, kind: str) -> None:
    """N1: of every kind, each step made the same bytes of the cache's blobs as of the project's files."""
    graphs = enumerate(both.graphs)
    steps = [(number, step.id) for number, graph in graphs for step in graph.steps.values() if step.kind == kind]
    assert steps
    for step in steps:
        assert both.from_blobs[step] == both.from_project[step], step


@pytest.mark.parametrize(("kind", "role", "suffix"), ROWS)
def test_every_source_gives_the_same(both: Both, kind: str, role: str, suffix: str) -> None:
    """N1: each kind of step that reads a kind of file made the same of it from the cache as from the project."""
    steps = list(both.reading(kind, role, suffix))
    assert steps
    for step in steps:
        assert both.from_blobs[step] == both.from_project[step], step


def test_every_source_is_in_the_table(both: Both) -> None:
    """N1: no step reads a file of the project that the table has no row for."""
    package = Path(vidbuild.__file__).parent
    rows = {(kind, role) for kind, role, _ in ROWS}
    for graph in both.graphs:
        for step in graph.steps.values():
            for name, given in step.inputs.items():
                if isinstance(given, Source) and not Path(given.path).is_relative_to(package):
                    assert (step.kind, plain(name)) in rows
