"""Pictures that a presentation embeds."""

from __future__ import annotations

import base64
import io
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.create.importers.slides import xml
from vidbuild.create.source import contained
from vidbuild.create.source.outline import Picture
from vidbuild.create.source.protocol import SourceError

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
    kind = _kind(data)
    if not edges or kind == "GIF":
        return data, FORMATS[kind]
    with tempfile.TemporaryDirectory(prefix="vidbuild-") as folder:
        path = Path(folder) / "picture"
        path.write_bytes(data)
        try:
            return base64.b64decode(contained.call(without_edges, path, *map(str, edges))), "png"
        except SourceError as error:
            raise UnreadableError("a picture that is damaged") from error


def _kind(data: bytes) -> str:
    """Return Pillow's name of a picture's format, of which only the header is read here."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UnreadableError(f"a picture of {image.width} x {image.height} pixels")
            return image.format or ""
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadableError("a picture in a format that vidbuild does not draw, such as EMF or WMF") from error


def without_edges(path: str, *edges: str) -> str:
    """Return a picture without its edges as a PNG in base64. Raises SourceError if it cannot be decoded."""
    from PIL import Image

    left, top, right, bottom = map(float, edges)
    out = io.BytesIO()
    try:
        with Image.open(path, formats=tuple(FORMATS)) as image:
            width, height = image.size
            box = (round(left * width), round(top * height), round((1 - right) * width), round((1 - bottom) * height))
            cut = image.crop((box[0], box[1], max(box[2], box[0] + 1), max(box[3], box[1] + 1)))
            cut.convert("RGBA" if "A" in cut.getbands() or "transparency" in image.info else "RGB").save(out, "PNG")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise SourceError(str(error)) from error
    return base64.b64encode(out.getvalue()).decode("ascii")
