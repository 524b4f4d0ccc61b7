"""Parts of a video that a live view shows before the whole video is built: one frame, or one scene with its audio.

They use the cache of builds, so that the build that follows has their steps already. Their runs are recorded in a
folder of their own, apart from those of builds.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild import timebase
from vidbuild.api.engine import engine_of
from vidbuild.api.live import LiveVideo, picture_now, pictures_now
from vidbuild.api.options import BuildOptions, RunControl
from vidbuild.api.plan import plan_of, store_of
from vidbuild.api.video import target_of
from vidbuild.engine.disk import durable
from vidbuild.engine.graph.graph import Graph
from vidbuild.engine.graph.step_id import StepId
from vidbuild.engine.keys.explain import WILL_RUN
from vidbuild.engine.keys.reasons import Reason, summary
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.schedule.target import RunHooks, Target
from vidbuild.engine.store.blobs import Blob
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.writable import writable
from vidbuild.errors import Failure, StepError, StoreError, UsageError, class_of, os_error_text
from vidbuild.frozen import replaced
from vidbuild.plan.scene_steps import LAST_FRAME
from vidbuild.plan.scene_steps import still as still_step
from vidbuild.plan.variant import VideoSpec, own_variant
from vidbuild.video_report.timing import video_timing

STILL = "still.png"
_THUMB = "thumb.jpg"
_CAPTIONS = ".vtt"
_TELLING = ("speak", "draw")
_NAMED = 2  # fields of one record that a reason names


class CancelledError(Exception):
    """The caller cancelled it."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """One scene as a video of its own; times in seconds.

    words: {"text", "start", "end"} each.
    cues: name -> time.
    captions: a WebVTT file; None if the scene has no words, or the format no captions.
    """

    path: Path
    seconds: float
    words: tuple[Mapping[str, Any], ...]
    cues: Mapping[str, float]
    captions: Path | None = None


@dataclass(frozen=True, slots=True)
class ScenePicture:
    """The small picture of a scene that its last build left in the cache; digest: of the file."""

    path: Path
    digest: str


def still_of(
    video: LiveVideo,
    scene: str,
    at: float | None,
    path: Path,
    *,
    options: BuildOptions,
    control: RunControl | None = None,
    runs: Path | None = None,
) -> None:
    """Render one frame of a scene to a PNG.

    at: seconds from the scene's start; None for its last frame.
    Raises the error of the step that failed, CancelledError if it was cancelled, StepError if a file of the scene was
    saved after the look: the frame would be kept as what the file said before.
    """
    if not video.has_pictures:
        raise UsageError(f"'{video.name}' is audio, and has no pictures")
    spec = VideoSpec.of(video.spec, own_variant(video.spec))
    step = still_step(spec, scene, LAST_FRAME if at is None else timebase.frames(at, spec.fps))
    store = store_of(video.spec.path, options.cache)
    graph = Graph.of({**video.plan.graph.steps, step.id: step})
    target = Target(graph, build_name=f"{video.plan.entry} --still {scene}", goals=[step.id])
    _copy({path: (step.id, STILL)}, store, target, options, control, runs)
    if picture_now(video, scene, store) != next(each.picture for each in video.scenes if each.id == scene):
        path.unlink(missing_ok=True)
        raise StepError(f"a file of the scene '{scene}' changed meanwhile", hint="ask again")


def fragment_of(
    video: LiveVideo,
    scene: str,
    folder: Path,
    *,
    options: BuildOptions,
    control: RunControl | None = None,
    runs: Path | None = None,
) -> Fragment:
    """Build a video of one scene alone, with its captions and without its pages, in a folder.

    Raises the error of the step that failed, CancelledError if it was cancelled.
    """
    store = store_of(video.spec.path, options.cache)
    plan = plan_of(video.spec, store=store, variables=options.variables, brand=options.brand, only=(scene,))
    output = plan.outputs[0]
    timeline = str(StepId("timeline", scene))
    captions = next((each for each in plan.outputs if each.suffix == _CAPTIONS), None)
    own = [output, *([captions] if captions else [])]
    goals = list(dict.fromkeys([*(each.step for each in own), plan.frames.step, timeline]))
    whole = target_of(plan)
    target = Target(whole.graph, "", plan.entry, goals, whole.weights)
    paths = [folder / f"{plan.name}{each.suffix}" for each in own]
    files = {path: (each.step, each.file) for path, each in zip(paths, own, strict=True)}
    report = _copy(files, store, target, options, control, runs)
    frames = json.loads(report.path(plan.frames.step, plan.frames.name).read_text(encoding="utf-8"))["frames"]
    timing = json.loads(report.path(timeline, "timing.json").read_text(encoding="utf-8"))
    words = tuple(
        {"text": each["text"], "start": _seconds(each["start"]), "end": _seconds(each["end"])}
        for each in timing["words"]
    )
    cues = {name: _seconds(at) for name, at in timing["cues"].items()}
    return Fragment(paths[0], round(frames / plan.fps, 3), words, cues, paths[1] if captions and words else None)


def timing_now(video: LiveVideo, options: BuildOptions) -> dict[str, Any] | None:
    """Return what NAME.timing.json has in it, of a video that was built and has no such file; None without times."""
    cached = _cached(video, "timeline", "timing.json", options)
    found = {scene: json.loads(path.read_text(encoding="utf-8")) for scene, _, path in cached}
    if any(scene.id not in found for scene in video.scenes):
        return None
    scenes = [{"id": each.id, "type": each.type, "alt": ""} for each in video.scenes]
    params = {"title": video.title, "language": video.language, "fps": video.fps, "scenes": scenes}
    return video_timing(params, [found[each.id] for each in video.scenes])


def pictures_of(video: LiveVideo, options: BuildOptions) -> Iterator[tuple[str, ScenePicture]]:
    """Yield the scenes whose small picture the cache has, without those of which a file was saved after the look."""
    found = list(_cached(video, "render", _THUMB, options))
    now = pictures_now(video, store_of(video.spec.path, options.cache))
    same = {each.id for each in video.scenes if each.picture == now[each.id]}
    for scene, digest, path in found:
        if scene in same:
            yield scene, ScenePicture(path, digest)


def reveals_of(video: LiveVideo, options: BuildOptions) -> dict[str, list[float]]:
    """Return when parts of scenes appear, as far as the cache has it: scene -> seconds from its start."""
    found: dict[str, list[float]] = {}
    for scene, _, path in _cached(video, "timeline", "whole.json", options):
        motion = json.loads(path.read_text(encoding="utf-8"))
        entered = {track["enter"]["frame"] for track in motion["tracks"].values() if "enter" in track}
        found[scene] = [round(each / motion["fps"], 3) for each in sorted(entered) if 0 < each < motion["frames"]]
    return found


def _cached(video: LiveVideo, kind: str, file: str, options: BuildOptions) -> Iterator[tuple[str, str, Path]]:
    """Yield scene, digest and path of a file that the cached steps of a kind made."""
    store = store_of(video.spec.path, options.cache)
    for each in engine_of(store).explain(target_of(video.plan)):
        step = StepId.parse(each.step)
        trace = store.trace(each.key) if step.kind == kind and each.key else None
        blob = trace.outputs.get(file) if trace else None
        if blob is not None:
            yield step.scene, blob.digest, Path(store.blobs.find(blob.digest))


def reasons_of(video: LiveVideo, scenes: Collection[str], options: BuildOptions) -> dict[str, str]:
    """Return why each of these scenes is built: scene -> reason.

    It is that of a step of its own, or else that of the first step which its own wait for: `music: never built`, or
    after the name of another scene.
    """
    steps = {name: StepId.parse(name).scene.split("+") for name in video.plan.graph.steps}
    goals = [name for name, own in steps.items() if set(scenes).intersection(own)]
    target = replaced(target_of(video.plan), goals=goals)
    found: dict[str, str] = {}
    telling: dict[str, str] = {}  # the reasons of what is spoken and drawn, which say most
    common: dict[str, str] = {}
    others: dict[str, str] = {}  # the reasons of the steps of no scene, or of another one
    for each in engine_of(store_of(video.spec.path, options.cache)).explain(target):
        own = [scene for scene in steps[each.step] if scene in scenes]
        if each.state == WILL_RUN:
            reason = _reason(each.roots)
            others[each.step] = f"{' and '.join(filter(None, steps[each.step])) or each.step}: {reason}"
            for scene in own:
                (telling if each.kind in _TELLING else found).setdefault(scene, reason)
        for name in each.because[:1]:
            for scene in own:
                common.setdefault(scene, others.get(name, name))
    return {**common, **found, **telling}


def _reason(roots: Sequence[Reason]) -> str:
    """Return reasons in a few words; many fields of one record, such as the theme, are that record."""
    records = {each.name.partition(".")[0] for each in roots if each.what == "field" and "." in each.name}
    of_one = len(records) == 1 and len(roots) > _NAMED and all("." in each.name for each in roots)
    return f"{records.pop()} changed" if of_one else summary(roots)


def _seconds(samples: int) -> float:
    return round(samples / timebase.SAMPLE_RATE, 3)


def _copy(
    files: Mapping[Path, tuple[str, str]],
    store: Store,
    target: Target,
    options: BuildOptions,
    control: RunControl | None,
    runs: Path | None,
) -> BuildReport:
    """Build a target and copy files of its steps; files: path -> step and name."""
    with writable(store) as used:
        hooks = _Copying(used, files)
        engine = engine_of(used, options.env_overrides, offline=options.offline)
        (report,) = engine.build([target], options, control, hooks, runs)
        if report.error is not None:
            raise report.error
        for failed in report.failed:
            failure = failed.failure or Failure("failed without a reason")
            error: StepError = class_of(failure.fault)(
                f"{failed.step}: {failure.message}", hint=failure.hint, log=failure.log
            )
            raise error
        if report.status not in {"built", "up-to-date"}:
            raise CancelledError("the build was cancelled")
    return report


class _Copying(RunHooks):
    """Copies the files as soon as they are there, before anything trims the cache."""

    def __init__(self, store: Store, files: Mapping[Path, tuple[str, str]]) -> None:
        super().__init__()
        self._store, self._files = store, files

    def on_success(self, target: Target, report: BuildReport) -> None:
        """Copy the steps' files."""
        del target
        for path, (step, file) in self._files.items():
            self._copy(report.steps[step].outputs[file], path)

    def _copy(self, blob: Blob, path: Path) -> None:
        temp = durable.temp_beside(path)
        try:
            durable.make_folder(path.parent)
            if durable.copy(self._store.blobs.find(blob.digest), temp) != blob.digest:
                self._store.blobs.remove(blob.digest)
                raise StoreError(f"the cache's copy of '{path.name}' was corrupt", hint="build again")
            temp.replace(path)
        except OSError as error:
            raise StoreError(f"cannot write '{path}': {os_error_text(error)}") from error
        finally:
            temp.unlink(missing_ok=True)
