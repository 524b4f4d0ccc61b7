"""One pass over a spec after an edit: its problems, then a picture, then one scene, then the whole video."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from vidbuild.api.build import build_planned
from vidbuild.api.copies import Kept
from vidbuild.api.live import LiveVideo, Look, look, missing
from vidbuild.api.live_parts import CancelledError, timing_now
from vidbuild.api.plan import Plan
from vidbuild.api.result import Result
from vidbuild.choice import Choice
from vidbuild.errors import VidbuildError, os_error_text
from vidbuild.project import TIMING_SUFFIX
from vidbuild.serve import catalog as states
from vidbuild.serve import problems, views
from vidbuild.serve.catalog import SpecEntry, Video
from vidbuild.serve.facts import facts_of
from vidbuild.serve.previews import Previews
from vidbuild.serve.revisions import Revision
from vidbuild.serve.run_events import RunEvents
from vidbuild.serve.surroundings import Cancel, Surroundings


class Pass:
    """Everything that follows from an edit.

    is_useless: returns whether a newer edit makes it useless.
    force: whether to build although the spec says what it said before.
    patient: as for `Previews`.
    """

    def __init__(
        self,
        around: Surroundings,
        spec: Path,
        is_useless: Callable[[], bool],
        *,
        force: bool,
        patient: bool = False,
    ) -> None:
        self._around = around
        self._spec = spec
        self._is_useless = is_useless
        self._force = force
        self._previews = Previews(around, is_useless, patient=patient)
        self._catalog = around.catalog
        self._stream = around.stream
        self._options = around.options

    def run(self) -> None:
        """Look, and build as far as that is possible and nothing newer comes."""
        found = self._look()
        seen = {video.id: video.live for video in self._catalog.specs[self._spec].videos}
        entry = self._catalog.looked(self._spec, found, self._stream.last)
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
            self._previews.show(entry.videos, seen)
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

    def _build(self, entry: SpecEntry, found: Look) -> None:
        events = RunEvents(self._stream, entry.videos)
        self._around.builds += 1
        try:
            spec, control = found.spec or self._spec, Cancel(self._is_useless)
            result = build_planned(spec, plans_of(found), self._options, on_event=events, control=control)
        except VidbuildError as error:
            self._report(entry, [*_warnings(entry), *problems.of_error(error, self._spec)])
            self._set_state(entry, states.FAILED)
            return
        if result.status == "cancelled" and self._is_useless():
            return
        if not result.ok:  # before the states that follow from it
            self._report(entry, self._problems(entry, result))
        kept = Kept(self._spec, self._options.cache)
        failed = [
            error
            for video in entry.videos
            for own in [next((each for each in result.videos if _is_of(video, each)), None)]
            for error in self._built(video, own, kept)
        ]
        self._report(entry, [*self._problems(entry, result), *failed])
        for video in entry.videos:
            video.revisions.trim()

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

    def _built(self, video: Video, result: Result | None, kept: Kept) -> list[dict[str, Any]]:
        """Show a video that was built; return the problems of keeping it."""
        live = video.live
        if result is None or not result.ok or live is None:
            self._set_video_state(video, states.FAILED)
            return []
        reasons = {**video.reasons, **video.new_reasons}
        video.new_reasons = {}
        outputs = [(each.kind, each.path, each.sha256) for each in result.outputs]
        facts = facts_of(live, result, reasons)
        if not any(path.name.endswith(TIMING_SUFFIX) for _, path, _ in outputs):  # audio, or an animated picture
            facts["timing"] = self._timing(live)
        if self._is_useless():  # it may have read files as they were for a moment after the look: always build again
            facts["digest"] = ""
        try:
            revision = video.revisions.add(outputs, facts, kept)
        except OSError as error:
            failure = VidbuildError(f"cannot keep the video for the page: {os_error_text(error)}")
            self._set_video_state(video, states.FAILED)
            return problems.of_error(failure, video.spec)
        with self._catalog.lock:
            if video.revision is None or video.revision.id != revision.id:
                video.changed = _changed(video.revision, live)
                video.previous = video.revision
            video.revision, video.reasons, video.state = revision, reasons, states.READY
        self._stream.add("ready", {"id": video.id, "revision": revision.id, "media": views.media(video, revision)})
        self._stream.add("video", {"id": video.id, "state": video.state, "revision": revision.id})
        return []

    def _timing(self, live: LiveVideo) -> dict[str, Any] | None:
        try:
            return timing_now(live, self._options)
        except (OSError, ValueError, KeyError, TypeError):  # the cache is trimmed or damaged meanwhile
            return None

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
        revision, outdated = video.revision.id if video.revision else None, video.take_outdated()
        more = {"edited": outdated} if outdated else {}  # their fragments must not be played any more
        self._stream.add("video", {"id": video.id, "state": state, "revision": revision, **more})


def _warnings(entry: SpecEntry) -> list[dict[str, Any]]:
    found = entry.look
    return problems.of_diagnostics(found.diagnostics, found.sources) if found else []


def plans_of(found: Look) -> dict[Choice | None, Plan]:
    """Return the plans of a look's videos for `build_planned`."""
    plans: dict[Choice | None, Plan] = {each.choice: each.plan for each in found.videos}
    if found.spec is not None and not found.spec.videos:
        plans[None] = found.videos[0].plan
    return plans


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
