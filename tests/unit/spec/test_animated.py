"""Videos, animated images and still images: which scene type shows them, and what the other ones say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support import clip_files
from tests.support.render_lab import made
from vidbuild.spec import animated, file_kind, files
from vidbuild.spec.load import try_load
from vidbuild.spec.paths import InputError

BOTH = (*clip_files.picture(0.2), *clip_files.beeps(0.2))
VIDEOS = {
    "a.mp4": (*clip_files.H264, *clip_files.AAC),
    "a.mov": (*clip_files.H264, *clip_files.AAC),
    "a.mkv": (*clip_files.H264, *clip_files.AAC),
    "a.webm": (*clip_files.VP8, *clip_files.OPUS),
    "a.ts": (*clip_files.H264, *clip_files.AAC),
    "a.m2ts": (*clip_files.H264, "-c:a", "ac3", "-mpegts_m2ts_mode", "1"),
    "a.mpg": clip_files.MPEG2,
    "a.flv": (*clip_files.H264, *clip_files.AAC),
    "a.ogv": ("-c:v", "libtheora", "-c:a", "libvorbis"),
    "a.wmv": ("-c:v", "wmv2", "-c:a", "wmav2"),
    "a.avi": ("-c:v", "mjpeg", "-c:a", "pcm_s16le"),
}
FRAMES = [Image.new("RGB", (32, 18), (shade, 0, 0)) for shade in (0, 120, 250)]


def image(folder: Path, kind: str, *, animated: bool) -> Path:
    """A still or animated image."""
    path = folder / f"a.{kind}"
    more: dict[str, Any] = {"save_all": True, "append_images": FRAMES[1:], "duration": 200} if animated else {}
    FRAMES[0].save(path, **more)
    return path


@pytest.mark.parametrize("name", VIDEOS)
def test_an_image_scene_given_a_video_names_the_clip_scene(tmp_path: Path, name: str) -> None:
    """A video in an image scene is an error whose hint names the scene type that plays it."""
    path = made(tmp_path / name, *BOTH, *VIDEOS[name])
    with pytest.raises(InputError, match=f"'{name}' is not a {files.IMAGES} but a video") as caught:
        files.image_size(path, name, "use a scene of type 'clip'")
    assert caught.value.hint == "use a scene of type 'clip'"
    files.check_playable(path, name, "a video")


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_an_animated_image_plays_as_a_clip(tmp_path: Path, kind: str) -> None:
    """An animated image is accepted as a video, and a still one of the same format gets the hint for images."""
    moving_one = image(tmp_path, kind, animated=True)
    assert animated.is_animated(moving_one)
    files.check_playable(moving_one, moving_one.name, "a video")
    (tmp_path / "still").mkdir()
    still = image(tmp_path / "still", kind, animated=False)
    with pytest.raises(InputError, match=f"'{still.name}' is not a video but an image") as caught:
        files.check_playable(still, still.name, "a video", "use a scene of type 'image'")
    assert caught.value.hint == "use a scene of type 'image'"


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_an_image_scene_says_that_an_image_is_animated(tmp_path: Path, kind: str) -> None:
    """An image scene shows the first frame of an animated image, with a warning at the field."""
    (tmp_path / "vidbuild.toml").touch()
    path = image(tmp_path, kind, animated=True)
    spec = tmp_path / "video.yaml"
    text = f"vidbuild: 1\ntitle: T\nscenes:\n  - {{id: a, type: image, src: {path.name}, duration: 1}}\n"
    spec.write_text(text, encoding="utf-8")
    (warning,) = (each for each in try_load(spec).diagnostics if "animated" in each.message)
    assert warning.message == f"'{path.name}' is animated: only its first frame is shown"
    assert (warning.severity, warning.line, warning.hint) == ("warning", 4, "use a scene of type 'clip' to play it")


def test_a_damaged_image_is_not_animated(tmp_path: Path) -> None:
    """Half of an animated image is an image, and no error of its own."""
    path = image(tmp_path, "gif", animated=True)
    path.write_bytes(path.read_bytes()[:30])
    assert not animated.is_animated(path)
    assert not file_kind.is_video(path.read_bytes())


def test_an_image_that_looks_like_a_stream_is_an_image() -> None:
    """A GIF has the letter of a transport stream's packets at its start, and by chance also where the next ones are."""
    head = bytearray(b"GIF89a".ljust(file_kind.HEAD_BYTES, b"x"))
    head[188] = head[376] = ord("G")
    assert not file_kind.is_video(bytes(head))
