"""Every reader of data from outside, each with real inputs to damage."""

# ruff: noqa: E501 - seeds are one line
from __future__ import annotations

import io
import json
import random
import tempfile
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

from tests.support import font_lab, fuzz_sidecars, scene_samples
from tests.support.mutations import altered, damaged
from tests.support.paths import ROOT
from tests.support.scene_samples import SAMPLES
from vidbuild.engine.disk import checksummed
from vidbuild.engine.graph.canonical import Line
from vidbuild.engine.runs import run_log
from vidbuild.engine.runs.event_reader import event_of
from vidbuild.engine.store.index import Index
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.trace import Trace
from vidbuild.errors import StepError
from vidbuild.media.audio import aac, adts, wav
from vidbuild.media.ffmpeg import probe
from vidbuild.media.h264 import h264
from vidbuild.media.image import raster
from vidbuild.media.text import fonts, glyphs
from vidbuild.plan.compile import compile_graph
from vidbuild.plan.variant import own_variant
from vidbuild.spec import files, load, narration, paths, pronounce, reader, settings, template_sandbox, templates
from vidbuild.spec.diagnostics import SpecError, render

KEY = "5" * 64


@dataclass(frozen=True)
class Target:
    """A reader. try_: reads one input and raises whatever it should not; make: the next input."""

    name: str
    make: Callable[[random.Random], bytes]
    try_: Callable[[bytes], None]


def bytes_of(seeds: Callable[[], Sequence[bytes]], *words: bytes) -> Callable[[random.Random], bytes]:
    """Makes inputs of the seeds by damaging their bytes."""
    known = cache(seeds)
    return lambda chance: damaged(chance.choice(known()), known(), words, chance)


@cache
def project() -> Path:
    """A project of this process's own, with a file of each kind."""
    root = Path(tempfile.mkdtemp(prefix="vidbuild-fuzz-")).resolve()
    (root / "vidbuild.toml").touch()
    (root / "media").mkdir()
    Image.new("RGB", (6, 4)).save(root / "media" / "dot.png")
    scene_samples.write_media(root)
    (root / "media" / "take.wav").write_bytes(sounds()[0])
    (root / "code.py").write_text("print(1)\n", encoding="utf-8")
    return root


def own(name: str, data: bytes) -> Path:
    """The data as a file of the project."""
    path = project() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


# Specs, themes, settings.

SPEC = b"""\
vidbuild: 1
title: Acme
vars: {a: b, n: 2}
output: {size: 160x90, fps: 24}
theme: {extends: paper, accent: "#0af", logo: media/dot.png}
voices: {host: "espeak:de"}
defaults: {transition: {type: fade, duration: 0.4}}
pronounce: {YAML: yamel}
scenes:
  - {id: a, type: title, title: "{{ a }} {{ n + 1 }}", narration: "One [[x]] two.", voice: host}
  - id: b
    type: list
    items: [a, {text: b, at: x, detail: "{% if n > 1 %}c{% endif %}"}]
    narration: {en: "[[x]] b"}
  - {id: c, type: code, file: code.py, highlight: [{lines: 1, at: 1}], duration: 4, transition: cut}
  - {id: d, type: outro, title: A, links: [a], narration: {audio: media/take.wav, text: "Bye [[now]]."}}
"""
MARKS = (
    b"{{ a }}",
    b"{%",
    b"[[x]]",
    b"&a",
    b"*a",
    b"!!x",
    b"<<: ",
    b"? ",
    b"|\n",
    b">-\n",
    b"'",
    b'"',
    b": ",
    b"- ",
    b"#",
)
FIELDS = (
    b"title",
    b"scenes",
    b"type: code",
    b"at: 1",
    b"lines: 1-9",
    b"theme: ./t.yaml",
    b"src: ../x",
    b"duration: 1e9",
    b"~",
    b"\r\n",
)


