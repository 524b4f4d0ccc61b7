"""Shorten the holds of a motion, so that what renders it does not depend on how long nothing changes.

A hold is a picture that stays for some frames. Only the frames at which something changes are encoded, so a motion with
short holds is rendered to the same pictures; `mux` lengthens them again (see media/h264/holds.py).

Which frames change is decided from the motion alone, without the drawing: a frame that may change is no hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from vidbuild.frozen import dataclass, replaced
from vidbuild.media.render.bands import KeyFrames, key_frames
from vidbuild.media.render.changed_frames import MIN_MOVE_RATE
from vidbuild.media.render.hold import Hold
from vidbuild.media.render.motion import NEVER, Effect, Motion, Track

LEAST = 2  # frames of a shortened hold: the first of them is encoded, and one repeats it


def without(holds: Sequence[Hold], frame: int) -> int:
    """Return which frame of a shortened motion shows what a frame of the whole motion does."""
    for hold in holds:
        frame -= min(hold.frames, max(0, frame - hold.frame))
    return frame


@dataclass(frozen=True, slots=True)
class Shortened:
    """A motion with its key frames, the same with short holds, and what was removed from these.

    The key frames of `short` are those of `whole` but for the ones that repeat another.
    """

    whole: Motion
    short: Motion
    holds: tuple[Hold, ...] = ()


def shortened(motion: Motion, interval: int) -> Shortened:
    """Return a motion with shortened holds; one in which a clip plays stays as it is.

    interval: most frames between two key frames of the whole motion.
    """
    if motion.clip is not None or motion.clips:
        return Shortened(motion, motion)
    changes = _changes(motion)
    keys = _keys(changes, motion, interval)
    least = max(LEAST, motion.fps // MIN_MOVE_RATE + 1)  # composing is divided at longer holds (see settled.py)
    removed = [(at + least, end) for at, end in pairwise([*changes, motion.frames]) if end - at > least]
    cut = _Cut(removed)
    holds = tuple(
        Hold(
            cut.moved(first) - 1, end - first, tuple(key - first for key in sorted(keys.repeats) if first <= key < end)
        )
        for first, end in removed
    )
    short = replaced(
        motion,
        frames=cut.moved(motion.frames),
        tracks={name: cut.track(track) for name, track in motion.tracks.items()},
        exit=cut.effect(motion.exit),
        keys=tuple(cut.moved(key) for key in sorted(keys.coded) if key),
    )
    return Shortened(replaced(motion, keys=tuple(sorted({*keys.coded, *keys.repeats} - {0}))), short, holds)


def _changes(motion: Motion) -> list[int]:
    """Return the frames that may differ from the one before, whatever the drawing has, the first always included."""
    frames = {0}
    for first, last in _spans(motion):
        frames.update(range(max(0, first), min(last + 1, motion.frames)))
    return sorted(frames)


def _spans(motion: Motion) -> Iterator[tuple[int, int]]:
    """Yield the first and the last frame of all that may change in a motion without clips."""
    effects = [motion.exit]
    for track in motion.tracks.values():
        effects += [track.enter, track.leave]
        yield from (
            (before.frame, after.frame) for before, after in pairwise(track.moves) if before.place != after.place
        )
        yield from ((frame, frame) for frame, _ in track.states)
    yield from ((effect.frame, effect.frame + effect.frames) for effect in effects if effect is not None)


def _keys(changes: Sequence[int], motion: Motion, interval: int) -> KeyFrames:
    """Return the key frames of a motion; those from its exit on are chosen apart, since it is encoded apart."""
    coded: set[int] = set()
    repeats: dict[int, int] = {}
    for start, end in pairwise(sorted({0, motion.frames_before_exit, motion.frames})):
        own = sorted({0, *(frame - start for frame in changes if start <= frame < end)})
        found = key_frames(own, end - start, interval)
        coded.update(start + frame for frame in found.coded)
        repeats.update({start + frame: start + of for frame, of in found.repeats.items()})
    return KeyFrames(frozenset(coded), repeats)


class _Cut:
    """Moves frame numbers to where they are without the removed frames, which nothing but a way's rest is in."""

    def __init__(self, removed: Sequence[tuple[int, int]]) -> None:
        self._removed = removed

    def moved(self, frame: int) -> int:
        return frame - sum(min(frame, end) - first for first, end in self._removed if first < frame)

    def effect(self, effect: Effect | None) -> Effect | None:
        return effect if effect is None or effect == NEVER else replaced(effect, frame=self.moved(effect.frame))

    def track(self, track: Track) -> Track:
        return replaced(
            track,
            enter=self.effect(track.enter),
            leave=self.effect(track.leave),
            moves=tuple(replaced(key, frame=self.moved(key.frame)) for key in track.moves),
            states=tuple((self.moved(frame), index) for frame, index in track.states),
        )
