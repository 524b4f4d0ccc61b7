"""A project with a scene of every common kind that builds in a few seconds; it knows nothing of what is done to it."""

from __future__ import annotations

from PIL import Image

from tests.support.workspace import Workspace
from vidbuild.media.ffmpeg import ffmpeg

SPEC = """\
vidbuild: 1
title: {word} at once
output: {{size: 160x90, fps: 24}}
defaults: {{pause_before: 0.05, pause_after: 0.05}}
scenes:
  - id: title
    type: title
    title: {word}
    narration: {word}.
    transition: {{type: fade, duration: 0.16}}
  - {{id: list, type: list, items: [one, "{word}"], duration: 0.5}}
  - {{id: command, type: command, commands: [{{run: l, at: 0}}, {{output: "{word}", at: 0.6}}], duration: 1}}
  - {{id: code, type: code, language: python, code: "print()", duration: 0.4}}
  - {{id: image, type: image, src: image.png, motion: zoom-in, duration: 0.4}}
  - {{id: clip, type: clip, src: clip.mp4, audio: keep}}
  - {{id: outro, type: outro, title: The end, narration: End.}}
"""
WORDS = ("All", "None")


def media(space: Workspace) -> None:
    """Put the picture and the clip that the spec names into the project."""
    Image.radial_gradient("L").convert("RGB").resize((64, 36)).save(space.root / "image.png")
    clip = ["-f", "lavfi", "-i", "testsrc2=s=64x36:r=24:d=0.4", "-f", "lavfi", "-i", "sine=f=440:d=0.4"]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "clip.mp4"]
    ffmpeg.run([*clip, *coded], cwd=space.root, env={}, timeout=60, what="make a clip")


def write(space: Workspace, word: str, name: str = "video.yaml") -> None:
    """Write the spec; another word is another title, narration, caption and picture."""
    space.write(name, SPEC.format(word=word))
