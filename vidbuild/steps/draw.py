"""The step `draw:SCENE`: lay out a scene's fields and theme as layers, each a PNG. Timing plays no part in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from vidbuild import focal_point
from vidbuild.engine.graph.context import Context
from vidbuild.errors import SpecProblem, StepError
from vidbuild.frozen import replaced
from vidbuild.media.image import background, color, concealed, palette, raster
from vidbuild.media.image.backdrop import backdrop
from vidbuild.media.image.background import Light, Pattern
from vidbuild.media.image.color import RGB
from vidbuild.media.render.drawing import Layer, Layers, Rows
from vidbuild.media.text import families, fonts, glyphs, regions, scene_text, small_text, typst
from vidbuild.media.text.direction import is_right_to_left
from vidbuild.media.text.fonts import StagedFonts
from vidbuild.steps import backdrop_image, callouts, layout, overlays, parts, subtitles
from vidbuild.steps.picture import Picture

STAGED: Mapping[str, str] = {
    "template": "template.typ",
    "base": "base.typ",
    "callouts": callouts.TEMPLATE,
    "overlays": overlays.TEMPLATE,
    "subtitles": subtitles.TEMPLATE,
}
MODULE = "module:"  # and the path of a file that the template, or a part's template, imports
LOOK = ("scale", "weight", "tracking", "radius", "spacing", "window", "shadow", "intro", "outro")
# The kinds of warnings that templates give. "cut": a part is not shown; "crowded": all of it is too small.
CODES = {"cut": "VB301", "crowded": "VB302", "image": "VB303", "folded": "VB323", small_text.SMALL_TEXT: "VB333"}
LOGO_SIDE = 1600  # pixels of the longer side to which a logo is reduced: more than it has in a video of 4K


class Behind(NamedTuple):
    """A background as a PNG, and the extreme colors of its image, if it has one."""

    png: bytes
    seen: tuple[RGB, ...] = ()


def run(context: Context) -> None:
    """Lay out the scene and write layers.json and a PNG per layer."""
    plugins = context.params.get("plugins")
    if not plugins:
        _draw(context)
        return
    [(distribution, version)] = plugins.items()
    template = f"the template of the plug-in {distribution} {version.partition(' ')[0]}"
    try:
        _draw(context)
    except SpecProblem:
        raise
    except StepError as error:
        raise StepError(f"{template} failed: {error.message}", field="type", log=error.failure.log) from error
    except (ValueError, LookupError, TypeError, ArithmeticError) as error:
        # The template is not vidbuild's: it can report what nothing here expects.
        message = f"{template} gives no drawing: {type(error).__name__}: {error}"
        hint = "end it with '#context draw()' that returns 'scene(layers)', see docs/plugins.md"
        raise StepError(message, hint=hint, field="type") from error


def _draw(context: Context) -> None:
    root, staged = stage(context)
    fields = without_foreign_signs(scene_text.clean(context.params["fields"]), staged)
    pictures = _pictures(context, fields, root, staged)
    if "logo" in context.inputs:
        logo = Picture.of(context.inputs["logo"], "theme.logo", root, staged)
        logo.check(context)
        (root / "logo").write_bytes(raster.png(logo.whole(LOGO_SIDE)))
    if "clip" in context.inputs:
        from vidbuild.media.ffmpeg.probe import describe  # few scenes have a clip

        info = describe(context.inputs["clip"], env=context.env)
        fields["clip_size"] = [info.width, info.height] if info.has_video else None
    behind = _behind(context, root, staged)
    data = template_data(context.params, behind, fields, staged, logo="logo" in context.inputs)
    content = {**data, "foot": overlays.foot(context)}

    def part_data(part: str, size: tuple[int, int]) -> Mapping[str, Any]:
        params = {**context.params, "size": size}
        return template_data(params, behind, fields[part], staged, logo=False)

    try:
        if "layout" in context.params:
            drawing = layout.lay_out(context, content, staged)
        else:
            drawing = typst.lay_out(root, STAGED["template"], content, staged)
        drawing = parts.filled(root, context.inputs, drawing, part_data, staged, context.params.get("region", ""))
    except typst.NestedError as error:
        texts = scene_text.texts(fields, context.params["spec_fields"])
        raise SpecProblem("the text is nested too deeply to be typeset", field=_most_nested(texts)) from error
    for name in sorted(set(context.params.get("named", ())) - {page.name for page in drawing.pages}):
        message = f"the template draws no layer '{name}', which the scene type lets appear or move"
        context.warn("VB315", message, field="type")
    drawing = subtitles.added(context, drawing, data, staged, lambda texts: without_foreign_signs(texts, staged))
    drawing = callouts.added(context, drawing, data, staged, pictures.get("image"))
    drawing = subtitles.raised(drawing)
    drawing = overlays.added(context, drawing, data, staged)
    images = {page.name: _filled(page, pictures) for page in drawing.pages if page.facts["filled"] in pictures}
    _write_layers(context, drawing, behind.png, images)
    for warning in (*drawing.warnings, *small_text.unreported(drawing.small, fields, drawing.warnings)):
        warn_of_layout(context, warning)


def warn_of_layout(context: Context, warning: Mapping[str, str]) -> None:
    """Give the user a warning of a template: {"field", "message", "hint", "kind"}; a plug-in may give no kind."""
    # Templates name no codes: their bytes are in the keys of all scenes of a type.
    code = CODES.get(warning.get("kind", ""), CODES["cut"])
    context.warn(code, warning["message"], field=warning["field"], hint=warning.get("hint"))


def stage(context: Context) -> tuple[Path, StagedFonts]:
    """Copy the step's templates and fonts into its scratch folder; return typst's root, and the fonts."""
    root = context.scratch / "root"
    root.mkdir(parents=True)
    region = context.params.get("region", "")
    for role, name in STAGED.items():
        if role in context.inputs:
            regions.copy_template(context.inputs[role], root / name, "" if role == "base" else region)
    for role, path in context.inputs.items():
        if role.startswith(MODULE):
            target = root / f"{role.removeprefix(MODULE)}.typ"
            target.parent.mkdir(exist_ok=True)
            regions.copy_template(path, target, region)
    own, added = (
        [path for role, path in sorted(context.inputs.items()) if role.startswith(kind)] for kind in ("font:", "face:")
    )
    return root, fonts.stage(context.scratch / "fonts", own, added)


def _pictures(context: Context, fields: dict[str, Any], root: Path, staged: StagedFonts) -> dict[str, Picture]:
    """Return the step's pictures by role: "image" is named by the field `src`, "image:steps.0.image" by that one.

    Each picture's size is added to the mapping of drawn fields that has its field.
    """
    pictures = {}
    for role, path in sorted(context.inputs.items()):
        kind, _, field = role.partition(":")
        if kind != "image":
            continue
        picture = Picture.of(path, field or "src", root, staged)
        owner: Any = fields
        for part in field.split(".")[:-1]:
            owner = owner[int(part) if part.isdigit() else part]
        if not field:
            picture = replaced(picture, hidden=callouts.hidden(context.params, picture.size))
        if field.rpartition(".")[2] in {"", "src"}:
            picture = replaced(picture, focus=focal_point.of(owner))
        pictures[role] = picture
        owner["image_size"] = list(picture.size)
        picture.check(context)
    return pictures


def _filled(page: typst.Page, pictures: Mapping[str, Picture]) -> bytes:
    """Return the PNG of a layer that a picture fills, without what callouts hide of a clip under it."""
    size = tuple(map(round, page.facts.get("pixels", ()))) or (page.width, page.height)
    filled = pictures[page.facts["filled"]].filled(*size)
    filled = concealed.conceal(filled, page.facts.get("hidden", ()))
    return raster.png(raster.rounded(filled, page.facts.get("radius", 0)))


def _most_nested(texts: Mapping[str, str]) -> str:
    """Return the field with the most brackets: typst does not report which one has too many."""
    return max(texts, key=lambda field: sum(map(texts[field].count, "([{")), default="")


def without_foreign_signs(fields: dict[str, Any], staged: StagedFonts) -> dict[str, Any]:
    """Return the fields without the private-use characters that only a default face would draw."""
    used = "".join(text for _, text in scene_text.strings(fields))
    drawable = glyphs.drawable_private([used], staged)
    replaced: dict[str, Any] = scene_text.mapped(fields, lambda text: glyphs.without_foreign_signs(text, drawable))
    return replaced


def template_data(
    params: Mapping[str, Any],
    behind: Behind,
    fields: Mapping[str, Any],
    staged: StagedFonts,
    *,
    logo: bool,
) -> dict[str, Any]:
    """Return what a template reads from sys.inputs."""
    theme = params["theme"]
    language = str(params["language"]).split("-", maxsplit=1)[0].lower()
    return {
        "size": list(params["size"]),
        "fields": fields,
        "colors": palette.palette(theme, params["background"], behind.seen),
        "look": {name: theme[name] for name in LOOK},
        "syntax": palette.syntax_theme(theme),
        "syntax_changed": palette.syntax_theme(theme, changed=True),
        "series": (
            palette.chart_colors(theme, params["background"], behind.seen)
            if {"points", "slices"} & fields.keys()
            else []
        ),
        "fonts": families.searched(
            theme["fonts"],
            staged.own_families() if staged.own else (),
            families.regional(staged.added_families(), str(params["language"])) if staged.added else (),
        ),
        "lang": language if len(language) in {2, 3} else "en",
        "direction": _direction(params),
        "dark": palette.dark(theme, params["background"]),
        "ground": color.text(backdrop(theme, params["background"], behind.seen).grounds[0]),
        "logo": logo,
        "hyphens": params.get("hyphens", {}),
        "phrases": params.get("phrases", {}),
    }


def _behind(context: Context, root: Path, staged: StagedFonts) -> Behind:
    """Return the background as it is painted, and warn if its image is dimmed more than the spec asks for."""
    value = context.params["background"]
    if "background" not in context.inputs:
        return Behind(paint_background(context.params))
    picture = Picture.of(context.inputs["background"], "background.image", root, staged)
    picture.check(context)
    found = backdrop_image.paint(picture, context.params["size"], context.params["theme"], value)
    if found.dim > value.get("dim", 1):
        context.warn(
            "VB309",
            f"dim {value['dim']:g} leaves text on the image unreadable: {found.dim:g} is used",
            field="background.dim",
            hint=f"set 'dim: {found.dim:g}' or more",
        )
    return Behind(found.png, found.seen)


def _direction(params: Mapping[str, Any]) -> str:
    return "rtl" if is_right_to_left(str(params["language"])) else "ltr"


def paint_background(params: Mapping[str, Any]) -> bytes:
    """Return the PNG behind all layers: a gradient with the scene type's lights, or the scene's own colors."""
    width, height = params["size"]
    theme = params["theme"]
    behind = backdrop(theme, params["background"])
    lights = tuple(Light(*light) for light in params["lights"])
    pattern = Pattern(theme["pattern"], color.parse(theme["muted"])) if behind.lit else None
    glow = color.parse(theme["glow"])
    return background.paint((width, height), behind.stops, glow, lights, behind.angle, pattern)


def _write_layers(context: Context, drawing: typst.Drawing, behind: bytes, images: Mapping[str, bytes]) -> None:
    """Write the layers. images: of the layers that typst does not draw, by name."""
    width, height = context.params["size"]
    (context.out / "background.png").write_bytes(behind)
    reading = "left" if _direction(context.params) == "rtl" else "right"
    layers = [Layer("background", "background.png", 0, 0, width, height, opaque=True, stays=True)]
    sheets: dict[str, list[str]] = {}  # of rows, by their layer
    for page in drawing.pages:
        png = images.get(page.name, page.png)
        file = f"{page.name}.png" if png else ""
        if png:
            (context.out / file).write_bytes(raster.faded(png, page.facts.get("strength", 1)))
        if "sheet" in page.facts:
            sheets.setdefault(page.facts["sheet"], []).append(file)
        else:
            opaque = raster.opaque(images.get(page.name))
            layers.append(_layer(page, file, reading, sheets.get(page.name, ()), opaque=opaque))
    Layers(width, height, tuple(layers)).write(context.out)


def _layer(page: typst.Page, file: str, reading: str, sheets: Sequence[str], *, opaque: bool) -> Layer:
    """Return the layer of a page. reading: the direction in which the language is read; sheets: of its rows."""
    facts = page.facts
    rows = facts.get("rows")
    if rows is not None:
        rows = Rows(tuple(sheets), rows["count"], rows["height"], tuple(map(tuple, rows["states"])))
    return Layer(
        page.name,
        file if rows is None else rows.files[0],
        page.x,
        page.y,
        page.width,
        page.height,
        opaque=opaque or rows is not None,
        advances=tuple(round(advance, 3) for advance in facts["advances"]),
        direction=facts.get("direction") or reading,
        stops=tuple((x, y, width, height) for x, y, width, height in facts.get("stops", ())),
        hidden=facts.get("hidden", ()),
        tall=facts.get("tall", 0),
        rows=rows,
        stays=bool(facts.get("stays")),
        edges=tuple(map(round, facts.get("edges", ()))),
        pixels=tuple(map(round, facts.get("pixels", ()))),
        mask=facts.get("mask", ""),
        enlarged=facts.get("enlarged"),
    )
