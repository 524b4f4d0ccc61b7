"""The steps of one scene: speech, timeline, drawing, rendering, audio, and single frames.

None depends on the scene's position in the video, only on the transitions into and out of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vidbuild import timebase
from vidbuild.engine.graph.graph import Input, Product, Source, Step
from vidbuild.engine.graph.step_id import StepId
from vidbuild.frozen import replaced
from vidbuild.media.codecs import profiles
from vidbuild.model import Scene, Spec
from vidbuild.plan import burned, draft, holds, progress, subtitles
from vidbuild.plan.drawing_steps import drawing_steps
from vidbuild.plan.music_steps import music_inputs, sound_params
from vidbuild.plan.scene_motion import drifts, entrances, is_painted, reveals
from vidbuild.plan.showings import cuts, insets, showings, sources
from vidbuild.plan.speech_steps import align_steps, levels, rate, speak_steps, spoken, utterance_params, words
from vidbuild.plan.variant import VideoSpec
from vidbuild.scenes.protocol import Clip
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.timeline.clip_params import ClipParams, Pause
from vidbuild.timeline.mentions import mentions
from vidbuild.timeline.params import TimelineParams
from vidbuild.transitions import DIRECTED

SCALED = frozenset({"zoom", "morph"})  # transitions in which Pillow scales layers
LAST_FRAME = -1
POSTER_SCENES = 4  # from which a poster is chosen: more would make every edit choose again


def scene_steps(video: VideoSpec, index: int) -> Iterable[Step]:
    """All steps of the scene with this index but the poster's."""
    scene = video.spec.scenes[index]
    clip = SCENE_TYPES[scene.type].clip(scene)
    yield from speak_steps(video, scene)
    yield from align_steps(video, scene)
    yield timeline_step(video, index)
    yield from drawing_steps(video, scene)
    if (mark := progress.step(video, scene)) is not None:
        yield mark
    if (captions := burned.typeset(video, scene, *_frames_in_transitions(video, index))) is not None:
        yield captions
    yield from _picture(video, scene)
    yield _audio(video, index, clip)


def _picture(video: VideoSpec, scene: Scene) -> Iterable[Step]:
    """The steps that encode a scene: what is its own, and the strip that shows the scene's place in the video."""
    params: dict[str, Any] = {"size": video.size, "profile": profile(video)}
    rows = burned.rows(video, scene)
    motion = "short.json" if holds.are_left_out(video, scene) else "render.json"
    inputs = {**animation_inputs(video, scene, motion, captions=rows is None), **encoder_inputs(video)}
    tools = scaling_tools(scene) if rows or "captions" not in inputs else ("pillow",)
    if strip := progress.own_strip(video, scene):
        params["strip"] = strip
        yield Step(video.step_id("strip", scene), "strip", params, inputs, scene.locations, tools)
        inputs = {role: each for role, each in inputs.items() if role != "progress"}
    if rows is not None:
        own = {**params, "rows": list(rows)}
        own.pop("strip", None)
        whole: Input = Product(video.step_id("timeline", scene), "render.json")  # captions change while the scene rests
        added = {**inputs, "motion": whole, **burned.layer(video, scene, "render.json")}
        yield Step(video.step_id("burn", scene), "burn", own, added, scene.locations)
        params["rows"] = list(rows)
    yield Step(video.step_id("render", scene), "render", params, inputs, scene.locations, tools)


def still(video: VideoSpec, scene_id: str, frame: int) -> Step:
    """The step that renders one frame of a scene as a PNG; LAST_FRAME is the one that shows the whole scene."""
    scene = next(scene for scene in video.spec.scenes if scene.id == scene_id)
    tools = scaling_tools(scene)
    if frame == LAST_FRAME:
        params, inputs = {"size": video.size, "frame": 0}, animation_inputs(video, scene, "last.json")
        return Step(video.step_id("still", scene), "still", params, inputs, scene.locations, tools)
    params, inputs = {"size": video.size, "frame": frame}, animation_inputs(video, scene, "whole.json", captions=True)
    tools = ("pillow",) if "captions" in inputs else tools
    step = StepId("still", f"{scene_id}@{frame}", video.variant.name)
    return Step(str(step), "still", params, inputs, scene.locations, tools)


def poster(video: VideoSpec) -> Step:
    """The step that renders the poster: the last frame of the spec's first own scene, unless that may show nothing.

    A clip may fade out, and an image may be plain. The step then chooses from frames of the first scenes, up to the
    first one that is sure to show something.
    """
    scenes = poster_scenes(video.spec)
    sure = next((index for index, scene in enumerate(scenes) if not _may_be_plain(scene)), len(scenes) - 1)
    candidates = scenes[: min(sure + 1, POSTER_SCENES)]
    if not _may_be_plain(candidates[0]):
        return still(video, candidates[0].id, LAST_FRAME)
    inputs: dict[str, Input] = {}
    for index, scene in enumerate(candidates):
        inputs.update(animation_inputs(video, scene, "whole.json", f"{index}."))
    params = {"size": video.size, "plain": [_may_be_plain(scene) for scene in candidates]}
    tools = tuple(dict.fromkeys(("pillow", *scaling_tools(*candidates))))
    return Step(video.step_id("still", scenes[0]), "still", params, inputs, scenes[0].locations, tools)