def some_types(chance: random.Random) -> dict[str, Any]:
    """A spec with the full samples of a few scene types: a spec with all of them takes ten times as long to read."""
    kinds = chance.sample(list(SAMPLES), 3)
    scenes = [{"id": kind, "type": kind, **SAMPLES[kind].full, "duration": 4} for kind in kinds]
    return {"vidbuild": 1, "title": "A", "scenes": scenes}


def specs() -> list[bytes]:
    """The examples' and this project's own specs, and as often one with every feature."""
    paths = [*ROOT.glob("examples/*/*.yaml"), *ROOT.glob("specs/*.yaml")]
    return [SPEC] * len(paths) + [path.read_bytes() for path in sorted(paths)]


def read_spec(data: bytes) -> None:
    """Read, check, show what is wrong with, and plan a spec."""
    path = own("v.yaml", data)
    examined = load.try_load(path)
    render(examined.diagnostics, examined.sources)
    assert (examined.spec is None) == bool(examined.errors)
    for item in examined.diagnostics:
        assert item.message.isprintable(), item.message
        assert item.location is not None or item.message.startswith(
            ("cannot read the spec", "the spec is too large")
        ), item
    if examined.spec is not None:
        compile_graph(examined.spec, own_variant(examined.spec)).to_data()


def make_spec(chance: random.Random) -> bytes:
    """A spec whose text is damaged, or of which some values are others."""
    own = some_types(chance)
    if chance.random() < 0.6:
        seed = yaml.safe_dump(own, sort_keys=False).encode() if chance.random() < 0.5 else chance.choice(_specs())
        return damaged(seed, _specs(), (*MARKS, *FIELDS), chance)
    return json.dumps(altered(chance.choice((own, _spec_data())), chance)).encode("utf-8", "surrogatepass")


_specs = cache(specs)


@cache
def _spec_data() -> Any:
    return reader.read(SPEC.decode(), "v.yaml")[0].data


def read_theme(data: bytes) -> None:
    """Read a theme's file through a spec that names it."""
    own("t.yaml", data)
    scene = {"id": "a", "type": "title", "title": "A", "duration": 1}
    named = {"vidbuild": 1, "title": "A", "theme": "./t.yaml", "scenes": [scene]}
    examined = load.try_parse(named, project() / "v.yaml")
    render(examined.diagnostics, examined.sources)
    assert (examined.spec is None) == bool(examined.errors)


def themes() -> list[bytes]:
    """The themes that come along, and one with logo and fonts."""
    own_theme = (
        b"extends: ./t2.yaml\nlogo: media/dot.png\nfonts: {directory: media, title: A}\nsyntax: {keyword: '#fff'}\n"
    )
    return [own_theme, *(path.read_bytes() for path in sorted(ROOT.glob("vidbuild/themes/*.yaml")))]


def read_settings(data: bytes) -> None:
    """Read a project's settings."""
    folder = own("set/vidbuild.toml", data).parent
    try:
        settings.load(folder, "vidbuild.toml")
    except SpecError:
        return


def read_template(data: bytes) -> None:
    """Expand a text."""
    text = data.decode("utf-8", "replace")
    names = {"a": "b", "n": 3, "x": "y" * 5000, "t": True, "f": 1.5}
    templates.names(text)
    try:
        assert len(templates.expand(text, names)) <= max(template_sandbox.MAX_RESULT, len(text))
    except templates.TemplateProblemError:
        return


def read_narration(data: bytes) -> None:
    """Read the cues of a narration and the text between them."""
    text = data.decode("utf-8", "replace")
    if not list(narration.problems(text)):
        entries = pronounce.from_spec({"YAML": "yamel", "a": "b c", ".a.": "d"})
        said = narration.parse(text, entries, "en")
        narration.speakable(said.spoken)
        assert all(0 <= place <= len(said.tokens) for place in said.cues.values())


# Media.


