"""The step `draw:SCENE`: lay out a scene's fields and theme as layers, each a PNG. Timing plays no part in it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.errors import SpecProblem
from vidbuild.media.ffmpeg.probe import describe
from vidbuild.media.image import background, color, palette, raster
from vidbuild.media.image.background import Light
from vidbuild.media.render.drawing import Layer, Layers
from vidbuild.media.text import families, fonts, glyphs, scene_text, typst
from vidbuild.media.text.fonts import StagedFonts
from vidbuild.steps.picture import Picture

STAGED: Mapping[str, str] = {"template": "template.typ", "base": "base.typ"}
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
LOGO_SIDE = 1600  # pixels of the longer side to which a logo is reduced: more than it has in a video of 4K


def run(context: Context) -> None:
    """Lay out the scene and write layers.json and a PNG per layer."""
    root = context.scratch / "root"
    root.mkdir(parents=True)
    for role, name in STAGED.items():
        if role in context.inputs:
            shutil.copyfile(context.inputs[role], root / name)
    own = [path for role, path in sorted(context.inputs.items()) if role.startswith("font:")]
    staged = fonts.stage(context.scratch / "fonts", own)
    fields = _without_foreign_signs(scene_text.clean(context.params["fields"]), staged)
    pictures = _pictures(context, fields, root, staged)
    if "logo" in context.inputs:
        logo = Picture.of(context.inputs["logo"], "theme.logo", root, staged)
        logo.check(context)
        (root / "logo").write_bytes(raster.png(logo.whole(LOGO_SIDE)))
    if "clip" in context.inputs:
        info = describe(context.inputs["clip"], env=context.env)
        fields["clip_size"] = [info.width, info.height] if info.has_video else None
    data = template_data(context.params, fields, staged.own_families() if own else (), logo="logo" in context.inputs)
    try:
        drawing = typst.lay_out(root, STAGED["template"], data, staged)
    except typst.NestedError as error:
        texts = scene_text.texts(fields, context.params["spec_fields"])
        raise SpecProblem("the text is nested too deeply to be typeset", field=_most_nested(texts)) from error
    images = {}
    for page in drawing.pages:
        if page.facts["filled"] in pictures:
            filled = pictures[page.facts["filled"]].filled(page.width, page.height)
            images[page.name] = raster.png(raster.rounded(filled, page.facts.get("radius", 0)))
    _write_layers(context, drawing, images)
    for warning in drawing.warnings:
        context.warn(warning["message"], field=warning["field"], hint=warning.get("hint"))


def _pictures(context: Context, fields: dict[str, Any], root: Path, staged: StagedFonts) -> dict[str, Picture]:
    """Return the step's pictures by role: "image" is named by the field `src`, "image:steps.0.image" by that one.

    Each picture's size is added to the mapping of drawn fields that has its field.
    """
    pictures = {}
    for role, path in sorted(context.inputs.items()):
        kind, _, field = role.partition(":")
        if kind != "image":
            continue
        picture = pictures[role] = Picture.of(path, field or "src", root, staged)
        owner: Any = fields
        for part in field.split(".")[:-1]:
            owner = owner[int(part) if part.isdigit() else part]
        owner["image_size"] = list(picture.size)
        picture.check(context)
    return pictures


def _most_nested(texts: Mapping[str, str]) -> str:
    """Return the field with the most brackets: typst does not report which one has too many."""
    return max(texts, key=lambda field: sum(map(texts[field].count, "([{")), default="")


def _without_foreign_signs(fields: dict[str, Any], staged: StagedFonts) -> dict[str, Any]:
    """Return the fields without the private-use characters that only a default face would draw."""
    used = "".join(text for _, text in scene_text.strings(fields))
    drawable = glyphs.drawable_private([used], staged)
    replaced: dict[str, Any] = scene_text.mapped(fields, lambda text: glyphs.without_foreign_signs(text, drawable))
    return replaced


def template_data(
    params: Mapping[str, Any], fields: Mapping[str, Any], own_families: Sequence[str] = (), *, logo: bool
) -> dict[str, Any]:
    """Return what a template reads from sys.inputs.

    own_families: those of the theme's own fonts, in their order.
    """
    theme = params["theme"]
    language = str(params["language"]).split("-", maxsplit=1)[0].lower()
    return {
        "size": list(params["size"]),
        "fields": fields,
        "colors": palette.palette(theme, params["background"]),
        "syntax": palette.syntax_theme(theme),
        "fonts": families.searched(theme["fonts"], own_families),
        "lang": language if len(language) in {2, 3} else "en",
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "dark": palette.dark(theme, params["background"]),
        "logo": logo,
    }


def paint_background(params: Mapping[str, Any]) -> bytes:
    """Return the PNG behind all layers: a gradient with the scene type's lights, or the scene's own color."""
    width, height = params["size"]
    start, end = palette.backdrop(params["theme"], params["background"])
    lights = tuple(Light(*light) for light in params["lights"])
    return background.paint((width, height), start, end, color.parse(params["theme"]["glow"]), lights)


def _write_layers(context: Context, drawing: typst.Drawing, images: Mapping[str, bytes]) -> None:
    width, height = context.params["size"]
    (context.out / "background.png").write_bytes(paint_background(context.params))
    layers = [Layer("background", "background.png", 0, 0, width, height, opaque=True)]
    for page in drawing.pages:
        png = images.get(page.name, page.png)
        file = f"{page.name}.png" if png else ""
        if png:
            (context.out / file).write_bytes(raster.faded(png, page.facts.get("strength", 1)))
        advances = tuple(round(advance, 3) for advance in page.facts["advances"])
        box = (page.x, page.y, page.width, page.height)
        layers.append(Layer(page.name, file, *box, opaque=raster.opaque(images.get(page.name)), advances=advances))
    Layers(width, height, tuple(layers)).write(context.out)
