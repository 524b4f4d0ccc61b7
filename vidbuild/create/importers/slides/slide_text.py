"""What a slide consists of, as a text that is the same on every machine: changes of it are changes of the slide."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from vidbuild.create.importers.slides import charts, xml
from vidbuild.create.importers.slides.slide import clean

if TYPE_CHECKING:
    from pptx.opc.package import Part

FURNITURE = frozenset({"dt", "ftr", "sldNum", "hdr"})  # placeholders that change when a slide moves


def canonical(slide: xml.Element, part: Part) -> Iterator[str]:
    """Yield a line for each paragraph, cell, picture and chart of a slide, in their order."""
    for shape in xml.shapes(slide):
        if xml.placeholder(shape) in FURNITURE:
            continue
        for paragraph in shape.iter(f"{xml.A}p"):
            if text := clean(xml.text(paragraph)):
                yield f"text: {text}"
        for blip in shape.iter(f"{xml.A}blip"):
            if (name := blip.get(f"{xml.R}embed")) in part.rels:
                yield f"picture: {hashlib.sha256(part.related_part(name).blob).hexdigest()}"
        for chart in shape.iter(f"{xml.C}chart"):
            if (name := chart.get(f"{xml.R}id")) in part.rels:
                values = charts.space(part, name).iter(f"{xml.C}v")
                yield "chart: " + ", ".join(clean(value.text or "") for value in values)