def sounds() -> list[bytes]:
    """WAV files as narration is kept, and one of another form."""
    made = []
    for channels, rate, length in ((1, 48_000, 300), (1, 48_000, 0), (2, 44_100, 50)):
        file = io.BytesIO()
        with wave.open(file, "wb") as out:
            out.setparams((channels, 2, rate, 0, "NONE", "NONE"))
            out.writeframes(bytes(range(200)) * length)
        made.append(file.getvalue()[:2000])
    return made


def read_wav(data: bytes) -> None:
    """Read a sound and its length."""
    path = own("a.wav", data)
    for read in (wav.read, wav.read_length):
        try:
            read(path)
        except wav.WavError:
            continue


def font_files() -> list[bytes]:
    """A small font of each format."""
    folder = project() / "made"
    folder.mkdir(exist_ok=True)
    made = (
        font_lab.write(folder / "a", "Fuzz", "Ab日\ue0b0"),
        font_lab.write(folder / "b", "Fuzz", "Ab日\ue0b0", opentype=True),
        font_lab.collection(folder / "c", font_lab.font("Fuzz", "A"), font_lab.font("Buzz", "日")),
        font_lab.variable(folder / "d", "Fuzz", "Ab日"),
    )
    return [path.read_bytes() for path in made]


def read_font(data: bytes) -> None:
    """Read a font as a theme's: its families, and the characters that it lacks."""
    path = own("fonts/a.ttf", data)
    try:
        files.check_font(path, "a.ttf")
        fonts.families([path])
        with tempfile.TemporaryDirectory() as folder:
            glyphs.undrawable(["Ab日本\ue0b0"], fonts.stage(Path(folder), [path]))
    except (paths.InputError, fonts.FontError):
        return


def pictures() -> list[bytes]:
    """Small pictures of each format, with profiles, orientation, palettes and several frames."""
    made = []
    for form in ("PNG", "JPEG", "WEBP", "GIF"):
        for mode in ("RGB", "RGBA", "P", "L", "CMYK", "I;16", "1"):
            file = io.BytesIO()
            try:
                Image.effect_noise((17, 9), 80).convert(mode).save(
                    file, form, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
                )
            except (OSError, ValueError):
                continue
            made.append(file.getvalue())
    return made


def read_picture(data: bytes) -> None:
    """Look at a picture as the spec's reader does, and then draw it as the step does."""
    path = own("a.png", data)
    try:
        width, height = files.image_size(path, "a.png")
    except paths.InputError:
        return
    if width * height > 1 << 20:
        return  # decoding it is bounded by the same limit, but takes long
    try:
        raster.png(raster.filled(raster.opened(path, field="src"), 16, 9))
    except StepError:
        return


def adts_streams() -> list[bytes]:
    """A few frames of AAC."""
    kind = adts.Configuration(adts.LC, 48_000, 1)
    frames = [adts.wrap(bytes(range(1, 30 + length)), kind) for length in (0, 5, 60)]
    return [b"".join(frames), adts.wrap(aac.silent_block(), kind) * 3]


def read_adts(data: bytes) -> None:
    """Split a stream into frames and pair what they hold."""
    try:
        for frame in adts.split(data):
            adts.payload(frame)
            aac.to_channel_pair(adts.payload(frame))
    except (adts.AdtsError, aac.AacError):
        return


def h264_streams() -> list[bytes]:
    """The headers of streams that x264 made, with slices cut short."""
    high = bytes.fromhex("67640015acd94141fb011000000300100000030300f162d960")
    base = bytes.fromhex("6742c00bda02404bf9610000030001000003003c8f142aa0")
    picture = bytes.fromhex("68ebe3cb22c0")
    sliced = bytes.fromhex("65888400 33fffef5db f32c ae 77 df".replace(" ", ""))
    later = bytes.fromhex("419a2103bffe a658 09".replace(" ", ""))
    return [b"".join(b"\0\0\0\1" + unit for unit in (first, picture, sliced, later, later)) for first in (high, base)]


