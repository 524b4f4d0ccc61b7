"""Matches the scenes of two versions of a video, and finds what has changed in each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from vidbuild.comparison import text_diff
from vidbuild.comparison.side import SceneSide, Side
from vidbuild.comparison.text_diff import Part

ADDED, REMOVED, RENAMED, CHANGED = "added", "removed", "renamed", "changed"
_BORDER = (
    0.5  # seconds at the border of two scenes that a transition between them changes, as most last a second at most
)
_MOMENT = 0.0025  # seconds: times are rounded to a thousandth
_NOT_BUILT = "not known: it is not built"


@dataclass(frozen=True, slots=True)
class Change:
    """A scene that has changed.

    state: added, removed, renamed or changed.
    what: what of it: picture, narration, duration, captions, sound, position, transition (only frames
        beside a changed scene differ); and "unknown" if its picture cannot be compared, because one side is not built.
    narration: the text as parts.
    """

    state: str
    before: SceneSide | None
    after: SceneSide | None
    what: tuple[str, ...]
    narration: tuple[Part, ...] = ()

    @property
    def id(self) -> str:
        """The scene's id, in the newer version if it has it."""
        scene = self.after or self.before
        return scene.id if scene else ""

    @property
    def only_beside(self) -> bool:
        """Whether only frames beside another changed scene differ, as a transition makes them."""
        return self.what == ("transition",)

    @property
    def shows(self) -> bool:
        """Whether pictures are to be shown."""
        return self.state in {ADDED, REMOVED} or bool({"picture", "unknown"} & set(self.what))

    @property
    def summary(self) -> str:
        """What has changed, as "picture, narration", or what has happened to the scene, as "renamed from intro"."""
        if self.state == "changed":
            return ", ".join(self.what)
        return f"{self.state} from {self.before.id}" if self.before and self.after else self.state


class _Beside(NamedTuple):
    """Whether the scenes before and after one have other frames, or are others."""

    before: bool
    after: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """What has changed between two versions. unchanged: ids of scenes, in order."""

    before: Side
    after: Side
    changes: Sequence[Change]
    unchanged: Sequence[str]

    @property
    def same(self) -> bool:
        """Whether nothing has changed."""
        return not self.changes and self.before.title == self.after.title


def compare(before: Side, after: Side) -> Comparison:
    """Compare two versions: changes in the order of the newer one, with removed scenes where they were."""
    old, new = before.by_id(), after.by_id()
    renamed = _renamed(before, after)
    moved = _moved(before, after)
    replaced = {
        scene.id for scene in after.scenes if scene.id not in old or _picture(old[scene.id], scene) == "picture"
    }
    changes: list[Change] = []
    unchanged: list[str] = []
    for name, scene in _in_order(before, after, set(renamed.values())):
        if name not in new:
            changes.append(Change(REMOVED, scene, None, (), tuple(text_diff.compare(scene.text, "", before.language))))
        elif name in renamed or name not in old:
            source = old.get(renamed.get(name, ""))
            parts = () if source else tuple(text_diff.compare("", scene.text, after.language))
            changes.append(Change(RENAMED if source else ADDED, source, scene, (), parts))
        else:
            beside = (each in replaced for each in _neighbors(after, name))
            what = tuple(_what(old[name], scene, _Beside(*beside), moved=name in moved))
            parts = tuple(text_diff.compare(old[name].text, scene.text, after.language)) if "narration" in what else ()
            if what:
                changes.append(Change(CHANGED, old[name], scene, what, parts))
            else:
                unchanged.append(name)
    return Comparison(before, after, tuple(changes), tuple(unchanged))


def _in_order(before: Side, after: Side, renamed: set[str]) -> Iterator[tuple[str, SceneSide]]:
    """Yield the newer version's scenes, and each removed one behind the scene that it followed."""
    new = after.by_id()
    gone: dict[str, list[SceneSide]] = {}
    previous = ""
    for scene in before.scenes:
        if scene.id in new:
            previous = scene.id
        elif scene.id not in renamed:
            gone.setdefault(previous, []).append(scene)
    yield from ((each.id, each) for each in gone.get("", ()))
    for scene in after.scenes:
        yield scene.id, scene
        yield from ((each.id, each) for each in gone.get(scene.id, ()))


