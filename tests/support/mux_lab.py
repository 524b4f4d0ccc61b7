"""Makes videos of scenes with audio, for the tests of muxed audio."""

from __future__ import annotations

import array
import itertools
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.audio_lab import ENV, WEB, context, timing
from vidbuild.engine.graph.context import Context
from vidbuild.media.audio import wav
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.steps import audio, mux
from vidbuild.timebase import SAMPLE_RATE

SPOKEN = 9601
"""Samples that a narration lasts."""


@dataclass(frozen=True)
class Scene:
    """A scene: its frames, where its narration begins (-1: there is none), and whether a clip sounds in it."""

    frames: int
    begin: int = -1
    clip: str = ""


DESIGNS = (
    Scene(21, 4801),
    Scene(23),
    Scene(19, 5003),
    Scene(31, -1, "keep"),
    Scene(25, 7919, "duck"),
    Scene(37, 19_200),
    Scene(22, 3001),
)


def voice() -> array.array[int]:
    """A sound like no other part of itself: low noise, coming and going in 5 ms as a spoken word does."""
    chance, low = random.Random(11), 0.0
    samples = array.array("h")
    for index in range(SPOKEN):
        low += 0.08 * (chance.uniform(-1, 1) - low)
        samples.append(int(60_000 * low * min(1.0, index / 240, (SPOKEN - index) / 240)))
    return samples


def hum(samples: int) -> array.array[int]:
    """A clip's own sound: a low tone, so that any step in it would stand out."""
    return array.array("h", (int(9000 * math.sin(math.tau * 300 * index / SAMPLE_RATE)) for index in range(samples)))


class Studio:
    """Makes scenes' sounds and segments, each once, and joins them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clip = root / "clip.wav"
        wav.write(self.clip, hum(4 * SAMPLE_RATE))
        self.numbers = itertools.count()
        self.sound: Callable[[Scene, int], Path] = cache(self._sound)
        self.segment: Callable[[int, int], Path] = cache(self._segment)

    def _sound(self, scene: Scene, fps: int) -> Path:
        samples = scene.frames * SAMPLE_RATE // fps
        inputs: dict[str, Any] = {"timing": timing(samples)}
        params: dict[str, Any] = dict(WEB)
        if scene.begin >= 0:
            inputs = {"timing": timing(samples, scene.begin, SPOKEN), "narration": voice()}
        if scene.clip:
            inputs["clip"] = self.clip
            params["clip"] = {"mode": scene.clip, "start_ms": 0, "end_ms": None}
        step = context(self.root / f"sound-{next(self.numbers)}", "audio:x", params, **inputs)
        audio.run(step)
        return step.out / "sound.aac"

    def _segment(self, frames: int, fps: int) -> Path:
        path = self.root / f"{frames}-{fps}.h264"
        picture = ["-f", "lavfi", "-i", f"color=size=32x32:rate={fps}", "-frames:v", str(frames)]
        coder = ["-c:v", "libx264", "-bf", "0", "-g", "9999", "-threads", "1", "-x264-params", "scenecut=0"]
        ffmpeg.run([*picture, *coder, str(path)], cwd=self.root, env=ENV, timeout=60, what="make a segment")
        return path

    def step(self, scenes: list[Scene], fps: int, **other: Any) -> Context:
        """A join of these scenes. other: inputs in place of the right ones, "-" for ":"."""
        inputs: dict[str, Any] = {}
        for number, scene in enumerate(scenes):
            facts = {"fps": fps, "frames": scene.frames, "samples": scene.frames * SAMPLE_RATE // fps}
            inputs[f"timing:s{number}"] = facts
            inputs[f"render:s{number}"] = self.segment(scene.frames, fps)
            inputs[f"audio:s{number}"] = self.sound(scene, fps)
        inputs.update(other)
        order = [{"scene": f"s{number}"} for number in range(len(scenes))]
        params = {"title": "T", "description": "", "language": "en", "fps": fps, "order": order}
        return context(self.root / f"join-{next(self.numbers)}", "mux", params, **inputs)

    def video(self, scenes: list[Scene], fps: int) -> Path:
        """The joined video."""
        step = self.step(scenes, fps)
        mux.run(step)
        return step.out / "video.mp4"