def read_h264(data: bytes) -> None:
    """Count a stream's frames, read its parameters and pack its frames."""
    try:
        h264.scan(data)
        list(h264.mp4_frames(data))
    except h264.H264Error:
        return


LOG = """\
Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'clip.mp4':
  Metadata:
    title           : A title
  Duration: 00:00:02.50, start: 0.083333, bitrate: 171 kb/s
  Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709, progressive), 640x360 [SAR 1:1 DAR 16:9], 40 kb/s, 25 fps, 25 tbr, 12800 tbn, start 0.083333 (default)
      Metadata:
        rotate          : 90
      Side data:
        displaymatrix: rotation of -90.00 degrees
  Stream #0:1[0x2](und): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, stereo, fltp, 128 kb/s (default)
Stream mapping:
  Stream #0:0 -> #0:0 (h264 (native) -> wrapped_avframe (native))
"""
PACKETS = """\
#software: Lavf62.3.100
#tb 0: 1/25
#media_type 0: video
#codec_id 0: rawvideo
#dimensions 0: 640x360
#sar 0: 1/1
#tb 1: 1/44100
#media_type 1: audio
#codec_id 1: pcm_s16le
#sample_rate 1: 44100
#channel_layout_name 1: stereo
0,          0,          0,        1,   345600, 0x2db51bba
1,          0,          0,     1024,     4096, 0x58a7f7f3
"""


def read_log(data: bytes) -> None:
    """Read what ffmpeg prints about a file, which can contain the file's own texts."""
    try:
        probe.parse_log(data.decode("utf-8", "replace"), PACKETS)
    except StepError:
        return


# The cache.


@cache
def _trace() -> Any:
    material = [Line("kind", "draw", "2"), Line("param", "title", '"One"'), Line("input", "template", "0" * 64)]
    made = Trace(
        KEY, "draw:one", material, {"template": "0" * 64}, {}, {"typst": "typst 1"}, (), 0.5, 1.7e9, "vidbuild 0.1"
    )
    data = made.to_data()
    data["outputs"] = {"layers.json": ["a" * 64, 12], "a/b.png": ["b" * 64, 3]}
    data["warnings"] = [["a title of 90 characters", "title", None]]
    return data


def make_trace(chance: random.Random) -> bytes:
    """Return a corrupt trace, or an intact one with other values."""
    if chance.random() < 0.3:
        return damaged(checksummed.dumps(_trace()), [checksummed.dumps({})], (b"\n", b'"', b"[" * 3000), chance)
    return checksummed.dumps(altered(_trace(), chance))


def read_trace(data: bytes) -> None:
    """Look a trace up in a store; what is no trace of this version is none."""
    store = Store(project() / "cache")
    path = Path(store.trace_location(KEY))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    found = store.trace(KEY)
    if found is not None:
        for name, blob in found.outputs.items():
            assert not Path(name).is_absolute()
            assert ".." not in Path(name).parts
            assert len(blob.digest) == 64


def make_index(chance: random.Random) -> bytes:
    """An index's rows, altered."""
    row = ["c" * 64, {"layers.json": ["a" * 64, 12]}, 0.5, [1, 2, 3, 4, 5], [["m", "f", None]], "title changed", False]
    return checksummed.dumps(altered({"entry": "video.yaml", "steps": {"draw:one": row, "render:one": row}}, chance))


def read_index(data: bytes) -> None:
    """Read the rows of an index; what is none is left out."""
    index = Index(own("index", data))
    for step in ("draw:one", "render:one", "nothing"):
        index.row(step)


def events() -> list[bytes]:
    """Logs of builds as they were written."""
    return [path.read_bytes() for path in sorted(ROOT.glob("tests/unit/engine/runs/old/*.jsonl"))]


