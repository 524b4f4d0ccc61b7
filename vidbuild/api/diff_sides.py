"""Collects what is known of one version of a video, from its build or from its spec and the cache."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vidbuild.api.contained_call import contained_call
from vidbuild.api.engine import engine_of
from vidbuild.api.load import load
from vidbuild.api.plan import Plan, plan_of, store_of
from vidbuild.choice import selected
from vidbuild.comparison import built, revision
from vidbuild.comparison.side import Picture, SceneSide, Side
from vidbuild.engine.graph import canonical
from vidbuild.engine.graph.graph import Graph, Product
from vidbuild.engine.graph.step_id import StepId
from vidbuild.engine.schedule.target import Target
from vidbuild.engine.store.blobs import Blob
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.store import Store
from vidbuild.errors import UsageError, os_error_text
from vidbuild.media.codecs import profiles
from vidbuild.media.render.hold import from_json
from vidbuild.model import Scene, Spec
from vidbuild.plan import burned, holds, progress
from vidbuild.plan.kinds import KINDS
from vidbuild.plan.variant import VideoSpec, own_variant
from vidbuild.platforms import shell_command
from vidbuild.spec.diagnostics import SpecError

STRIP = "strip.h264"  # rows of a scene that are encoded apart from its segment
Outputs = Mapping[str, Mapping[str, Blob]]  # step -> name -> blob, of the steps that are cached


@dataclass(frozen=True, slots=True)
class Named:
    """A version that the user named. kind: spec, revision or build. path: of the spec or video."""

    kind: str
    name: str
    path: Path
    revision: str = ""
    timing: Path | None = None
    captions: Path | None = None


def build_side(named: Named) -> Side:
    """Return what is known of a built video."""
    return _built(named.name, named.path, named.timing or named.path, named.captions)


@dataclass(frozen=True, slots=True)
class Given:
    """What the user chose of specs. languages, outputs: of the videos of a spec that has several."""

    variables: Mapping[str, str]
    brand: str | None = None
    languages: Sequence[str] = ()
    outputs: Sequence[str] = ()


def spec_side(named: Named, given: Given) -> Side:
    """Return what is known of a spec, in the working tree or in a revision: its texts, and what the cache has of it."""
    if named.kind == "spec":
        missing = f"not built: `{shell_command('vidbuild', 'build', named.path)}` makes it"
        return _of_spec(named.name, named.path, store_of(named.path, None), given, missing)
    build = shell_command("vidbuild", "build", "FOLDER" / named.path)
    missing = (
        f"not in the cache: build this revision, in a folder of its own: "
        f"`{shell_command('git', 'worktree', 'add', '--detach', 'FOLDER', named.revision)}`, then `{build}` with "
        f"`VIDBUILD_CACHE` set to `{store_of(named.path, None).root}`"
    )
    with tempfile.TemporaryDirectory(prefix="vidbuild-diff-") as folder:
        path = revision.read(named.revision, named.path, Path(folder))
        try:
            return _of_spec(named.name, path, store_of(named.path, None), given, missing)
        except SpecError as error:
            first = error.diagnostics[0].message
            more = f", and {len(error.diagnostics) - 1} more" if len(error.diagnostics) > 1 else ""
            raise UsageError(f"'{named.name}' has errors: {first}{more}") from None


def _of_spec(label: str, path: Path, store: Store, given: Given, missing: str) -> Side:
    spec = _video(label, load(path, given.variables, given.brand), given)
    plan = plan_of(spec, store=store, remember=False)
    outputs = _cached(plan, store)
    video = VideoSpec(spec, own_variant(spec))
    digests = _Digests(plan.graph, store)
    side = _finished(label, video, outputs, store) or _unfinished(label, video, plan, outputs, store, missing)
    texts = {scene.id: narration.text if (narration := video.narration(scene)) else "" for scene in spec.scenes}
    if spec.output.format == "webm":  # its audio is encoded as a whole: packets differ after any change
        side = replace(side, scenes=[replace(scene, sounds=None) for scene in side.scenes])
    scenes = [
        replace(scene, text=texts[scene.id], digests=_scene_digests(scene.id, video, outputs, digests))
        for scene in side.scenes
    ]
    return replace(side, title=spec.title, scenes=scenes)


def _video(label: str, spec: Spec, given: Given) -> Spec:
    """Return the spec of the one video that is compared."""
    videos = {each.choice: each for each in spec.videos or (spec,)}
    chosen = selected(videos, given.languages, given.outputs, label)
    if len(chosen) == 1:
        return videos[chosen[0]]
    names = ", ".join(choice.name for choice in chosen)
    raise UsageError(f"'{label}' has {len(chosen)} videos: {names}", hint="choose one: --language, --output-name")


def _cached(plan: Plan, store: Store) -> Outputs:
    """Return what the cache has of a plan's steps; nothing is run or written."""
    explained = engine_of(store).explain(Target(plan.graph, build_name=plan.entry, goals=plan.targets))
    traces = {each.step: store.trace(each.key) for each in explained if each.state == "cached"}
    return {step: trace.outputs for step, trace in traces.items() if trace is not None}


def _finished(label: str, video: VideoSpec, outputs: Outputs, store: Store) -> Side | None:
    """Return the side of a spec whose video is in the cache; None if it is not."""
    files = [
        outputs.get(video.step_id(step), {}).get(file)
        for step, file in (
            ("mux", f"video.{video.variant.output.format}"),
            ("report", "timing.json"),
            ("captions", "captions.srt"),
        )
    ]
    if None in files:
        return None
    found, timing, captions = (store.blobs.find(blob.digest) for blob in files if blob is not None)
    return _built(label, found, timing, captions)


