"""Estimates what a build of a spec would take, before anything is spoken or rendered; writes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.api.engine import engine_of
from vidbuild.api.options import BuildOptions
from vidbuild.api.spec_args import SpecLike, for_one, path_of, target_names
from vidbuild.api.tools import network_steps
from vidbuild.api.video import Video
from vidbuild.frozen import dataclass, replaced, values

if TYPE_CHECKING:
    from vidbuild.engine.keys.explain import Explanation
    from vidbuild.model import Scene, Spec


@dataclass(frozen=True, slots=True)
class SceneEstimate:
    """A scene.

    words: of its narration.
    seconds: how long it lasts; None if only a build can know, as of a clip that plays to its end.
    measured: whether the cache has its timeline; otherwise `seconds` is estimated from the text.
    """

    id: str
    words: int
    seconds: float | None
    measured: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a build of one spec would take.

    seconds: length of the video, without the scenes of which it is not known.
    unknown: ids of those scenes.
    requests: the steps that would send a request over the network: a narration or an utterance each.
    will_run, may_run: steps; what may run depends on what the steps before it produce.
    cached: the number of cached steps.
    """

    spec: Path
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
            "words": self.words,
            "seconds": self.seconds,
            "measured": self.measured,
            "unknown": list(self.unknown),
            "scenes": [values(scene) for scene in self.scenes],
            "requests": list(self.requests),
            "steps": {"will_run": list(self.will_run), "may_run": list(self.may_run), "cached": self.cached},
        }


def estimate(specs: Sequence[SpecLike], options: BuildOptions | None = None) -> list[Estimate]:
    """Estimate builds of specs, each as if it were built alone. Raises SpecError, UsageError as a build does."""
    options = replaced(options or BuildOptions(), dry_run=True, allow_network_voice=True)
    names = target_names([path_of(spec) for spec in specs])
    return [_estimate(spec, for_one(spec, specs, options), name) for spec, name in zip(specs, names, strict=True)]


def _estimate(given: SpecLike, options: BuildOptions, name: str) -> Estimate:
    video = Video(given, options, name)
    spec = _spec(given, options)
    explained = engine_of(video.store).explain(video.target())
    states = {each.step: each for each in explained}
    scenes = tuple(_scene(spec, scene, states, video) for scene in spec.scenes)
    online = network_steps(video.plan.graph)
    return Estimate(
        spec=video.path,
        words=sum(scene.words for scene in scenes),
        seconds=round(sum(scene.seconds or 0.0 for scene in scenes), 3),
        unknown=tuple(scene.id for scene in scenes if scene.seconds is None),
        scenes=scenes,
        requests=tuple(step for step in online if states[step].state != "cached"),
        will_run=tuple(each.step for each in explained if each.state == "will run"),
        may_run=tuple(each.step for each in explained if each.state == "may run"),
        cached=sum(each.state == "cached" for each in explained),
    )


def _spec(given: SpecLike, options: BuildOptions) -> Spec:
    from vidbuild.model import Spec
    from vidbuild.spec.load import load

    return given if isinstance(given, Spec) else load(given, options.variables, options.brand)


def _scene(spec: Spec, scene: Scene, states: Mapping[str, Explanation], video: Video) -> SceneEstimate:
    from vidbuild.plan.variant import VideoSpec, own_variant
    from vidbuild.spec.lengths import estimated

    whole = VideoSpec(spec, own_variant(spec))
    step, narration = whole.step_id("timeline", scene), whole.narration(scene)
    known = _measured(states[step], video)
    seconds = estimated(scene, narration) if known is None else known
    return SceneEstimate(scene.id, len(narration.tokens) if narration else 0, seconds, known is not None)


def _measured(state: Explanation, video: Video) -> float | None:
    """Return the length of a scene whose timeline is cached, in seconds."""
    trace = video.store.trace(state.key) if state.state == "cached" else None
    if trace is None or "span.json" not in trace.outputs:
        return None
    span: dict[str, Any] = json.loads(
        video.store.blobs.find(trace.outputs["span.json"].digest).read_text(encoding="utf-8")
    )
    frames, fps = int(span["frames"]), int(span["fps"])
    return round(frames / fps, 3)
