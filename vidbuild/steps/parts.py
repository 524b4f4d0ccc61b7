"""Parts of a drawing that other templates lay out: each side of a split is the drawing of another scene type.

The drawing's own template reserves a box for each part: a layer whose `filled` names it, with the part's `part`. The
input `template:PART` is the part's template, and the field of that name has what it draws.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from vidbuild.frozen import replaced
from vidbuild.media.text import regions, small_text, typst
from vidbuild.media.text.fonts import StagedFonts
from vidbuild.media.text.typst import Drawing, Page

ROLE = "template:"

# Returns what a part's template reads, given the part's name and its width and height.
PartData = Callable[[str, tuple[int, int]], Mapping[str, Any]]


def filled(
    root: Path, inputs: Mapping[str, Path], drawing: Drawing, data: PartData, staged: StagedFonts, region: str
) -> Drawing:
    """Return the drawing with the layers of each part in the part's place, named after it. region: of the texts."""
    pages: list[Page] = []
    warnings = list(drawing.warnings)
    for page in drawing.pages:
        name = page.facts["filled"]
        if f"{ROLE}{name}" not in inputs:
            pages.append(page)
            continue
        folder = root / name
        folder.mkdir(exist_ok=True)  # it has the modules of the part's template
        shutil.copyfile(inputs["base"], folder / "base.typ")
        regions.copy_template(inputs[f"{ROLE}{name}"], folder / "template.typ", region)
        read = {**data(name, (page.width, page.height)), "part": page.facts["part"]}
        inner = typst.lay_out(folder, "template.typ", read, staged)
        pages.extend(_placed(each, name, page) for each in inner.pages)
        own = [*inner.warnings, *small_text.warnings(inner.small, read["fields"])]
        warnings.extend({**warning, "field": f"{name}.{warning['field']}"} for warning in own)
    return replaced(drawing, pages=tuple(pages), warnings=tuple(warnings))


def _placed(page: Page, part: str, place: Page) -> Page:
    """Return a part's layer in the whole drawing."""
    facts = {**page.facts, "filled": role(part, page.facts["filled"])}
    if "stops" in facts:
        facts["stops"] = [(x + place.x, y + place.y, width, height) for x, y, width, height in facts["stops"]]
    if "sheet" in facts:
        facts["sheet"] = f"{part}-{facts['sheet']}"  # its rows are those of a layer of this part
    return replaced(page, name=f"{part}-{page.name}", x=page.x + place.x, y=page.y + place.y, facts=facts)


def role(part: str, name: str) -> str:
    """Return the role in the whole step of a picture that has this role in its part."""
    kind, _, field = name.partition(":")
    return f"image:{part}.{field or 'src'}" if kind == "image" else name