def _unfinished(label: str, video: VideoSpec, plan: Plan, outputs: Outputs, store: Store, missing: str) -> Side:
    """Return the side of a spec whose video is not in the cache, with the scenes that are."""
    scenes = []
    for scene in video.spec.scenes:
        timing = outputs.get(video.step_id("timeline", scene), {}).get("timing.json")
        seconds, picture = None, None
        if timing is not None:
            count = json.loads(store.blobs.find(timing.digest).read_text(encoding="utf-8"))["frames"]
            seconds = count / video.fps
            params = plan.graph.steps[video.step_id("timeline", scene)].params
            count -= params["transition_before"] + params["transition"]
            picture = _segment(scene, video, count, outputs, store)
        scenes.append(SceneSide(scene.id, scene.type, "", seconds, picture=picture, missing="" if picture else missing))
    return Side(label, video.spec.title, video.variant.language, scenes)


def _segment(scene: Scene, video: VideoSpec, count: int, outputs: Outputs, store: Store) -> Picture | None:
    """Return where the frames of a scene are, of so many, if all that encodes them is in the cache."""
    blobs = [outputs.get(step, {}).get(file) for step, file, _ in _encoded(scene, video)]
    found = [store.blobs.find(blob.digest) for blob in blobs if blob is not None]
    if len(found) < len(blobs):
        return None
    left_out = _holds(scene, video, outputs)
    lacks = from_json(store.blobs.find(left_out.digest).read_bytes()) if left_out else ()
    strips = [(path, end) for path, (_, _, end) in zip(found, _encoded(scene, video), strict=True)][1:]
    raw = profiles.DEMUXERS[video.variant.output.codec]
    return Picture(found[0], 0.0, count / video.fps, video.fps, raw, lacks, strips)


def _built(label: str, video: Path, timing: Path, captions: Path | None) -> Side:
    others = [timing, *([captions] if captions else [])]
    request = {"timing": str(timing), "captions": str(captions) if captions else None}
    found = contained_call(built.read, video, others, built.SECONDS, json.dumps(request))
    scenes = [_scene(each, video, found["fps"], captions is not None) for each in found["scenes"]]
    return Side(label, found["title"], found["language"], scenes, found["duration"])


def _scene(found: Mapping[str, Any], video: Path, fps: float, has_captions: bool) -> SceneSide:
    seconds = round(found["end"] - found["start"], 3)
    return SceneSide(
        found["id"],
        found["type"],
        found["text"],
        seconds,
        found["captions"] if has_captions else None,
        found["frames"],
        found["sounds"],
        picture=Picture(video, found["start"], seconds, fps),
    )


def _scene_digests(name: str, video: VideoSpec, outputs: Outputs, digests: _Digests) -> Mapping[str, str]:
    scene = next(each for each in video.spec.scenes if each.id == name)
    encoded, audio = _encoded(scene, video), video.step_id("audio", scene)
    found = {"picture": _joined([digests.of(step) for step, _, _ in encoded]), "sound": digests.of(audio)}
    if blob := outputs.get(audio, {}).get("sound.aac"):
        found["audio"] = blob.digest
    left_out = _holds(scene, video, outputs)
    for step, file, _ in encoded:
        if blob := outputs.get(step, {}).get(file):
            held = [left_out.digest] if left_out else []
            found[f"segment.{StepId.parse(step).kind}"] = _joined([blob.digest, *held])
    segment = [digest for name, digest in found.items() if name.startswith("segment.")]
    if len(segment) == len(encoded):
        found["segment"] = _joined(segment)
    return found


def _encoded(scene: Scene, video: VideoSpec) -> list[tuple[str, str, int]]:
    """Return the steps that encode the picture of a scene, the segment's first.

    Each with the name of its output, and for rows within the frame with the row of macroblocks that they end above.
    """
    found = [(video.step_id("render", scene), profiles.segment(video.variant.output.codec), 0)]
    if progress.own_strip(video, scene):
        found.append((video.step_id("strip", scene), STRIP, 0))
    if (rows := burned.rows(video, scene)) is not None:
        found.append((video.step_id("burn", scene), STRIP, rows[1]))
    return found


def _joined(digests: list[str]) -> str:
    return digests[0] if len(digests) == 1 else canonical.digest(digests)


def _holds(scene: Scene, video: VideoSpec, outputs: Outputs) -> Blob | None:
    """Return what the segment of a scene lacks; None if it is rendered whole."""
    if not holds.are_left_out(video, scene):
        return None
    return outputs.get(video.step_id("timeline", scene), {}).get("holds.json")


class _Digests:
    """The digests of all that steps follow from, whether they are built or not: equal ones make equal products."""

    def __init__(self, graph: Graph, store: Store) -> None:
        self._found: dict[str, str] = {}
        table = DigestCache(store.home / "files", read_only=True)
        for step in graph.steps.values():
            inputs = {
                role: [self._found[source.step], source.name]
                if isinstance(source, Product)
                else [_content(table, source.path), Path(source.path).suffix.lower()]
                for role, source in step.inputs.items()
            }
            material = [step.kind, KINDS[step.kind].version, step.params, inputs, list(step.tools)]
            self._found[step.id] = canonical.digest(material)

    def of(self, step: str) -> str:
        """Return the digest of a step."""
        return self._found[step]


def _content(table: DigestCache, path: str) -> str:
    try:
        return table.digest(path)
    except OSError as error:
        raise UsageError(f"cannot read '{path}': {os_error_text(error)}") from error
