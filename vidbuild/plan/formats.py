"""The steps and outputs of videos that are no MP4: animated images, audio alone, pictures and a handout.

They are made from the same drawings, timelines and audio as an MP4.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vidbuild import inline
from vidbuild.engine.graph.graph import Input, Product, Source, Step
from vidbuild.frozen import replaced
from vidbuild.media.animated.rungs import ladder, scaled
from vidbuild.media.codecs import profiles
from vidbuild.model import Narration, Scene
from vidbuild.plan.outputs import Output
from vidbuild.plan.scene_steps import LAST_FRAME, animation_inputs, scaling_tools, still
from vidbuild.plan.variant import VideoSpec
from vidbuild.scenes.layout_files import SCENES

VIDEOS = ("mp4", "webm")
LOOPING = ("webp", "gif")
AUDIO = ("m4a", "mp3")
ENCODED = {"mp3": ("ffmpeg",), "opus": ("ffmpeg",)}  # format -> the tools that encode it


def images(video: VideoSpec, transitions: list[Step]) -> Iterator[Step]:
    """Yield the steps of an animated WebP or GIF. transitions: those of an MP4."""
    output = video.variant.output
    rungs = ladder(output.format, output.rate, scaled((output.width, output.height), output.image_width))
    if not output.max_bytes:
        del rungs[1:]
    params: dict[str, Any] = {"format": output.format, "rungs": [list(rung) for rung in rungs], "fps": video.fps}
    between = {step.id: step for step in transitions}
    order: list[str] = []
    inputs: dict[str, Input] = {}
    for index, scene in enumerate(video.spec.scenes):
        own = {**params, "size": video.size}
        name = video.step("animate", scene)
        tools = ("pillow",)
        shown = animation_inputs(video, scene, "render.json", captions=True)
        yield Step(str(name), "animate", own, shown, scene.locations, tools)
        names = [name]
        if scene.transition.type != "cut" and index + 1 < len(video.spec.scenes):
            following = video.spec.scenes[index + 1]
            made, name = between[video.step_id("transition", scene, following)], video.step("animate", scene, following)
            own = {**{key: value for key, value in made.params.items() if key != "profile"}, **params}
            yield replaced(made, id=str(name), kind="animate", params=own, tools=tools)
            names.append(name)
        order += [each.local for each in names]
        inputs |= {each.local: Product(str(each)) for each in names}
    own = {**params, "order": order, "loops": output.loops, "max_bytes": output.max_bytes or None}
    yield Step(video.step_id("assemble"), "assemble", own, inputs, video.spec.locations)


def encoder(video: VideoSpec) -> Iterator[Step]:
    """Yield the step that checks whether ffmpeg has the encoders of a codec; none of H.264, which every ffmpeg has."""
    output = video.variant.output
    if output.codec != profiles.H264:
        encoders = [profiles.ENCODERS[output.codec], *(["libopus"] if output.format == "webm" else [])]
        params = {"codec": output.codec, "encoders": encoders}
        yield Step(video.step_id("encoder"), "encoder", params, {}, video.spec.locations)


def webm(video: VideoSpec, mux: Step) -> tuple[Step, Step]:
    """Return the steps that encode the audio of a WebM and mux it, from the step that muxes an MP4.

    The audio is encoded as a whole, and again only if it changes.
    """
    scenes = {video.step("audio", scene).local for scene in video.spec.scenes}
    sound = soundtrack(video, mux, "opus")
    inputs = {role: each for role, each in mux.inputs.items() if role not in scenes}
    inputs["soundtrack"] = Product(sound.id, "soundtrack.opus")
    return sound, replaced(mux, params={**mux.params, "format": "webm"}, inputs=inputs)


def soundtrack(video: VideoSpec, mux: Step, encoding: str) -> Step:
    """Return the step that makes an M4A, an MP3 or the Opus audio of a WebM, from what an MP4 is muxed from."""
    described = encoding != "opus"
    kept = ("timing", "audio", *(["chapters"] if described else []))
    inputs = {role: each for role, each in mux.inputs.items() if role.partition(":")[0] in kept}
    order = [{"scene": scene.id} for scene in video.spec.scenes]
    params = dict(mux.params) if described else {name: mux.params[name] for name in ("language", "fps")}
    params |= {"format": encoding, "order": order}
    tools = ENCODED.get(encoding, ())
    return Step(video.step_id("soundtrack"), "soundtrack", params, inputs, video.spec.locations, tools)


def pictures(video: VideoSpec) -> Iterator[Step]:
    """Yield the steps that render the last frame of each scene."""
    width = video.variant.output.image_width
    for scene in video.spec.scenes:
        step = still(video, scene.id, LAST_FRAME)
        if width == video.size[0] or video.variant.output.format == "pdf":
            yield step
        else:
            tools = tuple(dict.fromkeys(("pillow", *scaling_tools(scene))))
            yield replaced(step, params={**step.params, "width": width}, tools=tools)


def handout(video: VideoSpec) -> Step:
    """Return the step that makes a PDF of the last frames and the narration."""
    spec, language = video.spec, video.variant.language
    added = dict.fromkeys(font for scene in spec.scenes for font in scene.fonts)
    inputs: dict[str, Input] = {"template": Source(str(SCENES / "handout.typ")), **video.font_inputs(added)}
    for scene in spec.scenes:
        inputs[f"still:{scene.id}"] = Product(video.step_id("still", scene), "still.png")
    params = {
        "title": inline.plain(spec.title),
        "description": spec.description,
        "language": language,
        "fonts": spec.theme.values["fonts"],
        "size": video.size,
        "width": video.variant.output.image_width,
        "scenes": [
            {
                "id": scene.id,
                "title": inline.plain(str(scene.fields.get("title") or scene.id)),
                "alt": scene.alt,
                "text": _turns(scene, video.narration(scene)),
            }
            for scene in spec.scenes
        ],
    }
    return Step(video.step_id("handout"), "handout", params, inputs, spec.locations)


def _turns(scene: Scene, narration: Narration | None) -> list[list[str]]:
    """Return who says what in a scene, turn by turn."""
    if narration is None:
        return []
    if not narration.utterances:
        return [[scene.speaker, narration.text]]
    return [[each.speaker, each.narration.text] for each in narration.utterances]


def outputs(video: VideoSpec) -> tuple[Output, ...]:
    """Return the files of a video that is no MP4."""
    output, spec = video.variant.output, video.spec
    suffix = f".{output.format}"
    if output.format in LOOPING:
        return (Output("animation", video.step_id("assemble"), f"animation{suffix}", suffix, output.loops),)
    if output.format in AUDIO:
        captions = video.step_id("captions")
        return (
            Output("audio", video.step_id("soundtrack"), f"soundtrack{suffix}", suffix),
            Output("captions", captions, "captions.srt", ".srt"),
            Output("captions", captions, "captions.vtt", ".vtt"),
        )
    if output.format == "pdf":
        return (Output("handout", video.step_id("handout"), "handout.pdf", suffix),)
    return tuple(
        Output("picture", video.step_id("still", scene), "still.png", f".{scene.id}.png") for scene in spec.scenes
    )
