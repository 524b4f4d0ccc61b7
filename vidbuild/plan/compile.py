"""Compile a spec into the graph of the steps of one video. Read no file and run nothing.

The graph depends on the spec and the variant alone. How long a scene lasts is computed by its timeline step, when the
narration has been spoken, so `graph`, `explain` and a dry run need to run no step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vidbuild import inline
from vidbuild.diagnostic import Diagnostic
from vidbuild.engine.graph.graph import Graph, Input, Product, Step
from vidbuild.errors import PluginError
from vidbuild.frozen import replaced
from vidbuild.media.codecs import profiles
from vidbuild.model import Scene, Spec
from vidbuild.plan import burned, companions, draft, formats, holds, progress
from vidbuild.plan.music_steps import music_steps, shown
from vidbuild.plan.outputs import Output
from vidbuild.plan.scene_steps import (
    poster,
    poster_scenes,
    scene_steps,
    transition,
    transition_frames,
)
from vidbuild.plan.variant import Variant, VideoSpec
from vidbuild.project import TIMING_SUFFIX, name_of
from vidbuild.spec.diagnostics import SpecError, read_sources


def compile_graph(spec: Spec, variant: Variant, name: str = "") -> Graph:
    """All steps of one video of a spec, each after the steps that it needs.

    variant: the language and output settings.
    name: what the names of all outputs have in common, for the report's link to the video; default: the spec's name.
    Raises SpecError if the spec lacks a text in the variant's language.
    """
    video = VideoSpec.of(spec, variant)
    steps: list[Step] = list(formats.encoder(video))
    for index, scene in enumerate(spec.scenes):
        try:
            own = {"": (*spec.silenced, *scene.silenced)}
            steps.extend(_silenced(each, own) for each in scene_steps(video, index))
        except PluginError as error:
            raise _fault(error, scene, spec) from error
    steps.extend(_silenced(each, _codes_of_all(spec)) for each in music_steps(video))
    transitions = [
        transition(video, left, right)
        for left, right in zip(spec.scenes, spec.scenes[1:], strict=False)
        if left.transition.type != "cut"
    ]
    if variant.draft:
        steps.append(draft.watermark(video))
    if variant.output.format in formats.VIDEOS and not variant.draft:
        base, captions = name or name_of(spec.path), _captions(video)
        report = _report(video, f"{base}.{variant.output.format}")
        steps += [*transitions, poster(video), captions, *_muxed(video), report]
        if files := companions.written(video):
            steps.append(companions.step(video, files, base, captions.params["scenes"], _timings(video)))
        return Graph.of({step.id: step for step in steps})
    steps.extend(_of_format(video, transitions))
    return Graph.of(_needed({step.id: step for step in steps}, outputs(spec, variant)))


def _of_format(video: VideoSpec, transitions: list[Step]) -> Iterator[Step]:
    """Yield the steps that only a draft, or what is no video, has."""
    if video.variant.output.format in formats.VIDEOS:
        yield from (*transitions, _captions(video), *_muxed(video))
    elif video.variant.output.format in formats.LOOPING:
        yield from formats.images(video, transitions)
    elif video.variant.output.format in formats.AUDIO:
        yield from (_captions(video), formats.soundtrack(video, _mux(video), video.variant.output.format))
    else:
        yield from formats.pictures(video)
        if video.variant.output.format == "pdf":
            yield formats.handout(video)


def _needed(steps: Mapping[str, Step], wanted: Sequence[Output]) -> dict[str, Step]:
    """Return the steps that the outputs are made by, in their order."""
    found: set[str] = set()
    remaining = [output.step for output in wanted]
    while remaining:
        if (step := remaining.pop()) not in found:
            found.add(step)
            remaining += [each.step for each in steps[step].inputs.values() if isinstance(each, Product)]
    return {name: step for name, step in steps.items() if name in found}


def _codes_of_all(spec: Spec) -> dict[str, Sequence[str]]:
    """Return the codes that steps of the whole video show no warnings with, as for `_silenced`."""
    return {"": spec.silenced, **{f"scenes.{scene.id}": scene.silenced for scene in spec.scenes}}


def _silenced(step: Step, codes: Mapping[str, Sequence[str]]) -> Step:
    """Return a step that shows no warnings with these codes. codes: field -> of warnings about it, "" for all."""
    silenced = {field: tuple(found) for field, found in codes.items() if found}
    return replaced(step, silenced=silenced) if silenced else step


def _fault(error: PluginError, scene: Scene, spec: Spec) -> SpecError:
    """Return the error about a scene whose plug-in failed."""
    field = {"scenes": "type", "voices": "voice"}.get(error.group, "")
    place = scene.locations.get(field) or scene.locations[""]
    found = [Diagnostic("error", error.message, str(spec.path), place, hint=error.hint)]
    return SpecError(found, read_sources(found))


def outputs(spec: Spec, variant: Variant) -> tuple[Output, ...]:
    """The files that a build of the video writes."""
    video = VideoSpec(spec, variant)
    if variant.output.format not in formats.VIDEOS:
        return formats.outputs(video)
    mux, captions, report = map(video.step_id, ("mux", "captions", "report"))
    own = (
        Output("video", mux, f"video.{variant.output.format}", f".{variant.output.format}"),
        Output("captions", captions, "captions.srt", ".srt"),
        Output("captions", captions, "captions.vtt", ".vtt"),
    )
    if variant.draft:  # a quick look: a page or a report of it would be taken for the video's
        return own
    credited = (Output("credits", report, "credits.txt", ".credits.txt"),) if spec.credits else ()
    ttml = (Output("captions", captions, "captions.ttml", ".ttml"),) if "ttml" in spec.also else ()
    return (
        *own,
        Output("report", report, "timing.json", TIMING_SUFFIX),
        Output("report", report, "report.html", ".report.html"),
        Output("poster", video.step_id("still", poster_scenes(spec)[0]), "still.png", ".poster.png"),
        *credited,
        *ttml,
        *companions.outputs(video),
    )


def frame_count(spec: Spec, variant: Variant) -> Product:
    """The file that holds the number of frames of the finished video; there is none of pictures and handouts."""
    kinds = {**dict.fromkeys(formats.LOOPING, "assemble"), **dict.fromkeys(formats.AUDIO, "soundtrack")}
    return Product(VideoSpec(spec, variant).step_id(kinds.get(variant.output.format, "mux")), "render.json")


def _timings(video: VideoSpec, file: str = "timing.json") -> dict[str, Input]:
    """Role -> each scene's timing. file: timing.json, or span.json without words."""
    return {f"timing:{scene.id}": Product(video.step_id("timeline", scene), file) for scene in video.spec.scenes}


