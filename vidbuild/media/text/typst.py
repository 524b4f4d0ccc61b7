"""Lay out templates and SVG images with typst: one PNG for each layer, each in its own box."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.errors import StepError
from vidbuild.frozen import dataclass
from vidbuild.media.text import fonts
from vidbuild.media.text.fonts import StagedFonts
from vidbuild.media.text.small_text import Small

_TOO_DEEP = re.compile(r"maximum \w+ depth exceeded").match
POINTS_PER_INCH = 72  # one point of the layout is one pixel


@dataclass(frozen=True, slots=True)
class Page:
    """One layer after layout.

    x, y, width, height: its box in the frame, in pixels.
    png: its image; empty if something else than typst fills the box.
    facts: the template's other data about it ("advances", "strength", "filled").
    """

    name: str
    x: int
    y: int
    width: int
    height: int
    png: bytes
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drawing:
    """All layers of a scene, the bottom one first.

    warnings: those of the template, {"kind", "field", "message", "hint"} each.
    content: where callouts can point, as the template reports it (see `scene` in base.typ).
    small: the texts in type that is hard to read.
    """

    pages: tuple[Page, ...]
    warnings: tuple[Mapping[str, str], ...]
    content: Mapping[str, Any]
    small: tuple[Small, ...] = ()


class NestedError(Exception):
    """A text has brackets that are nested more deeply than typst allows."""


def lay_out(root: Path, template: str, data: Mapping[str, Any], staged: StagedFonts, enlarged: float = 1.0) -> Drawing:
    """Lay out a template in root; it can read only the files in root and the staged fonts.

    enlarged: how many pixels of a side the images have for each of the frame.
    """
    import typst

    compiler = typst.Compiler(
        str(root / template),
        root=str(root),
        font_paths=staged.faces(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    try:
        with fonts.guarded():
            result, _ = compiler.compile_with_warnings(format="png", ppi=POINTS_PER_INCH * enlarged)
            [scene] = json.loads(compiler.query("<scene>", field="value"))
            small = json.loads(compiler.query("<small>", field="value"))
    except typst.TypstError as error:
        if _TOO_DEEP(error.message):
            raise NestedError from error
        raise StepError(f"typst: {error.message}", log=tuple(str(error.diagnostic).splitlines())) from error
    pages = [result] if isinstance(result, bytes) else list(result or ())
    laid_out = tuple(_pages(scene["layers"], pages))
    return Drawing(laid_out, tuple(scene["warnings"]), scene["content"], tuple(Small(**each) for each in small))


def pdf(root: Path, template: str, data: Mapping[str, Any], staged: StagedFonts) -> bytes:
    """Return the PDF of a template in root, without the time at which it was made."""
    import typst

    try:
        with fonts.guarded():
            return typst.compile(
                str(root / template),
                root=str(root),
                font_paths=staged.faces(),
                ignore_system_fonts=True,
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
                format="pdf",
                timestamp=0,
            )
    except typst.TypstError as error:
        raise StepError(f"typst: {error.message}", log=tuple(str(error.diagnostic).splitlines())) from error


def draw_svg(
    root: Path,
    name: str,
    box: tuple[int, int],
    size: tuple[float, float],
    staged: StagedFonts,
    shift: tuple[float, float] = (0.0, 0.0),
) -> bytes:
    """Draw an SVG image in root at a size, centered in a box that cuts off what is outside it; return a PNG.

    shift: how far from there it is moved to the right and down.

    Text in a family that is not staged is drawn in the first of the default faces.
    """
    import typst

    source = (
        '#set page(width: {0}pt, height: {1}pt, margin: 0pt, fill: none)\n#set text(font: "Source Sans Pro")\n'
        '#place(center + horizon, dx: {5}pt, dy: {6}pt, image("{4}", width: {2}pt, height: {3}pt, fit: "stretch"))\n'
    ).format(*box, *size, name, *shift)
    (root / f"{name}.typ").write_text(source, encoding="utf-8")
    try:
        with fonts.guarded():
            return typst.compile(
                str(root / f"{name}.typ"),
                root=str(root),
                font_paths=staged.faces(),
                ignore_system_fonts=True,
                format="png",
                ppi=POINTS_PER_INCH,
            )
    except typst.TypstError as error:
        raise StepError(f"typst: {error.message}", log=tuple(str(error.diagnostic).splitlines())) from error


def _pages(layers: Sequence[Mapping[str, Any]], pages: Sequence[bytes]) -> list[Page]:
    images = iter(pages)
    laid_out = []
    for layer in layers:
        facts = {key: value for key, value in layer.items() if key not in {"name", "x", "y", "width", "height"}}
        png = b"" if layer["filled"] else next(images)
        x, y, width, height = (round(layer[key]) for key in ("x", "y", "width", "height"))
        laid_out.append(Page(layer["name"], x, y, width, height, png, facts))
    return laid_out
