"""The draw step: a scene's fields and theme to layers; it knows nothing of time."""

from __future__ import annotations

import io
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vidbuild.engine.context import Context
from vidbuild.media import backdrop, colour, layout, palette
from vidbuild.media.backdrop import Light
from vidbuild.media.picture import Layer, Layers

STAGED = {"template": "template.typ", "base": "base.typ", "image": "image", "logo": "logo"}
LIGHTS: Mapping[str, tuple[Light, ...]] = {
    "title": (Light(0.9, 0.08, 0.5, 0.3), Light(0.03, 1.05, 0.4, 0.26)),
    "list": (Light(1.0, 0.0, 0.45, 0.24),),
    "outro": (Light(0.5, 1.1, 0.55, 0.3),),
}
QUIET = (Light(0.95, -0.1, 0.45, 0.14),)
RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def run(context: Context) -> None:
    """Lay out the scene and write layers.json and a PNG per layer."""
    params = context.params
    root = context.scratch / "root"
    root.mkdir(parents=True)
    for role, name in STAGED.items():
        if role in context.inputs:
            shutil.copyfile(context.inputs[role], root / name)
    fonts = context.scratch / "fonts"
    layout.stage_fonts(fonts, (path for role, path in sorted(context.inputs.items()) if role.startswith("font:")))
    fields = cleaned(params["fields"])
    drawing = layout.lay_out(root, "template.typ", template_data(params, fields, logo="logo" in context.inputs), fonts)
    _write(context, drawing)
    for remark in drawing.remarks:
        context.warn(_message(remark), field=str(remark["field"]))
    _warn_undrawable(context, fields, fonts)


def template_data(params: Mapping[str, Any], fields: Mapping[str, Any], *, logo: bool) -> dict[str, Any]:
    """What a template reads from sys.inputs."""
    theme = params["theme"]
    language = str(params["language"]).split("-", maxsplit=1)[0].lower()
    faces = theme["fonts"]
    return {
        "size": list(params["size"]),
        "fields": fields,
        "colours": palette.palette(theme, params["background"]),
        "syntax": palette.syntax_theme(theme),
        "fonts": {**faces, "rest": [name for name in ("Source Sans Pro", "DejaVu Sans Mono") if name not in faces.values()]},
        "lang": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "logo": logo,
    }


def background(params: Mapping[str, Any]) -> bytes:
    """The PNG behind all layers: plain where the scene names a colour of its own."""
    width, height = params["size"]
    start, end = palette.backdrop(params["theme"], params["background"])
    lights = LIGHTS.get(params["type"], QUIET) if params["background"] is None else ()
    return backdrop.paint((width, height), start, end, colour.parse(params["theme"]["glow"]), lights)


def cleaned(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Fields without what can't be shown: escape sequences and control characters; tabs become spaces."""
    if isinstance(value, str):
        return "\n".join(_visible(line) for line in _without_escapes(value).splitlines())
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if isinstance(value, dict):
        return {key: cleaned(item) for key, item in value.items()}
    return value


def _without_escapes(text: str) -> str:
    import re

    return re.sub(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|.)", "", text)


def _visible(line: str) -> str:
    return "".join(mark for mark in line.expandtabs(8) if unicodedata.category(mark) != "Cc")


def _write(context: Context, drawing: layout.Drawing) -> None:
    width, height = context.params["size"]
    (context.out / "background.png").write_bytes(background(context.params))
    layers = [Layer("background", "background.png", 0, 0, width, height, opaque=True)]
    for page in drawing.pages:
        file = f"{page.name}.png" if page.png else ""
        if page.png:
            (context.out / file).write_bytes(_faded(page.png, page.facts.get("strength", 1)))
        advances = tuple(round(advance, 3) for advance in page.facts["advances"])
        layers.append(Layer(page.name, file, page.x, page.y, page.width, page.height, advances=advances))
    Layers(width, height, tuple(layers)).write(context.out)


def _faded(png: bytes, strength: float) -> bytes:
    if strength == 1:
        return png
    from PIL import Image

    image = Image.open(io.BytesIO(png)).convert("RGBA")
    image.putalpha(image.getchannel("A").point(lambda alpha: round(alpha * strength)))
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _message(remark: Mapping[str, Any]) -> str:
    match remark["kind"]:
        case "cut":
            return f"text is too long to fit: it ends in '{remark['kept'][-24:]}'"
        case "hidden":
            return f"output is too long to fit: {remark['count']} lines are not shown"
        case "lines":
            return f"code is too long to fit: {remark['count']} lines are not shown, only {remark['from']}-{remark['to']}"
        case _:
            return f"{remark['count']} items do not fit"


def _warn_undrawable(context: Context, fields: Mapping[str, Any], fonts: Path) -> None:
    texts = list(_texts(fields))
    missing = layout.undrawable("".join(text for _, text in texts), fonts)
    for field, text in texts:
        marks = [mark for mark in missing if mark in text]
        if marks:
            names = ", ".join(f"'{mark}' (U+{ord(mark):04X})" for mark in marks[:4])
            more = f" and {len(marks) - 4} more" if len(marks) > 4 else ""
            context.warn(f"no font can draw {names}{more}", field=field, hint="add a font to the theme's fonts folder")


def _texts(value: Any, field: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON value
    """Every string among the fields, with its dotted path."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{field}.{index}" if field else str(index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, f"{field}.{key}" if field else key)