def poster_scenes(spec: Spec) -> tuple[Scene, ...]:
    """The scenes that a poster is chosen from: no intro of a brand, which all of its videos share."""
    return tuple(scene for scene in spec.scenes if not scene.part) or spec.scenes


def _may_be_plain(scene: Scene) -> bool:
    """Whether what a scene shows comes from a file that may be of one color, such as a clip that fades to black."""
    scene_type = SCENE_TYPES[scene.type]
    file = scene_type.clip(scene) or scene_type.clips(scene) or scene_type.pages(scene).get("image")
    return bool(file) or "image" in scene_type.files(scene)


def profile(video: VideoSpec) -> dict[str, Any]:
    """The encoder's settings."""
    output = video.variant.output
    return {**profiles.profile(output.codec, output.profile), "fps": video.fps}


def encoder_inputs(video: VideoSpec) -> dict[str, Input]:
    """The input of what is rendered that checks whether ffmpeg has the encoder; none of H.264, which every one has."""
    if video.variant.output.codec == profiles.H264:
        return {}
    return {"encoder": Product(video.step_id("encoder"), "encoder.txt")}


def scaling_tools(*scenes: Scene) -> tuple[str, ...]:
    """The tool that paints the frames of these scenes: Pillow if anything is scaled or uncovered."""
    return ("pillow",) if any(map(is_painted, scenes)) else ()


def animation_inputs(
    video: VideoSpec, scene: Scene, motion: str, prefix: str = "", *, captions: bool = False
) -> dict[str, Input]:
    """The inputs of everything that is rendered: layers, motion and, in some scenes, a clip.

    motion: file of the timeline's motion. prefix: before each role. captions: whether burned captions are among it.
    """
    inputs: dict[str, Input] = {
        f"{prefix}layers": Product(video.step_id("draw", scene)),
        f"{prefix}motion": Product(video.step_id("timeline", scene), motion),
    }
    if (mark := progress.layers(video, scene)) is not None:
        inputs[f"{prefix}progress"] = Product(mark)
    if video.variant.draft:
        inputs[f"{prefix}watermark"] = Product(video.step_id("watermark"))
    if captions:
        inputs |= burned.layer(video, scene, motion, prefix)
    clip = SCENE_TYPES[scene.type].clip(scene)
    if clip is not None:
        inputs[f"{prefix}clip"] = Source(str(clip.path))
    return inputs | {f"{prefix}clip:{layer}": Source(str(each.path)) for layer, each in insets(scene).items()}


def transition_frames(video: VideoSpec, scene: Scene) -> int:
    """The length in frames of the transition out of a scene, always even; 0 for a cut."""
    transition = scene.transition
    return 0 if transition.type == "cut" else timebase.even_frames(transition.seconds, video.fps)


def transition(video: VideoSpec, left: Scene, right: Scene) -> Step:
    """The step that encodes the transition from a scene to the next."""
    between = left.transition
    params: dict[str, Any] = {
        "effect": between.type,
        "frames": transition_frames(video, left),
        "size": video.size,
        "profile": profile(video),
    }
    if between.type in DIRECTED:
        params |= {"direction": between.direction, "language": video.reading_language}
    if between.type == "dip":
        params["color"] = between.color or video.spec.theme.values["background_from"]
    inputs = {
        **animation_inputs(video, left, "tail.json", "a.", captions=True),
        **animation_inputs(video, right, "head.json", "b.", captions=True),
        **encoder_inputs(video),
    }
    locations = {"": left.locations.get("transition", left.locations[""])}
    painted = between.type in SCALED or {"a.captions", "b.captions"} & inputs.keys()
    tools = ("pillow",) if painted else scaling_tools(left, right)
    return Step(video.step_id("transition", left, right), "transition", params, inputs, locations, tools)


