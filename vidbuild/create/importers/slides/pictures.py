"""Pictures that a presentation embeds."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from vidbuild.create.importers.slides import xml
from vidbuild.create.source.outline import Picture

if TYPE_CHECKING:
    from pptx.opc.package import Part

# The formats of Pillow that a scene shows -> their endings.
FORMATS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "BMP": "bmp", "TIFF": "tif", "WEBP": "webp"}
MAX_PIXELS = 100_000_000
THOUSANDTHS = 100_000  # of a percent, in which edges that are cut are written
_SIDES = "ltrb"


class UnreadableError(Exception):
    """A picture that no scene can show, and why."""


def picture(shape: xml.Element, part: Part, alt: str) -> Picture:
    """Return a shape's picture as the slide shows it. Raises UnreadableError."""
    blip = shape.find(f".//{xml.A}blip")
    name = None if blip is None else blip.get(f"{xml.R}embed")
    if name is None:
        raise UnreadableError("a picture that is linked, not embedded")
    if name not in part.rels or part.rels[name].is_external:
        raise UnreadableError("a picture that is missing")
    data, ending = _cut(part.related_part(name).blob, _edges(shape))
    own = "-".join(re.findall(r"[a-z0-9]+", alt.lower())[:4]) or "picture"
    return Picture(alt, data=data, name=f"{own}.{ending}")


def _edges(shape: xml.Element) -> tuple[float, ...]:
    """Return the share that is cut off at the left, top, right and bottom."""
    cut = shape.find(f".//{xml.A}srcRect")
    if cut is None:
        return ()
    shares = tuple(max(0.0, _number(cut.get(side)) / THOUSANDTHS) for side in _SIDES)
    return shares if any(shares) and shares[0] + shares[2] < 1 and shares[1] + shares[3] < 1 else ()


def _number(value: str | None) -> float:
    return float(value) if value and re.fullmatch(r"-?\d{1,9}", value) else 0.0


def _cut(data: bytes, edges: tuple[float, ...]) -> tuple[bytes, str]:
    """Return a picture's bytes, without the edges that the slide does not show, and the ending of its format."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as image:
            kind = image.format or ""
            if kind not in FORMATS:
                raise UnreadableError(f"a picture in the format {kind or 'of another kind'}")
            if image.width * image.height > MAX_PIXELS:
                raise UnreadableError(f"a picture of {image.width} x {image.height} pixels")
            if not edges or kind == "GIF":
                return data, FORMATS[kind]
            left, top, right, bottom = edges
            width, height = image.size
            box = (round(left * width), round(top * height), round((1 - right) * width), round((1 - bottom) * height))
            cut = image.crop((box[0], box[1], max(box[2], box[0] + 1), max(box[3], box[1] + 1)))
            out = io.BytesIO()
            cut.convert("RGBA" if "A" in cut.getbands() or "transparency" in image.info else "RGB").save(out, "PNG")
            return out.getvalue(), "png"
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadableError("a picture in a format that vidbuild does not draw, such as EMF or WMF") from error
