"""The motion of a drawing, and parts of it."""

from __future__ import annotations

from vidbuild.media.render.motion import Motion
from vidbuild.media.render.playback import Playback


def test_a_window_keeps_every_clip() -> None:
    """A part of a transition between two clips plays both from where they are at its start."""
    playback = Playback(0, 0, 10, "cover")
    part = Motion(24, 10, clips={"a:clip": playback, "b:clip": playback}).window(4, 2)
    assert {name: each.skip for name, each in part.clips.items()} == {"a:clip": 4, "b:clip": 4}