def timeline_step(video: VideoSpec, index: int) -> Step:
    """The step that decides when everything in the scene with this index happens."""
    scene = video.spec.scenes[index]
    clip = SCENE_TYPES[scene.type].clip(scene)
    narration = video.narration(scene)
    before = video.spec.scenes[index - 1] if index else None
    head, tail = _frames_in_transitions(video, index)
    shown = reveals(scene)
    tokens = narration.tokens if narration else ()
    params = TimelineParams(
        fps=video.fps,
        pause_before=timebase.samples(scene.pause_before),
        pause_after=timebase.samples(scene.pause_after),
        duration=None if scene.duration is None else timebase.samples(scene.duration),
        min_duration=timebase.samples(scene.min_duration),
        max_duration=None if scene.max_duration is None else timebase.samples(scene.max_duration),
        rate=rate(video.utterances(scene)),
        narration=tokens,
        cues=narration.cues if narration and not narration.utterances else {},
        anchors=narration.anchors if narration else {},
        utterances=tuple(utterance_params(each) for each in narration.utterances) if narration else (),
        entrances=entrances(scene, before.transition.type if before else "cut"),
        reveals=tuple(replaced(reveal, words="") for reveal in shown),
        mentions=tuple(mention.token for mention in mentions(shown, tokens, video.variant.language)),
        drifts=drifts(scene),
        showings=tuple(showings(scene, narration, video.variant.language)),
        subtitles=subtitles.timed(video, scene),
        cuts=cuts(scene, narration, video.variant.language),
        easing=video.spec.theme.behavior["easing"],
        pace=float(video.spec.theme.behavior["pace"]),
        insets={layer: _clip_params(each) for layer, each in insets(scene).items()},
        clip=None if clip is None else _clip_params(clip),
        transition_before=head,
        transition=tail,
        still=scene.effects.still,
        exit=scene.effects.exit,
        paces=draft.paces(video, scene),
    )
    inputs = words(video, scene)
    if clip is not None:
        inputs["clip"] = Source(str(clip.path))
    inputs |= {f"clip:{layer}": Source(str(each.path)) for layer, each in insets(scene).items()}
    locations = dict(scene.locations)
    if before is not None and "transition" in before.locations:
        locations["transition_before"] = before.locations["transition"]
    return Step(video.step_id("timeline", scene), "timeline", params.to_data(), inputs, locations)


def _clip_params(clip: Clip) -> ClipParams:
    return ClipParams(
        clip.start_ms,
        clip.end_ms,
        clip.fit,
        clip.audio != "mute",
        clip.audio_track,
        speed=clip.speed,
        loop=clip.loop,
        at=clip.at,
        freezes=tuple(
            Pause(number, each["at"], each.get("until"), each.get("for", 0.0))
            for number, each in enumerate(clip.freezes)
        ),
        poster_ms=clip.poster,
        covered=clip.covered,
        focus=clip.focus,
    )


def _frames_in_transitions(video: VideoSpec, index: int) -> tuple[int, int]:
    """How many of a scene's frames the transitions into it and out of it render: half of each transition."""
    scenes = video.spec.scenes
    head = transition_frames(video, scenes[index - 1]) // 2 if index else 0
    return head, transition_frames(video, scenes[index]) // 2 if index + 1 < len(scenes) else 0


def _audio(video: VideoSpec, index: int, clip: Clip | None) -> Step:
    scene, output = video.spec.scenes[index], video.variant.output
    inputs: dict[str, Input] = {"timing": Product(video.step_id("timeline", scene), "span.json")}
    params: dict[str, Any] = {"loudness": output.loudness, "peak": output.peak}
    if video.variant.draft:  # silence: neither clips nor music play
        return Step(video.step_id("audio", scene), "audio", params, inputs, scene.locations)
    level = levels(video, scene)
    inputs.update({**spoken(video, scene, "narration", "narration.wav"), **level.inputs})
    params |= level.params
    if clip is not None and clip.audio != "mute":
        inputs["clip"] = Source(str(clip.path))
        params["clip"] = {"mode": clip.audio, "start_ms": clip.start_ms, "end_ms": clip.end_ms}
        if clip.speed != 1:
            params["clip"]["speed"] = clip.speed
    audible = {layer: each for layer, each in insets(scene).items() if each.audio != "mute"}
    if audible:
        inputs |= {f"clip:{layer}": Source(str(each.path)) for layer, each in audible.items()}
        fields = sources(scene)
        params["insets"] = {
            layer: {
                "mode": each.audio,
                "start_ms": each.start_ms,
                "field": fields[layer],
                **({"speed": each.speed} if each.speed != 1 else {}),
            }
            for layer, each in audible.items()
        }
    if "clip" in params or audible:
        per_frame = timebase.samples_per_frame(video.fps)
        params["fade_in"], params["fade_out"] = (frames * per_frame for frames in _frames_in_transitions(video, index))
    inputs.update(music_inputs(video, scene))
    if scene.sounds:
        inputs["cues"] = Product(video.step_id("timeline", scene), "timing.json")
        inputs.update({f"sound:{number}": Source(str(sound.file)) for number, sound in enumerate(scene.sounds)})
        params["sounds"] = [sound_params(sound) for sound in scene.sounds]
    return Step(video.step_id("audio", scene), "audio", params, inputs, {**scene.locations, **level.locations})
