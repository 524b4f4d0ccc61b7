"""Videos in other formats, through the real command, as other programs read them."""

from __future__ import annotations

import io
import json
import re
import shutil
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat

from tests.support.pixels import pixel
from tests.support.workspace import Workspace
from vidbuild.media.container import ffmetadata
from vidbuild.media.ffmpeg import ffmpeg

HEAD = """vidbuild: 1
title: A video
output: {%s}
voice: espeak:en-us
defaults: {transition: {type: fade, duration: 0.2}}
"""
SCENES = """scenes:
  - {id: one, type: title, title: One, narration: "The first one.", background: '#204060'}
  - {id: two, type: list, items: [First, Second], duration: 1, background: '#204060'}
  - {id: three, type: title, title: Three, duration: 1, background: '#802020'}
"""
FORMATS = {
    "webp": ("size: 320x180, format: webp, width: 160, fps: 10", ["video.webp"]),
    "gif": ("size: 320x180, format: gif, width: 160, fps: 10, loop: 2", ["video.gif"]),
    "m4a": ("format: m4a", ["video.m4a", "video.srt", "video.vtt"]),
    "mp3": ("format: mp3", ["video.mp3", "video.srt", "video.vtt"]),
    "png": ("size: 320x180, format: png, width: 160", ["video.one.png", "video.two.png", "video.three.png"]),
    "pdf": ("size: 320x180, format: pdf", ["video.pdf"]),
}


def read_with_ffmpeg(path: Path) -> tuple[str, str]:
    """What ffmpeg reads of a file's metadata, and its log while it decodes all of it."""
    args = ["-i", str(path), "-f", "ffmetadata", "-"]
    metadata = ffmpeg.capture(args, cwd=path.parent, env={}, timeout=60, what="read").output.decode()
    decode = ["-xerror", "-i", str(path), "-f", "null", "-"]
    return metadata, ffmpeg.capture(decode, cwd=path.parent, env={}, timeout=60, what="decode", loglevel="warning").text


def near(image: Image.Image, color: tuple[int, int, int]) -> bool:
    """Whether the left edge of an image has a color."""
    return all(abs(a - b) <= 12 for a, b in zip(pixel(image, (2, 45)), color, strict=True))


@pytest.mark.parametrize("encoding", FORMATS)
def test_a_format_has_its_files_and_no_others(workspace: Workspace, encoding: str) -> None:
    """Each format is made by its own steps, a second build has nothing to do, and a clean one makes the same bytes."""
    settings, names = FORMATS[encoding]
    workspace.write("video.yaml", HEAD % settings + SCENES)
    first = workspace.build().data
    outputs = {Path(each["path"]).name: each for each in first["outputs"]}
    assert list(outputs) == names
    assert sorted(path.name for path in (workspace.root / "build").iterdir() if path.name[0] != ".") == sorted(names)
    kinds = {step.partition(":")[0] for step in first["steps"]["ran"]}
    assert not kinds & {"render", "transition", "mux", "report", "strip"}
    assert ("audio" in kinds) == (encoding in {"m4a", "mp3"})
    assert ("draw" in kinds) == (encoding not in {"m4a", "mp3"})
    assert first["outputs"][0].get("loops") == {"webp": "forever", "gif": 2}.get(encoding)
    again = workspace.build().data
    assert (again["status"], again["steps"]["ran"]) == ("up-to-date", [])
    shutil.rmtree(workspace.root / ".vidbuild")
    assert [each["sha256"] for each in workspace.build("-j", "1").data["outputs"]] == [
        each["sha256"] for each in first["outputs"]
    ]


@pytest.mark.parametrize("encoding", ["webp", "gif"])
def test_an_animation_shows_every_scene(workspace: Workspace, encoding: str) -> None:
    """It is as long as the video, and the last image of a scene shows all of it."""
    workspace.write("video.yaml", HEAD % FORMATS[encoding][0] + SCENES)
    seconds = workspace.build().data["video_seconds"]
    with Image.open(workspace.root / "build" / f"video.{encoding}") as file:
        times, frames = [], []
        for number in range(getattr(file, "n_frames", 1)):
            file.seek(number)
            file.load()
            times.append(file.info["duration"] / 1000)
            frames.append(file.convert("RGB"))
        assert file.info["loop"] == {"webp": 0, "gif": 1}[encoding]
    assert frames[0].size == (160, 90)
    assert sum(times) == pytest.approx(seconds, abs=0.02)
    assert near(frames[0], (0x20, 0x40, 0x60))
    assert near(frames[-1], (0x80, 0x20, 0x20))
    assert workspace.run("still", "video.yaml", "two", "-o", "still.png").code == 0
    with Image.open(workspace.root / "still.png") as still:
        whole = still.convert("RGB").resize((160, 90), Image.Resampling.LANCZOS)
    nearest = min(ImageStat.Stat(ImageChops.difference(frame, whole)).mean for frame in frames)
    assert max(nearest) < 1.5, "all of the list is there before it goes"


