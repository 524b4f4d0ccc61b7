"""The steps that draw one scene: its picture in layers, and the pages of PDFs that are in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from vidbuild.engine.graph.graph import Input, Product, Source, Step
from vidbuild.engine.graph.step_id import StepId
from vidbuild.media.text import divisions, regions
from vidbuild.model import Scene
from vidbuild.plan import burned, draft, subtitles
from vidbuild.plan.showings import drawn, drawn_overlay
from vidbuild.plan.variant import VideoSpec
from vidbuild.scenes.layout_files import SCENES, layout_files
from vidbuild.scenes.protocol import SceneType
from vidbuild.scenes.registry import SCENE_TYPES, plugin_of, reveals_of

PAGE = "page.png"  # what the step that draws a page writes
HEIC = frozenset({".heic", ".heif", ".hif"})  # how the names of images end that pi-heif decodes
PICTURES = frozenset({"image", "background", "logo", "overlay"})  # roles of the images that a drawing decodes
LOOKS = ("theme", "theme.logo")  # fields of the spec that a drawing is made from


def drawing_steps(video: VideoSpec, scene: Scene) -> Iterable[Step]:
    """The steps of the scene's pages, and the one of its drawing."""
    for role, page in SCENE_TYPES[scene.type].pages(scene).items():
        side = _side(role)
        params = {"page": page.number, **({"part": side} if side else {})}
        source: dict[str, Input] = {"file": Source(str(page.path))}
        yield Step(_page_step(video, scene, role), "page", params, source, scene.locations)
    yield _draw(video, scene)


def _behind(background: str | Mapping[str, Any] | None) -> tuple[str | Mapping[str, Any] | None, str | None]:
    """Return what a drawing needs of a background, and its image apart."""
    if not isinstance(background, Mapping) or "image" not in background:
        return background, None
    return {name: value for name, value in background.items() if name not in {"image", "drift"}}, background["image"]


def _draw(video: VideoSpec, scene: Scene) -> Step:
    theme, scene_type = video.spec.theme, SCENE_TYPES[scene.type]
    behind, image = _behind(scene.background)
    fields = scene_type.drawing(scene)
    params: dict[str, Any] = {
        "size": video.size,
        "theme": dict(theme.values),
        "fields": fields,
        "spec_fields": dict(scene_type.spec_fields),
        "language": video.drawing_language(scene),
        "background": behind,
        "lights": [list(light) for light in scene_type.lights] if behind is None else [],
    }
    if (plugin := plugin_of(scene.type)) is not None:
        from vidbuild.extensions import content

        params["plugins"] = {plugin.distribution: content.identity(plugin)}
        params["named"] = _named_layers(scene_type, scene)
    params |= regions.params(video.drawing_language(scene))
    params |= divisions.params(fields, video.drawing_language(scene))
    params |= subtitles.drawn(video, scene, params.get("hyphens", {}))
    params |= burned.drawn(video, scene)
    inputs: dict[str, Input] = {"base": Source(str(SCENES / "base.typ"))}
    inputs.update({role: Source(str(path)) for role, path in layout_files(scene_type).items()})
    inputs.update({role: Source(str(path)) for role, path in scene_type.files(scene).items()})
    inputs.update({role: Product(_page_step(video, scene, role), PAGE) for role in scene_type.pages(scene)})
    if (layout := scene_type.layout(scene)) is not None:
        params["layout"] = {"source": layout.source, "place": layout.place, "files": list(layout.names)}
        params["layout"] |= draft.layout_params(video)
    if image is not None:
        inputs["background"] = Source(image)
    inputs.update({role: Source(str(path)) for role, path in subtitles.files(scene).items()})
    if scene.callouts:
        params["callouts"] = [drawn(each) for each in scene.callouts]
        if scene_type.enlarges and any(each.kind == "zoom" for each in scene.callouts):
            params["enlarges"] = list(scene_type.enlarges)
        inputs["callouts"] = Source(str(SCENES / "callouts.typ"))
        if clip := scene_type.clip(scene):
            inputs["clip"] = Source(str(clip.path))  # for its size
    if scene.overlays:
        params["overlays"] = [drawn_overlay(each) for each in scene.overlays]
        inputs["overlays"] = Source(str(SCENES / "overlays.typ"))
        marks = {f"overlay:{index}": each.image for index, each in enumerate(scene.overlays)}
        inputs.update({role: Source(str(path)) for role, path in marks.items() if path is not None})
        whole = {f"overlay:{index}": each.inset for index, each in enumerate(scene.overlays)}
        inputs.update({role: Source(str(each.path)) for role, each in whole.items() if each and each.fit == "contain"})
    if theme.logo is not None:
        inputs["logo"] = Source(str(theme.logo))
    inputs |= video.font_inputs(scene.fonts)
    sized = "clip" in inputs or any(each.inset and each.inset.fit == "contain" for each in scene.overlays)
    tools = ("ffmpeg",) if sized else ()  # ffmpeg reports the size of a clip that is shown whole
    tools = (*tools, "numpy") if layout else tools
    shown = (source for role, source in inputs.items() if role.partition(":")[0] in PICTURES)
    pictures = [source.path for source in shown if isinstance(source, Source)]
    if any(Path(path).suffix.lower() in HEIC for path in pictures):
        tools = (*tools, "heif")
    of_theme = {field: video.spec.locations[field] for field in LOOKS if field in video.spec.locations}
    locations = {**scene.locations, **of_theme}
    return Step(video.step_id("draw", scene), "draw", params, inputs, locations, tools)


def _named_layers(kind: SceneType, scene: Scene) -> list[str]:
    """Return the layers that a type moves, so that its template can be checked to draw them."""
    found = {*kind.entrances(scene), *kind.drifts(scene)}
    for reveal in reveals_of(scene):
        found |= {*reveal.enter, *reveal.leave, *reveal.until_next, *reveal.moves, *reveal.zooms}
    return sorted(found)


def _page_step(video: VideoSpec, scene: Scene, role: str) -> str:
    """Return the id of the step that draws the page with this role in the drawing."""
    side = _side(role)
    return str(StepId("page", f"{scene.id}@{side}" if side else scene.id, video.variant.name))


def _side(role: str) -> str:
    """Return the side of a split in which a picture is, "" of any other scene: "left" of "image:left.src"."""
    return role.partition(":")[2].rpartition(".")[0]
