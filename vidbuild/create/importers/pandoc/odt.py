"""What pandoc does not read of an OpenDocument text: its title and subtitle, and tables inside of tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from vidbuild.create.importers.pandoc import archive

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


@dataclass(frozen=True, slots=True)
class Extra:
    """title, subtitle: the paragraphs in these styles; nested: the number of tables in cells of other tables."""

    title: str = ""
    subtitle: str = ""
    nested: int = 0


def extra(data: bytes) -> Extra:
    """Return what pandoc does not read of a document."""
    try:
        root = ET.fromstring(archive.entry(data, "content.xml") or b"<none/>")  # noqa: S314 - expat limits entities
    except ET.ParseError:
        return Extra()
    styles = {
        each.get(f"{_STYLE}name", ""): each.get(f"{_STYLE}parent-style-name", "")
        for each in root.iter(f"{_STYLE}style")
    }
    found = dict(reversed(list(_styled(root, styles))))
    nested = len({id(below) for each in root.iter(f"{_TABLE}table-cell") for below in each.iter(f"{_TABLE}table")})
    return Extra(found.get("Title", ""), found.get("Subtitle", ""), nested)


def _styled(root: ET.Element, styles: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (style, text) of the paragraphs before the first heading."""
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    for each in body if body is not None else ():
        if each.tag == f"{_TEXT}h":
            return
        name = each.get(f"{_TEXT}style-name", "")
        if text := " ".join("".join(each.itertext()).split()):
            yield styles.get(name, name) if name not in {"Title", "Subtitle"} else name, text