def test_one_edited_scene_is_animated_again(workspace: Workspace) -> None:
    """What does not touch an edited scene is not encoded again."""
    workspace.write("video.yaml", HEAD % FORMATS["webp"][0] + SCENES)
    workspace.build()
    workspace.write("video.yaml", HEAD % FORMATS["webp"][0] + SCENES.replace("title: Three", "title: Drei"))
    workspace.build()
    assert workspace.ran() == ["animate:three", "animate:two+three", "assemble", "draw:three"]


def test_a_limit_is_kept_by_the_documented_steps(workspace: Workspace) -> None:
    """A smaller limit animates nothing again; one that cannot be kept names the smallest size, at the field."""
    limited = FORMATS["webp"][0] + ", max_bytes: %s"
    workspace.write("video.yaml", HEAD % (limited % "1MB") + SCENES)
    assert workspace.build().data["outputs"][0]["encoding"]["way"] == 1
    path = workspace.root / "build" / "video.webp"
    size = path.stat().st_size
    workspace.write("video.yaml", HEAD % (limited % (size - 1)) + SCENES)
    built = workspace.build().data["outputs"][0]
    assert built["encoding"] == {"way": 2, "ways": 6, "quality": 75, "rate": 10, "width": 160, "height": 90}
    assert workspace.ran() == ["assemble"]
    assert path.stat().st_size < size
    text = HEAD % (limited % "1kB") + SCENES
    workspace.write("video.yaml", text)
    workspace.build(code=1)
    assert workspace.last is not None
    (failed,) = workspace.last.data["steps"]["failed"]
    assert re.fullmatch(
        r"too large: expected at most 1,000 bytes, got [\d,]+ at the lowest quality, with 5 images a second of 160x90",
        failed["error"],
    )
    assert (failed["line"], failed["column"]) == (3, text.splitlines()[2].index("1kB") + 1)
    assert path.stat().st_size < size, "the file of the last build stays"


@pytest.mark.parametrize("encoding", ["m4a", "mp3"])
def test_audio_has_chapters(workspace: Workspace, encoding: str) -> None:
    """The audio is as long as the video, and its chapters are the scenes."""
    workspace.write("video.yaml", HEAD % FORMATS[encoding][0] + SCENES)
    seconds = workspace.build().data["video_seconds"]
    metadata, log = read_with_ffmpeg(workspace.root / "build" / f"video.{encoding}")
    assert not log
    found = ffmetadata.parse(metadata)
    assert [chapter.title for chapter in found] == ["One", "two", "Three"]
    assert found[2].start / 48_000 == pytest.approx(seconds - 1, abs=0.03)


def test_pictures_are_the_last_frames(workspace: Workspace) -> None:
    """Each picture is the scene's still, scaled."""
    workspace.write("video.yaml", HEAD % FORMATS["png"][0] + SCENES)
    workspace.build()
    done = workspace.run("still", "video.yaml", "two", "-o", "still.png")
    assert done.code == 0, done.stderr
    with Image.open(workspace.root / "still.png") as whole, Image.open(workspace.root / "build/video.two.png") as small:
        assert (whole.size, small.size) == ((320, 180), (160, 90))
        scaled = whole.convert("RGB").resize((160, 90), Image.Resampling.LANCZOS)
        assert scaled.tobytes() == small.convert("RGB").tobytes()


def test_a_handout_has_what_is_said(workspace: Workspace) -> None:
    """Pictures and narration are on its pages."""
    workspace.write("video.yaml", HEAD % FORMATS["pdf"][0] + SCENES)
    workspace.build()
    data = (workspace.root / "build" / "video.pdf").read_bytes()
    with pypdfium2.PdfDocument(io.BytesIO(data)) as document:
        text = " ".join(page.get_textpage().get_text_bounded() for page in document)
        images = [item for page in document for item in page.get_objects() if isinstance(item, pypdfium2.PdfImage)]
        assert [image.get_px_size() for image in images] == [(320, 180)] * 3
    assert "The first one." in text


