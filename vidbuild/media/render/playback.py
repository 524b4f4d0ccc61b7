"""How a clip plays in a scene: which of its frames is shown in each frame of a motion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from vidbuild.focal_point import MIDDLE, Focus
from vidbuild.frozen import dataclass, replaced


class Freeze(NamedTuple):
    """A pause of the picture: what is shown at `frame` of the motion stays for `frames` more."""

    frame: int
    frames: int


class Piece(NamedTuple):
    """Frames that follow each other in the file: how many to skip from the clip's start, and how many to show."""

    skip: int
    frames: int


class Run(NamedTuple):
    """Frames of a motion, from `frame` on, that show frames of the clip one after the other. skip: as in Piece."""

    frame: int
    skip: int
    frames: int


@dataclass(frozen=True, slots=True)
class Playback:
    """How a clip plays.

    start_ms: where it starts in its file, in milliseconds.
    skip: how many frames, at the spec's rate, to skip from there.
    frames: how many frames it plays from the motion's first frame on; after them, its last frame stays.
    fit: "cover" (fill the box, crop the edges) or "contain" (show all of it).
    regular: whether decoding can begin anywhere in the file.
    companion: the audio stream of an irregular file that ffmpeg must read too ("a:0"), "" for none.
    hold: for how many of these it holds its first frame before it begins to play.
    speed: how many seconds of the file a second shows.
    repeats: after how many frames, counted from its start, it begins again; 0 if it plays once.
    freezes: by frame; they do not overlap.
    poster_ms: the time in the file of what is shown before it begins to play; None for its first frame.
    focus: the point that stays in view if its edges are cropped.
    """

    start_ms: int
    skip: int
    frames: int
    fit: str
    regular: bool = True
    companion: str = ""
    hold: int = 0
    speed: float = 1.0
    repeats: int = 0
    freezes: tuple[Freeze, ...] = ()
    poster_ms: int | None = None
    focus: Focus = MIDDLE

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Playback:
        """Read JSON values."""
        freezes = tuple(Freeze(frame, frames) for frame, frames in data.get("freezes", ()))
        x, y = data.get("focus", MIDDLE)
        return cls(**{**data, "freezes": freezes, "focus": (x, y)})

    def played(self, frame: int) -> int:
        """Return how many frames of the clip come before the one at a frame of the motion, all passes counted."""
        held = sum(min(max(0, frame - freeze.frame), freeze.frames) for freeze in self.freezes)
        return max(0, min(frame, self.frames - 1) - self.hold - held)

    def frame_of(self, played: int) -> int:
        """Return the first frame of the motion at which that many frames have been played."""
        frame = self.hold + played
        for freeze in self.freezes:
            frame += freeze.frames if freeze.frame < frame else 0
        return frame

    def changes(self, frame: int) -> bool:
        """Return whether the picture at a frame may differ from the one before."""
        begins = frame == self.hold and self.poster_ms is not None
        return begins or self.played(frame) != self.played(frame - 1)

    def seconds(self, skip: int, fps: int) -> float:
        """Return the time in the file of a frame that so many frames precede in a pass."""
        return self.start_ms / 1000 + skip * self.speed / fps

    def pieces(self, frames: int) -> Iterator[Piece]:
        """Yield what is shown, one after the other, in the first frames of the motion."""
        needed = self.played(min(self.frames, frames) - 1) + 1
        skip = self.skip
        while self.repeats and needed > self.repeats - skip:
            yield Piece(skip, self.repeats - skip)
            needed -= self.repeats - skip
            skip = 0
        if needed:
            yield Piece(skip, needed)

    def runs(self, frames: int) -> Iterator[Run]:
        """Yield the parts of the first frames of the motion in which the clip plays on, in order."""
        total = self.played(min(self.frames, frames) - 1) + 1
        resumed = {self.played(freeze.frame): freeze for freeze in self.freezes}
        passes = range(self.repeats - self.skip, total, self.repeats) if self.repeats else ()
        for start, end in pairwise(sorted({0, *passes, *(played for played in resumed if played < total), total})):
            freeze = resumed.get(start)
            frame = self.frame_of(start) if freeze is None else freeze.frame + freeze.frames
            length = min(end - start, frames - frame)
            if length > 0:
                skip = self.skip + start
                yield Run(frame, skip % self.repeats if self.repeats else skip, length)

    def seams(self, frames: int, apart: int) -> Iterator[int]:
        """Yield the frames of the motion at which a pass begins that are at least so many frames apart."""
        if not self.repeats:
            return
        step = -(-apart // self.repeats) * self.repeats
        played = step - self.skip
        while (frame := self.frame_of(played)) < min(self.frames, frames):
            yield frame
            played += step

    def window(self, first: int, frames: int) -> Playback:
        """Return how it plays in frames [first, first + frames); before the motion begins, it holds its first frame."""
        hold, skipped = max(0, self.hold - first), self.played(max(0, first))
        freezes = []
        for freeze in self.freezes:
            begin, end = max(0, freeze.frame - first), min(freeze.frame + freeze.frames - first, frames - 1)
            if end > begin:
                freezes.append(Freeze(begin, end - begin))
        skip, rest = self.skip + skipped, min(max(1, self.frames - first), frames)
        repeats = self.repeats
        if repeats:
            skip %= repeats
        cut = replaced(
            self,
            skip=skip,
            frames=rest,
            hold=hold,
            freezes=tuple(freezes),
            poster_ms=self.poster_ms if hold else None,
        )
        crosses = repeats and skip + cut.played(rest - 1) >= repeats
        return cut if crosses else replaced(cut, repeats=0)
