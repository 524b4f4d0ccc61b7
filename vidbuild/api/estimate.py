"""Estimates what a build of a spec would take, before anything is spoken or rendered; writes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.api.engine import engine_of
from vidbuild.api.options import BuildOptions
from vidbuild.api.plan import Plan, plans_of, store_of
from vidbuild.api.spec_args import SpecLike, for_one, path_of
from vidbuild.api.tools import network_steps
from vidbuild.engine.schedule.target import Target
from vidbuild.engine.store.store import Store
from vidbuild.frozen import dataclass, values
from vidbuild.platforms import POSIX

if TYPE_CHECKING:
    from vidbuild.engine.keys.explain import Explanation
    from vidbuild.model import Spec
    from vidbuild.plan.variant import VideoSpec

SECONDS = 60.0  # to read the lengths of all clips


@dataclass(frozen=True, slots=True)
class SceneEstimate:
    """A scene.

    words: of its narration.
    seconds: how long it lasts; None if that is unknown, as of a clip whose file cannot be read.
    measured: whether the cache has its timeline; otherwise `seconds` is estimated from the text.
    """

    id: str
    words: int
    seconds: float | None
    measured: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a build of one video would take.

    video: its name among those of its spec; "" for the only one.
    seconds: length of the video, without the scenes of which it is not known.
    unknown: ids of those scenes.
    requests: the steps that would send a request over the network: a narration or an utterance each.
    will_run, may_run: steps; what may run depends on what the steps before it produce.
    cached: the number of cached steps.
    """

    spec: Path
    video: str
    words: int
    seconds: float
    unknown: tuple[str, ...]
    scenes: tuple[SceneEstimate, ...]
    requests: tuple[str, ...]
    will_run: tuple[str, ...]
    may_run: tuple[str, ...]
    cached: int

    @property
    def measured(self) -> bool:
        """Whether the length is that of the video, and no estimate."""
        return all(scene.measured for scene in self.scenes)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "spec": str(self.spec),
            "video": self.video,
            "words": self.words,
            "seconds": self.seconds,
            "measured": self.measured,
            "unknown": list(self.unknown),
            "scenes": [values(scene) for scene in self.scenes],
            "requests": list(self.requests),
            "steps": {"will_run": list(self.will_run), "may_run": list(self.may_run), "cached": self.cached},
        }


def estimate(
    specs: Sequence[SpecLike],
    variables: Mapping[str, str] | None = None,
    *,
    brand: str | None = None,
    cache: Path | None = None,
    language: Sequence[str] = (),
    output_name: Sequence[str] = (),
) -> list[Estimate]:
    """Estimate the videos of specs, each as if it were built alone. Raises SpecError, UsageError as a build does.

    language, output_name: which of the specs' videos; default: all.
    """
    options = BuildOptions(variables=variables or {}, brand=brand)
    found: list[Estimate] = []
    for spec in specs:
        own = for_one(spec, specs, options).variables
        store = store_of(path_of(spec), cache)
        plans = plans_of(
            spec,
            store=store,
            languages=language,
            output_names=output_name,
            variables=own,
            brand=brand,
            remember=False,
        )
        several = len(plans) > 1
        found += (_estimate(each, _spec(spec, own, brand, each), store, named=several) for each in plans)
    return found


def _spec(given: SpecLike, variables: Mapping[str, str], brand: str | None, plan: Plan) -> Spec:
    from vidbuild.model import Spec
    from vidbuild.spec.load import try_load

    if isinstance(given, Spec):
        return next((each for each in given.videos if each.choice == plan.choice), given)
    return try_load(given, variables, brand, choice=plan.choice).spec_or_raise()


def _estimate(plan: Plan, spec: Spec, store: Store, *, named: bool) -> Estimate:
    explained = engine_of(store).explain(Target(plan.graph, build_name=plan.entry, goals=plan.targets))
    states = {each.step: each for each in explained}
    scenes = _scenes(spec, states, store)
    online = network_steps(plan.graph)
    return Estimate(
        spec=path_of(spec),
        video=plan.choice.name if named else "",
        words=sum(scene.words for scene in scenes),
        seconds=round(sum(scene.seconds or 0.0 for scene in scenes), 3),
        unknown=tuple(scene.id for scene in scenes if scene.seconds is None),
        scenes=scenes,
        requests=tuple(step for step in online if states[step].state != "cached"),
        will_run=tuple(each.step for each in explained if each.state == "will run"),
        may_run=tuple(each.step for each in explained if each.state == "may run"),
        cached=sum(each.state == "cached" for each in explained),
    )


def _scenes(spec: Spec, states: Mapping[str, Explanation], store: Store) -> tuple[SceneEstimate, ...]:
    from vidbuild.plan.variant import VideoSpec, own_variant
    from vidbuild.spec.lengths import estimated

    video = VideoSpec(spec, own_variant(spec))
    known = {scene.id: _measured(states[video.step_id("timeline", scene)], store) for scene in spec.scenes}
    with_clips = _with_clips(video, [index for index, each in enumerate(spec.scenes) if known[each.id] is None])
    found = []
    for index, scene in enumerate(spec.scenes):
        narration, seconds = video.narration(scene), known[scene.id]
        if seconds is None:
            seconds = with_clips.get(index) or estimated(scene, narration)
        words = len(narration.tokens) if narration else 0
        found.append(SceneEstimate(scene.id, words, seconds, known[scene.id] is not None))
    return tuple(found)


def _with_clips(video: VideoSpec, scenes: Sequence[int]) -> Mapping[int, float]:
    """Return the length of each of these scenes that has clips, by its index, as far as their files can be read."""
    from vidbuild.plan import estimates

    parts = {(index, layer): part for index in scenes for layer, part in estimates.clips(video, index).items()}
    if not parts or not POSIX:
        return {}
    from vidbuild.api.contained_call import contained_call
    from vidbuild.create.source.protocol import SourceError
    from vidbuild.inspection import clip_lengths

    request = [
        (path.absolute(), part.start_ms, part.end_ms, part.poster_ms, part.audible, part.audio_track)
        for path, part in parts.values()
    ]
    files = list(dict.fromkeys(path for path, *_ in request))
    try:
        lengths = contained_call(clip_lengths.lengths, files[0], files[1:], SECONDS, clip_lengths.request_of(request))
    except SourceError:  # the process failed: a check reports what is wrong with the files
        return {}
    read = dict(zip(parts, lengths, strict=True))
    found: dict[int, float] = {}
    for index in dict.fromkeys(index for index, _ in parts):
        own = {layer: length for (scene, layer), length in read.items() if scene == index}
        if None not in own.values() and (seconds := estimates.seconds(video, index, own)):
            found[index] = seconds
    return found


def _measured(state: Explanation, store: Store) -> float | None:
    """Return the length of a scene whose timeline is cached, in seconds."""
    trace = store.trace(state.key) if state.state == "cached" else None
    if trace is None or "span.json" not in trace.outputs:
        return None
    span: dict[str, Any] = json.loads(store.blobs.find(trace.outputs["span.json"].digest).read_text(encoding="utf-8"))
    frames, fps = int(span["frames"]), int(span["fps"])
    return round(frames / fps, 3)