def make_events(chance: random.Random) -> bytes:
    """Return a corrupt log, or intact lines with other values."""
    log = chance.choice(_logs())
    if chance.random() < 0.4:
        return damaged(log, _logs(), (b"\n", b"[" * 3000, b'"type":'), chance)
    lines = [json.loads(line) for line in log.splitlines()]
    chosen = chance.sample(lines, min(3, len(lines)))
    return b"".join(json.dumps(altered(line, chance)).encode() + b"\n" for line in chosen)


_logs = cache(events)


def read_events(data: bytes) -> None:
    """Read a run's state and events from files that hold anything."""
    folder = project() / "runs"
    own("runs/20260131-235959-123-a1b2/events.jsonl", data)
    own("runs/20260131-235959-123-a1b2/state.json", data.split(b"\n")[0])
    for run in run_log.past_runs(folder):
        for event in run_log.read_events(folder, run.id):
            event_of(event)
    for event in run_log.read_events(folder, "20260131-235959-123-a1b2"):
        rebuilt = event_of(event)
        if rebuilt is not None:
            rebuilt.to_line()


TARGETS = {
    target.name: target
    for target in (
        Target("spec", make_spec, read_spec),
        Target("theme", bytes_of(themes, *MARKS, b"extends: ./t.yaml", b"logo: x"), read_theme),
        Target("settings", bytes_of(lambda: [b"allow_network_voice = true\n", b"# a\n[a.b]\nc = 1\n"], b"=", b"[[", b"'''", b"\\u", b"{"), read_settings),
        Target(
            "template",
            bytes_of(
                lambda: [b"{{ a }} {{ n + 1 }}", b"{% if t and n > 2 %}{{ x | upper | replace('y', a) }}{% else %}b{% endif %}", b"{{ [a, x] | join(', ') ~ (1.5 | round(1)) }}"],
                *(b"{{", b"}}", b"{%", b"%}", b"{#", b" ~ ", b" | ", b" * ", b"x", b"n", b"not ", b"(", b"[", b".", b"__class__", b"attr", b" if ", b"for a in x", b"range(10**9)"),
            ),
            read_template,
        ),
        Target("narration", bytes_of(lambda: [b"One [[x]] two [[y]], three. YAML.", b"[[a]]b[[c]] .d.a."], b"[[", b"]]", b"[[a]]", b"\n", b"."), read_narration),
        Target("adts", bytes_of(adts_streams, b"\xff\xf1", b"\xff\xf9"), read_adts),
        Target("h264", bytes_of(h264_streams, b"\0\0\1", b"\0\0\1\x67", b"\0\0\1\x68", b"\0\0\1\x65", b"\0\0\3"), read_h264),
        Target("font", bytes_of(font_files, b"\0\1\0\0", b"OTTO", b"ttcf", b"cmap", b"glyf", b"CFF ", b"name", b"OS/2", b"fvar", b"\0\x0c\0\0"), read_font),
        Target("picture", bytes_of(pictures, b"IHDR", b"IDAT", b"iCCP", b"eXIf", b"acTL", b"\xff\xd8", b"\xff\xc0", b"RIFF", b"VP8X"), read_picture),
        Target("wav", bytes_of(sounds, b"RIFF", b"fmt ", b"data", b"LIST", b"\xff\xff\xff\xff"), read_wav),
        Target("log", bytes_of(lambda: [LOG.encode()], b"Stream #0:0", b": Video: ", b": Audio: ", b"Duration: ", b"#tb 0: 1/0", b"0x0", b"\n", b"1/0", b"9" * 400), read_log),
        Target("trace", make_trace, read_trace),
        Target("index", make_index, read_index),
        Target("events", make_events, read_events),
        Target("timing", fuzz_sidecars.make_timing, fuzz_sidecars.read_timing),
        Target("po", fuzz_sidecars.make_po, fuzz_sidecars.read_po),
        Target("xliff", fuzz_sidecars.make_xliff, fuzz_sidecars.read_xliff),
        Target("catalog", fuzz_sidecars.make_catalog, fuzz_sidecars.read_catalog),
    )
}  # fmt: skip
