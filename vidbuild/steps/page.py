"""The step `page:SCENE`: draw a page of a PDF, so that later steps depend on how the page looks and not on the file."""

from __future__ import annotations

from vidbuild.engine.graph.context import Context
from vidbuild.errors import SpecProblem
from vidbuild.media.image import pdf_page, raster


def run(context: Context) -> None:
    """Write page.png.

    Params: page: its number, from 1. part: the side of a split that shows it, if it is one.
    """
    prefix = f"{context.params['part']}." if "part" in context.params else ""
    try:
        drawn = pdf_page.draw(context.inputs["file"], context.params["page"])
    except pdf_page.PdfError as error:
        raise SpecProblem(error.message, field=f"{prefix}{error.field}", hint=error.hint) from error
    (context.out / "page.png").write_bytes(raster.png(drawn.image))
    for name in drawn.foreign:
        context.warn(
            "VB313",
            f"the font '{name}' is not in the PDF: its text is drawn in another one",
            field=f"{prefix}file",
            hint="embed the fonts when you export the PDF",
        )
