"""The step `draw:SCENE`: a scene's fields and theme to layers; it knows nothing of time."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.errors import SpecProblem
from vidbuild.media.ffmpeg.probe import inspect
from vidbuild.media.image import background, color, palette, raster
from vidbuild.media.image.background import Light
from vidbuild.media.render.animation import Layer, Layers
from vidbuild.media.text import scene_text, typst

STAGED: Mapping[str, str] = {"template": "template.typ", "base": "base.typ", "logo": "logo"}
LIGHTS: Mapping[str, tuple[Light, ...]] = {
    "title": (Light(0.9, 0.08, 0.5, 0.3), Light(0.03, 1.05, 0.4, 0.26)),
    "list": (Light(1.0, 0.0, 0.45, 0.24),),
    "outro": (Light(0.5, 1.1, 0.55, 0.3),),
}
QUIET = (Light(0.95, -0.1, 0.45, 0.14),)
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
FALLBACKS = ("Source Sans Pro", "DejaVu Sans Mono")
SHOWN_MARKS = 4  # of those no font can draw, in one warning


def run(context: Context) -> None:
    """Lay out the scene and write layers.json and a PNG per layer."""
    root, fonts = context.scratch / "root", context.scratch / "fonts"
    root.mkdir(parents=True)
    for role, name in STAGED.items():
        if role in context.inputs:
            shutil.copyfile(context.inputs[role], root / name)
    typst.stage_fonts(fonts, [path for role, path in sorted(context.inputs.items()) if role.startswith("font:")])
    fields = scene_text.cleaned(context.params["fields"])
    image = raster.opened(context.inputs["image"], field="src") if "image" in context.inputs else None
    if image is not None:
        fields["image_size"] = list(image.size)
    if "clip" in context.inputs:
        info = inspect(context.inputs["clip"], env=context.env)
        fields["clip_size"] = [info.width, info.height] if info.has_video else None
    data = template_data(context.params, fields, logo="logo" in context.inputs)
    try:
        drawing = typst.lay_out(root, STAGED["template"], data, fonts)
    except typst.NestedError as error:
        raise SpecProblem("the text is nested too deeply to be typeset", field=_nested(fields)) from error
    pictures = {}
    for page in drawing.pages:
        if page.facts["filled"] == "image" and image is not None:
            pictures[page.name] = raster.filled(image, page.width, page.height)
    _write(context, drawing, {name: raster.png(picture) for name, picture in pictures.items()})
    _warn(context, drawing, fields, fonts)


def _nested(fields: Mapping[str, Any]) -> str:
    """The field that has the most brackets, of which typst says no more than that there are too many."""
    texts = scene_text.texts(fields)
    return max(texts, key=lambda field: sum(map(texts[field].count, "([{")), default="")


def template_data(params: Mapping[str, Any], fields: Mapping[str, Any], *, logo: bool) -> dict[str, Any]:
    """What a template reads from sys.inputs."""
    theme = params["theme"]
    faces = {use: theme["fonts"][use] for use in ("title", "text", "mono")}
    language = str(params["language"]).split("-", maxsplit=1)[0].lower()
    return {
        "size": list(params["size"]),
        "fields": fields,
        "colours": palette.palette(theme, params["background"]),
        "syntax": palette.syntax_theme(theme),
        "fonts": {**faces, "rest": [name for name in FALLBACKS if name not in faces.values()]},
        "lang": language if len(language) in {2, 3} else "en",
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "dark": palette.dark(theme, params["background"]),
        "logo": logo,
    }


def paint_background(params: Mapping[str, Any]) -> bytes:
    """The PNG behind all layers: plain where the scene names a colour of its own."""
    width, height = params["size"]
    start, end = palette.backdrop(params["theme"], params["background"])
    lights = LIGHTS.get(params["type"], QUIET) if params["background"] is None else ()
    return background.paint((width, height), start, end, color.parse(params["theme"]["glow"]), lights)


def _write(context: Context, drawing: typst.Drawing, pictures: Mapping[str, bytes]) -> None:
    width, height = context.params["size"]
    (context.out / "background.png").write_bytes(paint_background(context.params))
    layers = [Layer("background", "background.png", 0, 0, width, height, opaque=True)]
    for page in drawing.pages:
        png = pictures.get(page.name, page.png)
        file = f"{page.name}.png" if png else ""
        if png:
            (context.out / file).write_bytes(raster.faded(png, page.facts.get("strength", 1)))
        advances = tuple(round(advance, 3) for advance in page.facts["advances"])
        box = (page.x, page.y, page.width, page.height)
        layers.append(Layer(page.name, file, *box, opaque=raster.opaque(pictures.get(page.name)), advances=advances))
    Layers(width, height, tuple(layers)).write(context.out)


def _warn(context: Context, drawing: typst.Drawing, fields: Mapping[str, Any], fonts: Path) -> None:
    """Say what the template could not fit, and which characters no font can draw."""
    for remark in drawing.remarks:
        context.warn(scene_text.remark(remark), field=str(remark["field"]))
    texts = scene_text.texts(fields)
    missing = typst.undrawable("".join(texts.values()), fonts)
    for field, text in texts.items():
        marks = [mark for mark in missing if mark in text]
        if marks:
            names = ", ".join(f"'{mark}' (U+{ord(mark):04X})" for mark in marks[:SHOWN_MARKS])
            more = f" and {len(marks) - SHOWN_MARKS} more" if len(marks) > SHOWN_MARKS else ""
            context.warn(
                f"no font can draw {names}{more}",
                field=field,
                hint="theme: {fonts: ./fonts}, with a font in that folder that can",
            )
