"""Recordings whose frames carry their number, and scenes that show nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from tests.support.render_lab import ENV, SIZE, Drawing, made, shown
from vidbuild.media.audio.clip_audio import ClipAudio
from vidbuild.media.ffmpeg import ffmpeg, filtergraph
from vidbuild.media.ffmpeg.probe import probe
from vidbuild.media.render import compose
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.clip import open_clip
from vidbuild.media.render.motion import Motion
from vidbuild.media.render.playback import Playback

H264 = ("-c:v", "libx264", "-preset", "fast", "-qp", "8", "-g", "25", "-pix_fmt", "yuv420p")
COLUMNS = 8


def numbered(fps: int | str = 30, size: str = "128x72") -> tuple[str, ...]:
    """An input of ffmpeg's: picture n shows n in eight columns, white for each bit that is set, the lowest first."""
    bits = f"geq=lum='if(mod(floor(N/pow(2\\,floor(X*{COLUMNS}/W)))\\,2)\\,235\\,16)':cb=128:cr=128"
    return ("-f", "lavfi", "-i", f"color=black:s={size}:r={fps},format=yuv420p,{bits}")


def recording(
    path: Path, frames: int = 90, coded: Sequence[str] = H264, *, fps: int | str = 30, size: str = "128x72"
) -> Path:
    """A recording of numbered pictures."""
    return made(path, *numbered(fps, size), "-frames:v", str(frames), *coded)


def scene(
    source: Path,
    playback: Playback,
    frames: int,
    fps: int = 30,
    size: tuple[int, int] = SIZE,
    window: tuple[int, int] | None = None,
) -> Animation:
    """Return a scene that is a clip before red, opened as the render step does, or a window of it."""
    folder = source.parent / f"d-{source.name}-{playback.start_ms}-{fps}-{window}"
    drawing = Drawing(folder, size).add("background", colour=(200, 0, 0)).place("clip")
    motion = Motion(fps, frames, {}, playback)
    if window is not None:
        motion = motion.window(*window)
    return drawing.picture(motion, clip=open_clip(source, motion, ENV))


def seen(source: Path, start_ms: int = 0, frames: int = 3, fps: int = 30, fit: str = "cover") -> list[Image.Image]:
    """The pictures of a scene that shows a clip from a time on."""
    return shown(scene(source, Playback(start_ms, 0, frames, fit), frames, fps))


def number(image: Image.Image) -> int:
    """Which picture of a numbered recording fills this one."""
    grey = image.convert("L")
    total = 0
    for bit in range(COLUMNS):
        level = grey.getpixel((int((bit + 0.5) * grey.width / COLUMNS), grey.height // 2))
        assert isinstance(level, (int, float))
        total += (level > 128) << bit
    return total


def numbers(source: Path, start_ms: int = 0, frames: int = 3, fps: int = 30) -> list[int]:
    """The numbers of the pictures that a scene shows."""
    return [number(image) for image in seen(source, start_ms, frames, fps)]


def decoded_pictures(picture: Animation) -> int:
    """Return how many frames of its clip ffmpeg decodes to render a scene."""
    stream = compose.hold_frames(compose.frames(picture), picture.motion)
    target = picture.folder / "counted.raw"
    args = filtergraph.arguments(filtergraph.output(stream, target, {"format": "rawvideo", "pix_fmt": "rgb24"}))
    return decoded_by(args, picture.folder)


def decoded_by(args: Sequence[str], folder: Path) -> int:
    """How many pictures of clips ffmpeg decodes when it is given these arguments."""
    return _decoded(args, folder, "video")


def decoded_samples(args: Sequence[str], folder: Path) -> int:
    """How many samples of sound ffmpeg decodes when it is given these arguments."""
    return _decoded(args, folder, "audio")


def _decoded(args: Sequence[str], folder: Path, kind: str) -> int:
    done = ffmpeg.capture(args, cwd=folder, env=ENV, timeout=60, what="count", loglevel="verbose")
    unit = {"video": r"; (\d+) frames decoded", "audio": r"\((\d+) samples\)"}[kind]
    found = re.findall(rf"\[?in#\d+/(?!png_pipe|lavfi)[^\]]*\]?.*Input stream #\d+:\d+ \({kind}\):.*?{unit}", done.text)
    assert found, done.text
    return sum(int(count) for count in found)


def extracting(source: Path, start_ms: int, samples: int, out: Path) -> list[str]:
    """Return the arguments for ffmpeg that extract a part of a clip's audio, as the steps of a build do."""
    info = probe(source, env=ENV)
    return ClipAudio(source, info.audio_track, info.start, info.regular).extract(start_ms, samples, out, ENV)