def _scene_list(video: VideoSpec) -> list[dict[str, str]]:
    return [
        {"id": scene.id, "type": scene.type, "title": inline.plain(str(scene.fields.get("title") or scene.id))}
        for scene in video.spec.scenes
    ]


def _captions(video: VideoSpec) -> Step:
    spec = video.spec
    listed = zip(_scene_list(video), spec.scenes, strict=True)
    scenes: list[dict[str, Any]] = [{**item, "captions": scene.captions} for item, scene in listed]
    for item, section in zip(scenes, _sections(video), strict=True):
        if section:
            item["section"] = section
    params: dict[str, Any] = {"language": video.variant.language, "fps": video.fps, "scenes": scenes}
    if rules := spec.captions.rules:
        params["rules"] = rules
    if "ttml" in spec.also:
        params |= {"ttml": True, "title": inline.plain(spec.title)}
    if video.has_dialogue:
        params["speakers"] = True
        for item, scene in zip(scenes, spec.scenes, strict=True):
            if name := burned.speaker(video, scene):
                item["speaker"] = name
    narrations = {
        f"scenes.{scene.id}.narration": scene.locations.get("narration") or scene.locations[""] for scene in spec.scenes
    }
    step = Step(video.step_id("captions"), "captions", params, _timings(video), {**spec.locations, **narrations})
    codes = _codes_of_all(spec)
    if video.variant.draft:
        codes = {**codes, "": (*codes[""], *draft.ESTIMATED)}
    return _silenced(step, codes)


