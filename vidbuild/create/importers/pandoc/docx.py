"""Rewrites what pandoc would lose of a Word document: cells of tables with short rows, and text boxes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from vidbuild.create.importers.pandoc import archive

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MAIN = "word/document.xml"
MAX_COLUMNS = 63  # of a table in Word


def complete(data: bytes) -> bytes:
    """Return a document of which pandoc reads all cells and the texts in boxes; as it is if nothing would be lost."""
    main = archive.entry(data, _MAIN) or b"<none/>"
    try:
        root = ET.fromstring(main)  # noqa: S314 - expat limits entities
    except ET.ParseError:
        return data
    changes = [*map(_fill_rows, root.iter(f"{_W}tbl")), _lift_boxes(root)]
    return _with_main(data, _written(root, main)) if any(changes) else data


def _written(root: ET.Element, before: bytes) -> bytes:
    """Return a document as XML with the prefixes that it had, by which pandoc knows its elements."""
    for _, (prefix, name) in ET.iterparse(io.BytesIO(before), ("start-ns",)):  # noqa: S314 - it was parsed before
        if prefix and not re.fullmatch(r"ns\d+", prefix):
            ET.register_namespace(prefix, name)
    return b"<?xml version='1.0' encoding='utf-8'?>\n" + ET.tostring(root, encoding="unicode").encode()


def _with_main(data: bytes, main: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys(old.namelist()):
            new.writestr(name, main if name == _MAIN else old.read(name))
    return made.getvalue()


def _fill_rows(table: ET.Element) -> bool:
    """Let the last cell of a row reach to the end of its table: pandoc takes the columns of the first row for all."""
    rows = [row for row in table if row.tag == f"{_W}tr"]
    widths = [sum(_spans(row)) for row in rows]
    width = min(max(widths, default=0), MAX_COLUMNS)
    changed = False
    for row, own in zip(rows, widths, strict=True):
        cells = row.findall(f"{_W}tc")
        if cells and own < width:
            properties = cells[-1].find(f"{_W}tcPr")
            if properties is None:
                properties = ET.Element(f"{_W}tcPr")
                cells[-1].insert(0, properties)
            for each in properties.findall(f"{_W}gridSpan"):
                properties.remove(each)
            properties.append(ET.Element(f"{_W}gridSpan", {f"{_W}val": str(_span(cells[-1]) + width - own)}))
            changed = True
    return changed


def _spans(row: ET.Element) -> Iterator[int]:
    for name in ("gridBefore", "gridAfter"):
        found = row.find(f"{_W}trPr/{_W}{name}")
        yield _number(found, 0)
    yield from map(_span, row.findall(f"{_W}tc"))


def _span(cell: ET.Element) -> int:
    return _number(cell.find(f"{_W}tcPr/{_W}gridSpan"), 1)


def _number(element: ET.Element | None, default: int) -> int:
    value = "" if element is None else element.get(f"{_W}val", "")
    return min(int(value), MAX_COLUMNS) if value.isascii() and value.isdigit() else default


def _lift_boxes(root: ET.Element) -> bool:
    """Put the paragraphs of text boxes behind the paragraph at which their box is: pandoc does not read boxes."""
    parents = {child: parent for parent in root.iter() for child in parent}
    changed = False
    # The last one first: each goes right behind its paragraph.
    for box in reversed(list(root.iter(f"{_W}txbxContent"))):
        above = list(_above(box, parents))
        # Both alternatives have the text, of which the second is for older programs.
        is_second = any(each.tag == _FALLBACK and any(c.tag == _CHOICE for c in parents[each]) for each in above)
        at = next((each for each in above if each.tag == f"{_W}p"), None)
        if at is None or is_second:
            continue
        place = parents[at]
        behind = list(place).index(at) + 1
        for nth, child in enumerate(list(box)):
            box.remove(child)
            place.insert(behind + nth, child)
            parents[child] = place
            changed = True
    return changed


def _above(element: ET.Element, parents: dict[ET.Element, ET.Element]) -> Iterator[ET.Element]:
    found = parents.get(element)
    while found is not None:
        yield found
        found = parents.get(found)
