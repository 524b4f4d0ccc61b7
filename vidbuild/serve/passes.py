"""One pass over a spec after an edit: its problems, then a picture, then one scene, then the whole video."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.api.build import build
from vidbuild.api.live import LiveVideo, Look, look, missing
from vidbuild.api.live_parts import CancelledError, fragment_of, reasons_of, still_of
from vidbuild.api.options import BuildOptions, Control, RunControl
from vidbuild.api.result import Result
from vidbuild.errors import VidbuildError
from vidbuild.frozen import replaced
from vidbuild.serve import catalog as states
from vidbuild.serve import problems, views
from vidbuild.serve.catalog import Catalog, SpecEntry, Video
from vidbuild.serve.facts import facts_of
from vidbuild.serve.revisions import Revision
from vidbuild.serve.run_events import RunEvents
from vidbuild.serve.still_files import still_path, trim
from vidbuild.serve.stream import Stream

_REASONS = 50  # scenes whose reasons are looked up
_PLAYABLE = (".mp4", ".webm", ".m4a", ".mp3")


@dataclass(slots=True)
class Surroundings:
    """What all passes share.

    on_look: called after each look at a spec: the files that it names may be others.
    builds: the number of whole builds that were started.
    """

    catalog: Catalog
    stream: Stream
    options: BuildOptions
    on_look: Callable[[], None]
    builds: int = 0


class _Cancel(RunControl):
    """Cancels a run once it is useless."""

    def __init__(self, is_useless: Callable[[], bool]) -> None:
        self._is_useless = is_useless

    def requested(self) -> Control:
        """Return whether to go on."""
        return Control.CANCEL if self._is_useless() else Control.RUN


class Pass:
    """Everything that follows from an edit.

    is_useless: returns whether a newer edit makes it useless.
    force: whether to build although the spec says what it said before.
    """

    def __init__(self, around: Surroundings, spec: Path, is_useless: Callable[[], bool], *, force: bool) -> None:
        self._around = around
        self._spec = spec
        self._is_useless = is_useless
        self._force = force
        self._control = _Cancel(is_useless)
        self._catalog = around.catalog
        self._stream = around.stream
        self._options = around.options
        self._runs = self._catalog.folder / "runs"

    def run(self) -> None:
        """Look, and build as far as that is possible and nothing newer comes."""
        found = self._look()
        seen = {video.id: video.live for video in self._catalog.specs[self._spec].videos}
        entry = self._catalog.looked(self._spec, found)
        for number in seen.keys() - {video.id for video in entry.videos}:  # its pages are still open
            self._stream.add("video", {"id": number, "state": states.REMOVED, "revision": None})
        self._around.on_look()
        self._report(entry, problems.of_diagnostics(found.diagnostics, found.sources))
        if not found.ok:
            self._set_state(entry, states.INVALID if self._spec.exists() else states.WAITING)
            return
        if not self._force and all(map(_is_current, entry.videos)):
            self._set_state(entry, states.READY)
            return
        self._set_state(entry, states.BUILDING)
        try:
            for video in entry.videos:
                self._preview(video, seen.get(video.id))
        except CancelledError:
            return
        except (VidbuildError, OSError):
            pass  # the whole build reports it
        self._build(entry, found)

    def wait(self) -> None:
        """Show that the spec is gone, with its folder."""
        self._set_state(self._catalog.specs[self._spec], states.WAITING)

    def fail(self) -> None:
        """Show that a bug ended the pass."""
        entry = self._catalog.specs[self._spec]
        error = VidbuildError("a bug in vidbuild ended the build", hint="see the terminal")
        self._report(entry, problems.of_error(error, self._spec))
        self._set_state(entry, states.FAILED)

    def warm_up(self, video: Video) -> None:
        """Draw a scene again, which changes nothing, but starts a worker that has loaded what that needs."""
        live = video.live
        if live is None or not live.scenes:
            return
        scene = live.scenes[0].id
        fresh = [each for each in (f"draw:{scene}", f"still:{scene}") if each in live.plan.graph.steps]
        how = {**self._how(), "options": replaced(self._options, fresh=fresh or ["still:*"])}
        with contextlib.suppress(CancelledError, VidbuildError):  # builds report what is wrong
            still_of(live, scene, None, self._catalog.folder / "warm.png", **how)

    def _look(self) -> Look:
        if not self._spec.is_file():
            return missing(self._spec)
        options = self._options
        return look(
            self._spec,
            cache=options.cache,
            variables=options.variables,
            brand=options.brand,
            language=options.language,
            output_name=options.output_name,
        )

    def _preview(self, video: Video, seen: LiveVideo | None) -> None:
        """Show the picture of a changed scene, then the scene with its audio.

        seen: the plan as of the last pass, which may have been cancelled: what differs from it was edited just now.
        """
        live = video.live
        assert live is not None  # noqa: S101 - the look was valid
        built = {each["id"]: each for each in video.revision.facts.get("scenes", ())} if video.revision else {}
        drawn = [each.id for each in live.scenes if each.drawing != built.get(each.id, {}).get("drawing")]
        changed = [each.id for each in live.scenes if each.all != built.get(each.id, {}).get("all")]
        before = {each.id: each.all for each in seen.scenes} if seen else {}
        now = {each.id for each in live.scenes if before.get(each.id) != each.all}
        # Before any of their steps is in the cache; more scenes have a common reason, which each would repeat.
        first = [each for each in changed if each in now][:_REASONS]
        own = reasons_of(live, first, self._options) if built else {}
        with self._catalog.lock:
            video.changed = frozenset(changed) if built else frozenset()
            shared = self._shared_reasons(video, first) if built else {}
            video.new_reasons |= {**shared, **{scene: reason for scene, reason in own.items() if reason}}
        if drawn and live.has_pictures:
            self._still(video, live, _first(video, drawn, now))
        if built and changed and len(live.scenes) > 1:
            self._fragment(video, live, _first(video, changed, now))

    def _shared_reasons(self, video: Video, scenes: Sequence[str]) -> dict[str, str]:
        """Return the reasons of these scenes in other videos of the spec, for which a shared step may have run."""
        others = [each for each in self._catalog.specs[self._spec].videos if each is not video]
        return {scene: each.new_reasons[scene] for each in others for scene in scenes if each.new_reasons.get(scene)}

    def _how(self) -> dict[str, Any]:
        return {"options": self._options, "control": self._control, "runs": self._runs}

    def _still(self, video: Video, live: LiveVideo, scene: str) -> None:
        digest = next(each.picture for each in live.scenes if each.id == scene)[:12]
        path = still_path(self._catalog.folder, video, scene, digest, None)
        if not path.is_file():
            still_of(live, scene, None, path, **self._how())
            trim(path.parent)
        url = f"/still/{video.id}/{scene}?rev={digest}"
        self._stream.add("still", {"id": video.id, "scene": scene, "at": None, "url": url, "reason": "edited"})

    def _fragment(self, video: Video, live: LiveVideo, scene: str) -> None:
        folder = self._catalog.folder / video.id / "fragment"
        made = fragment_of(live, scene, folder, **self._how())
        if made.path.suffix not in _PLAYABLE:
            return
        revision = video.revisions.add([("fragment", made.path, "")], {"scene": scene, "seconds": made.seconds})
        media = views.media(video, revision)
        timing = {each["id"]: each for each in views.timing_of(video.revision).get("scenes", ())}.get(scene)
        facts = {
            "id": video.id,
            "scene": scene,
            "seconds": made.seconds,
            "start": timing["start"] if timing else None,
            "was": [timing["start"], timing["end"]] if timing else None,
            "words": list(made.words),
            "cues": [{"name": name, "at": at} for name, at in made.cues.items()],
            "captions": None,
        }
        self._stream.add("fragment", {**facts, **(media or {})})

    def _build(self, entry: SpecEntry, found: Look) -> None:
        events = RunEvents(self._stream, entry.videos)
        self._around.builds += 1
        try:
            result = build(found.spec or self._spec, self._options, on_event=events, control=self._control)
        except VidbuildError as error:
            self._report(entry, [*_warnings(entry), *problems.of_error(error, self._spec)])
            self._set_state(entry, states.FAILED)
            return
        if result.status == "cancelled" and self._is_useless():
            return
        self._report(entry, list(self._problems(entry, result)))
        for video in entry.videos:
            own = next((each for each in result.videos if _is_of(video, each)), None)
            self._built(video, own)

    def _problems(self, entry: SpecEntry, result: Result) -> list[dict[str, Any]]:
        """Return the problems of the spec, and those that its steps found."""
        found = [*_warnings(entry), *(problems.of_notice(each, self._spec) for each in result.warnings)]
        found += [problems.of_failed(each, self._spec) for each in result.steps.failed]
        if result.status == "cancelled":
            error = VidbuildError("the build was cancelled", hint="start it again from the page, or save the spec")
            found += problems.of_error(error, self._spec)
        known: dict[tuple[Any, ...], dict[str, Any]] = {}
        for each in found:
            known.setdefault((each["severity"], each["message"], each["line"], each["column"]), each)
        return list(known.values())

    def _built(self, video: Video, result: Result | None) -> None:
        live = video.live
        if result is None or not result.ok or live is None:
            self._set_video_state(video, states.FAILED)
            return
        reasons = {**video.reasons, **video.new_reasons}
        video.new_reasons = {}
        outputs = [(each.kind, each.path, each.sha256) for each in result.outputs]
        facts = facts_of(live, result, reasons)
        if self._is_useless():  # it may have read files as they were for a moment after the look: always build again
            facts["digest"] = ""
        try:
            revision = video.revisions.add(outputs, facts)
        except OSError as error:
            failure = VidbuildError(f"cannot keep the video for the page: {error.strerror or error}")
            self._report(self._catalog.entry_of(video), problems.of_error(failure, video.spec))
            self._set_video_state(video, states.FAILED)
            return
        with self._catalog.lock:
            if video.revision is None or video.revision.id != revision.id:
                video.changed = _changed(video.revision, live)
                video.previous = video.revision
            video.revision, video.reasons, video.state = revision, reasons, states.READY
        self._stream.add("ready", {"id": video.id, "revision": revision.id, "media": views.media(video, revision)})
        self._stream.add("video", {"id": video.id, "state": video.state, "revision": revision.id})

    def _report(self, entry: SpecEntry, found: list[dict[str, Any]]) -> None:
        with self._catalog.lock:
            changed, entry.problems = entry.problems != found, found
        if changed:
            for video in entry.videos:
                counts = {"errors": entry.count("error"), "warnings": entry.count("warning")}
                self._stream.add("problems", {"id": video.id, **counts})

    def _set_state(self, entry: SpecEntry, state: str) -> None:
        for video in entry.videos:
            self._set_video_state(video, state)

    def _set_video_state(self, video: Video, state: str) -> None:
        with self._catalog.lock:
            video.state = state
        revision = video.revision.id if video.revision else None
        self._stream.add("video", {"id": video.id, "state": state, "revision": revision})


def _warnings(entry: SpecEntry) -> list[dict[str, Any]]:
    found = entry.look
    return problems.of_diagnostics(found.diagnostics, found.sources) if found else []


def _is_of(video: Video, result: Result) -> bool:
    live = video.live
    return live is not None and (result.output, result.language) in {
        (live.choice.output, live.choice.language),
        (live.choice.output, live.language),
    }


def _is_current(video: Video) -> bool:
    """Whether the version that is shown is what the spec says."""
    live, revision = video.live, video.revision
    return live is not None and revision is not None and revision.facts.get("digest") == live.digest


def _changed(revision: Revision | None, live: LiveVideo) -> frozenset[str]:
    """Return the scenes that differ from a version."""
    if revision is None:
        return frozenset()
    before = {each["id"]: each["all"] for each in revision.facts.get("scenes", ())}
    return frozenset(each.id for each in live.scenes if before.get(each.id) != each.all)


def _first(video: Video, scenes: Sequence[str], now: Collection[str]) -> str:
    """Return the scene to show first: one that was edited just now, at the playhead if possible."""
    edited = [each for each in scenes if each in now] or scenes
    playhead = video.playhead[0] if video.playhead else ""
    return playhead if playhead in edited else edited[0]
