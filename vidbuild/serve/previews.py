"""What a page shows of an edit before the whole video is built: a picture of a changed scene, then that scene."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.api.live import LiveVideo
from vidbuild.api.live_parts import CancelledError, fragment_of, reasons_of, still_of
from vidbuild.api.options import RunControl
from vidbuild.errors import StepError, VidbuildError
from vidbuild.frozen import replaced
from vidbuild.serve import views
from vidbuild.serve.catalog import Video
from vidbuild.serve.still_files import still_path, trim
from vidbuild.serve.surroundings import Cancel, Surroundings

_REASONS = 50  # scenes whose reasons are looked up
_PLAYABLE = (".mp4", ".webm", ".m4a", ".mp3")


class Previews:
    """Makes previews of the videos of one spec.

    is_useless: returns whether a newer edit makes them useless.
    patient: whether a picture is shown although there is a newer edit: edits that never pause would hide them all.
    """

    def __init__(self, around: Surroundings, is_useless: Callable[[], bool], *, patient: bool = False) -> None:
        self._around = around
        self._is_useless = is_useless
        self._patient = patient
        self._folder = around.catalog.folder
        self._how: dict[str, Any] = {
            "options": around.options,
            "control": Cancel(is_useless),
            "runs": self._folder / "runs",
        }

    def show(self, videos: Sequence[Video], seen: Mapping[str, LiveVideo | None]) -> None:
        """Show what has changed: first in the video whose page was used last. Raises CancelledError.

        Videos whose page was never opened have no previews while another one's was.
        seen: video -> its plan as of the last pass, which may have been cancelled: what differs was edited just now.
        """
        watched = any(each.watched for each in videos)
        for video in sorted(videos, key=lambda each: -each.watched):
            self._preview(video, seen.get(video.id), videos, shows=bool(video.watched) or not watched)

    def warm_up(self, video: Video) -> None:
        """Draw a scene again, which changes nothing, but starts a worker that has loaded what that needs."""
        live = video.live
        if live is None or not live.scenes:
            return
        scene = live.scenes[0].id
        fresh = [each for each in (f"draw:{scene}", f"still:{scene}") if each in live.plan.graph.steps]
        how = {**self._how, "options": replaced(self._around.options, fresh=fresh or ["still:*"])}
        path = self._folder / "warm.png"
        with contextlib.suppress(CancelledError, VidbuildError):  # builds report what is wrong
            still_of(live, scene, None, path, **how)
        path.unlink(missing_ok=True)

    def _preview(self, video: Video, seen: LiveVideo | None, videos: Sequence[Video], *, shows: bool) -> None:
        live = video.live
        assert live is not None  # noqa: S101 - the look was valid
        built = {each["id"]: each for each in video.revision.facts.get("scenes", ())} if video.revision else {}
        drawn = [each.id for each in live.scenes if each.drawing != built.get(each.id, {}).get("drawing")]
        changed = [each.id for each in live.scenes if each.all != built.get(each.id, {}).get("all")]
        before = {each.id: each.all for each in seen.scenes} if seen else {}
        now = {each.id for each in live.scenes if before.get(each.id) != each.all}
        if built:
            self._explain(video, live, [each for each in changed if each in now], videos)
        with self._around.catalog.lock:
            video.changed = frozenset(changed) if built else frozenset()
        if shows and drawn and live.has_pictures:
            self._still(video, live, _first(video, drawn, now))
        if shows and built and changed and len(live.scenes) > 1:
            self._fragment(video, live, _first(video, changed, now))

    def _explain(self, video: Video, live: LiveVideo, scenes: Sequence[str], videos: Sequence[Video]) -> None:
        """Record why scenes are built, before any of their steps is in the cache."""
        first = scenes[:_REASONS]
        own = reasons_of(live, first, self._around.options)
        shared = _shared_reasons(video, videos, first)
        found = {scene: own.get(scene) or shared.get(scene, "") for scene in first}
        common = set(found.values())
        rest = common.pop() if len(common) == 1 else ""  # so many scenes have one reason, or are too many to explain
        with self._around.catalog.lock:
            video.new_reasons |= {**found, **dict.fromkeys(scenes[_REASONS:], rest)}

    def _still(self, video: Video, live: LiveVideo, scene: str) -> None:
        """Show the frame at the playhead, if that is in the scene, or else the scene's last one."""
        at = video.playhead[1] if video.playhead and video.playhead[0] == scene else None
        try:
            self._still_at(video, live, scene, at)
        except StepError:  # the scene may be shorter now
            if at is None:
                raise
            self._still_at(video, live, scene, None)

    def _still_at(self, video: Video, live: LiveVideo, scene: str, at: float | None) -> None:
        digest = next(each.picture for each in live.scenes if each.id == scene)[:12]
        path = still_path(self._folder, video, scene, digest, None if at is None else round(at * live.fps))
        if not path.is_file():
            how = {**self._how, "control": RunControl()} if self._patient else self._how
            still_of(live, scene, at, path, **how)
            trim(path.parent)
        url = f"/still/{video.id}/{scene}?rev={digest}" + ("" if at is None else f"&at={at}")
        self._add("still", {"id": video.id, "scene": scene, "at": at, "url": url, "reason": "edited"})

    def _fragment(self, video: Video, live: LiveVideo, scene: str) -> None:
        place = self._folder / video.id
        place.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="fragment-", dir=place) as folder:
            made = fragment_of(live, scene, Path(folder), **self._how)
            if made.path.suffix not in _PLAYABLE:
                return
            files: list[tuple[str, Path, str]] = [("fragment", made.path, "")]
            if made.captions is not None:
                files.append(("captions", made.captions, ""))
            revision = video.revisions.add(files, {"scene": scene, "seconds": made.seconds})
        media = views.media(video, revision)
        timing = {each["id"]: each for each in views.timing_of(video.revision).get("scenes", ())}.get(scene)
        own = next(each for each in live.scenes if each.id == scene)
        facts = {
            "id": video.id,
            "scene": scene,
            "digest": own.digest,
            "title": own.title,
            "narration": own.narration,
            "seconds": made.seconds,
            "start": timing["start"] if timing else None,
            "was": [timing["start"], timing["end"]] if timing else None,
            "words": list(made.words),
            "cues": [{"name": name, "at": at} for name, at in made.cues.items()],
            "captions": (views.captions(video, revision) or {}).get("url"),
        }
        self._add("fragment", {**facts, **(media or {})})
        video.revisions.trim()
        video.fragments[scene] = own.digest

    def _add(self, kind: str, data: Mapping[str, Any]) -> None:
        """Add an event, unless what it is about was edited again while it was made."""
        if self._is_useless() and not (self._patient and kind == "still"):
            raise CancelledError("there is a newer edit")
        self._around.stream.add(kind, data)


def _shared_reasons(video: Video, videos: Sequence[Video], scenes: Sequence[str]) -> dict[str, str]:
    """Return the reasons of these scenes in other videos of the spec, for which a shared step may have run."""
    others = [each for each in videos if each is not video]
    return {scene: each.new_reasons[scene] for each in others for scene in scenes if each.new_reasons.get(scene)}


def _first(video: Video, scenes: Sequence[str], now: Collection[str]) -> str:
    """Return the scene to show first: one that was edited just now, at the playhead if possible."""
    edited = [each for each in scenes if each in now] or scenes
    playhead = video.playhead[0] if video.playhead else ""
    return playhead if playhead in edited else edited[0]