def test_an_output_is_replaced_and_what_a_person_changed_is_kept(workspace: Workspace) -> None:
    """N4: outputs of other formats prove what wrote them too."""
    for encoding in ("webp", "mp3"):
        settings, names = FORMATS[encoding]
        workspace.write("video.yaml", HEAD % settings + SCENES)
        workspace.build()
        path = workspace.root / "build" / names[0]
        path.write_bytes(path.read_bytes()[:-40])
        assert [each["message"] for each in workspace.build().data["warnings"]], encoding
        workspace.write("video.yaml", HEAD % settings + SCENES.replace("title: One", "title: Eins"))
        assert not workspace.build().data["warnings"], encoding


def test_a_file_is_named_as_its_format(workspace: Workspace) -> None:
    """`-o` can name the file of another format; one of a format that the video does not have is refused."""
    workspace.write("video.yaml", HEAD % FORMATS["webp"][0] + SCENES)
    done = workspace.run("build", "-o", "public/demo.webp")
    assert done.code == 0, done.stderr
    assert (workspace.root / "public" / "demo.webp").is_file()
    done = workspace.run("build", "-o", "public/demo.mp4")
    assert done.code == 2
    assert "cannot write 'public/demo.mp4': the format of the video is 'webp'" in done.stderr
    assert "hint: -o public/demo.webp, or set 'output: {format: mp4}' in the spec" in done.stderr


def test_the_result_says_how_often_it_loops(workspace: Workspace) -> None:
    """The last lines name the file, and how often it plays."""
    workspace.write("video.yaml", HEAD % FORMATS["gif"][0] + SCENES)
    done = workspace.run("build")
    assert "in build: video.gif (loops 2 times)\n" in done.stdout + done.stderr
    assert "built video.gif (0:0" in done.stdout + done.stderr
    assert json.loads(workspace.run("build", "--json").stdout)["outputs"][0]["loops"] == 2


def test_several_formats_of_one_spec(workspace: Workspace) -> None:
    """Each entry of `outputs` has its format; what they share is made once."""
    entries = """outputs:
  - {name: wide}
  - {name: loop, format: webp, scenes: [two, three], width: 160, fps: 10, loop: 1}
  - {name: sound, format: mp3}
  - {name: notes, format: pdf}
"""
    workspace.write("video.yaml", HEAD % "size: 320x180" + entries + SCENES)
    data = workspace.build().data
    names = [Path(each["outputs"][0]).name for each in data["videos"]]
    assert names == ["video.wide.mp4", "video.loop.webp", "video.sound.mp3", "video.notes.pdf"]
    ran = [step.rpartition("/")[2] for step in data["steps"]["ran"]]
    assert ran.count("draw:one") == ran.count("draw:two") == ran.count("speak:one") == ran.count("audio:one") == 1
    assert {each["loops"] for each in data["outputs"] if "loops" in each} == {1}
    assert {step.partition(":")[0] for step in data["steps"]["ran"] if step.startswith("sound/")} <= {
        "sound/soundtrack"
    }


def test_a_failed_build_names_its_file(workspace: Workspace) -> None:
    """The last line names the file that was not made, as it would have been named."""
    workspace.write("broken.mp4", b"no video at all")
    scene = "scenes:\n  - {id: one, type: clip, src: broken.mp4}\n"
    workspace.write("video.yaml", HEAD % "size: 160x90, format: webm" + scene)
    done = workspace.run("build", "video.yaml", "-j", "1")
    assert done.code == 1
    assert done.stdout.startswith("failed: video.webm: ")


def test_a_still_is_of_a_video_with_pictures(workspace: Workspace) -> None:
    """The first output may be audio: a still is of one that shows the scene, and audio alone is refused."""
    outputs = "outputs: [{name: heard, format: m4a}, {name: seen, size: 160x90}]\n"
    scene = "scenes:\n  - {id: one, type: title, title: One, duration: 1, background: '#204060'}\n"
    workspace.write("video.yaml", "vidbuild: 1\ntitle: A video\n" + outputs + scene)
    shown = workspace.run("still", "video.yaml", "one")
    assert shown.code == 0, shown.stderr
    assert shown.stdout.strip() == "build/video.seen.one.png"
    with Image.open(workspace.root / "build/video.seen.one.png") as image:
        assert near(image.convert("RGB"), (0x20, 0x40, 0x60))
    refused = workspace.run("still", "video.yaml", "one", "--output-name", "heard")
    assert refused.code == 2
    assert "'video.yaml' has no picture to show\n      hint: 'format: m4a' is audio alone" in refused.stderr