def _sections(video: VideoSpec) -> list[str]:
    """The name of the section that begins with each scene, "" if none does.

    If the spec's first own scene begins one, the intro and the outro of its brand are sections too, so that players
    list sections as chapters as they do without a brand.
    """
    scenes = video.spec.scenes
    names = [inline.plain(scene.section) for scene in scenes]
    first = next((scene for scene in scenes if not scene.part), None)
    if first is not None and first.section:
        titles = [str(item["title"]) for item in _scene_list(video)]
        for part in ("intro", "outro"):
            index = next((index for index, scene in enumerate(scenes) if scene.part == part), None)
            if index is not None:
                names[index] = names[index] or titles[index]
    return names


def _mux(video: VideoSpec) -> Step:
    spec = video.spec
    inputs: dict[str, Input] = {
        **_timings(video, "span.json"),
        "chapters": Product(video.step_id("captions"), "chapters.ffmeta"),
        "captions": Product(video.step_id("captions"), "captions.json"),
    }
    order: list[dict[str, Any]] = []
    codec = video.variant.output.codec
    segment = profiles.segment(codec)
    for index, scene in enumerate(spec.scenes):
        for step, file in ((video.step("render", scene), segment), (video.step("audio", scene), "sound.aac")):
            inputs[step.local] = Product(str(step), file)
        if holds.are_left_out(video, scene):
            inputs[f"holds:{scene.id}"] = Product(video.step_id("timeline", scene), "holds.json")
        if progress.own_strip(video, scene):
            strip = video.step("strip", scene)
            inputs[strip.local] = Product(str(strip), "strip.h264")
        item: dict[str, Any] = {"scene": scene.id}
        if (rows := burned.rows(video, scene)) is not None:
            burn = video.step("burn", scene)
            inputs[burn.local] = Product(str(burn), "strip.h264")
            item["rows"] = list(rows)
        order.append(item)
        if scene.transition.type != "cut" and index + 1 < len(spec.scenes):
            transition = video.step("transition", scene, spec.scenes[index + 1])
            inputs[transition.local] = Product(str(transition), segment)
            order.append({"transition": transition.scene, "frames": transition_frames(video, scene)})
    params = {**_metadata(video), "order": order}
    if video.variant.draft:
        params["comment"] = draft.COMMENT
    elif voices := companions.synthetic_voices(video):
        params["synthetic_voices"] = voices
    if codec != profiles.H264:
        params["codec"] = codec
    return Step(video.step_id("mux"), "mux", params, inputs, spec.locations)


def _muxed(video: VideoSpec) -> tuple[Step, ...]:
    """Return the step that muxes the video, after the one that only a WebM has."""
    mux = _mux(video)
    return formats.webm(video, mux) if video.variant.output.format == "webm" else (mux,)


def _report(video: VideoSpec, file: str) -> Step:
    inputs: dict[str, Input] = {**_timings(video)}
    for scene in video.spec.scenes:
        inputs[f"thumb:{scene.id}"] = Product(video.step_id("render", scene), "thumb.jpg")
    params = {
        **_metadata(video),
        "size": video.size,
        "scenes": [
            {**item, "alt": scene.alt} for item, scene in zip(_scene_list(video), video.spec.scenes, strict=True)
        ],
        "video": companions.address(file),
    }
    if music := shown(video):
        params["music"] = music
    if video.spec.credits:
        params["credits"] = video.spec.credits
    return Step(video.step_id("report"), "report", params, inputs, video.spec.locations)


def _metadata(video: VideoSpec) -> dict[str, Any]:
    return {
        "title": inline.plain(video.spec.title),
        "description": video.spec.description,
        "language": video.variant.language,
        "fps": video.fps,
    }