def _renamed(before: Side, after: Side) -> dict[str, str]:
    """Return new id -> old id of scenes that have the same frames under another id."""
    old, new = before.by_id(), after.by_id()
    free = {tuple(scene.frames): scene.id for scene in before.scenes if scene.id not in new and scene.frames}
    return {
        scene.id: free.pop(tuple(scene.frames))
        for scene in after.scenes
        if scene.id not in old and scene.frames and tuple(scene.frames) in free
    }


def _moved(before: Side, after: Side) -> set[str]:
    """Return the ids of scenes whose place among those that both versions have is another."""
    old = [scene.id for scene in before.scenes if scene.id in after.by_id()]
    new = [scene.id for scene in after.scenes if scene.id in before.by_id()]
    if old == new:
        return set()
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return set(new) - {new[block.b + index] for block in blocks for index in range(block.size)}


def _neighbors(side: Side, name: str) -> tuple[str, str]:
    """Return the ids of the scenes before and after one, "" if there is none."""
    ids = ["", *(scene.id for scene in side.scenes), ""]
    index = ids.index(name, 1)
    return ids[index - 1], ids[index + 1]


def _what(old: SceneSide, new: SceneSide, beside: _Beside, *, moved: bool) -> Iterator[str]:
    picture = _picture(old, new)
    if picture == "picture" and not _same_length(old, new):
        yield "picture"
    elif picture == "picture":
        yield "transition" if _only_border(old, new, beside) else "picture"
    elif picture:
        yield picture
    if _words(old.text) != _words(new.text):
        yield "narration"
    if not _same_length(old, new):
        yield "duration"
    if not _same_captions(old.captions, new.captions):
        yield "captions"
    if _sound(old, new):
        yield "sound"
    if moved:
        yield "position"


def _words(text: str) -> list[str]:
    return text.split()


def _picture(old: SceneSide, new: SceneSide) -> str:
    """Return "picture" if the frames differ, "" if they do not, "unknown" if that cannot be known."""
    if old.frames is not None and new.frames is not None:
        return "" if list(old.frames) == list(new.frames) else "picture"
    a, b = old.digests, new.digests
    for name in ("segment", "picture"):
        if name in a and name in b and a[name] == b[name]:
            return ""
    parts = [name for name in a if name.partition(".")[0] == "segment" and name in b]
    return "picture" if any(a[name] != b[name] for name in parts) else "unknown"


def _sound(old: SceneSide, new: SceneSide) -> bool:
    """Return whether the sound differs, as far as that is known."""
    if old.sounds is not None and new.sounds is not None:
        # A scene may have one packet more or less, of silence, depending on where it starts in the video.
        length = min(len(old.sounds), len(new.sounds))
        return abs(len(old.sounds) - len(new.sounds)) > 1 or list(old.sounds[:length]) != list(new.sounds[:length])
    a, b = old.digests, new.digests
    name = "audio" if "audio" in a and "audio" in b else "sound"
    return name in a and name in b and a[name] != b[name]


def _same_length(old: SceneSide, new: SceneSide) -> bool:
    return old.seconds is None or new.seconds is None or abs(old.seconds - new.seconds) < _MOMENT


def _same_captions(old: Sequence[Sequence[Any]] | None, new: Sequence[Sequence[Any]] | None) -> bool:
    """Return whether captions are the same, as far as that is known; of equal times, rounding makes two."""
    if old is None or new is None:
        return True
    return len(old) == len(new) and all(
        one[2] == other[2] and abs(one[0] - other[0]) <= _MOMENT and abs(one[1] - other[1]) <= _MOMENT
        for one, other in zip(old, new, strict=True)
    )


def _only_border(old: SceneSide, new: SceneSide, beside: _Beside) -> bool:
    """Return whether frames differ only beside a changed scene and right up to it, as in a transition.

    A change of the scene's own that is as near to its border is beside a scene that is the same, or further from it.
    """
    differ = [one != other for one, other in zip(old.frames or (), new.frames or (), strict=False)]
    border = math.ceil(_BORDER / new.seconds * len(differ)) if new.seconds else 0
    if not border or len(differ) <= 2 * border or any(differ[border:-border]):
        return False
    start_fits = not any(differ[:border]) or (beside.before and differ[0])
    return start_fits and (not any(differ[-border:]) or (beside.after and differ[-1]))


def problems(change: Change) -> Mapping[str, str]:
    """Return why pictures of a change are missing, by "before" and "after"."""
    sides = (("before", change.before), ("after", change.after))
    return {name: scene.missing or _NOT_BUILT for name, scene in sides if scene is not None and scene.picture is None}
