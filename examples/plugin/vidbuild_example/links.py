"""An importer: a list of links, one on a line, under lines that end with a colon.

::

    Guides:
    https://example.org/start  Where to start
"""

from __future__ import annotations

from vidbuild.plugins import Item, Items, Location, Omission, Outline, Prose, Section, Source, SourceError


class Links:
    """Each group of links is a section."""

    interface = 1  # the version of vidbuild's interface that this was written for
    name = "links"
    summary = "a list of links: 'ADDRESS  TITLE' on a line, under headings that end with a colon"
    endings = (".links",)
    network = False

    def recognizes(self, source: Source) -> bool:
        """Take every file with the ending."""
        return True

    def read(self, source: Source) -> Outline:
        """Return a section for each heading; a line that is no link is an error with its place."""
        sections: list[Section] = []
        heading, first, items, lines = "", 1, list[Item](), list[str]()
        omissions: list[Omission] = []
        for number, line in enumerate([*source.text().split("\n"), ":"], 1):
            text = line.strip()
            if text.endswith(":"):
                if items:
                    sections.append(section(heading, first, items, "\n".join(lines)))
                heading, first, items, lines = text[:-1], number, [], []
            elif text.startswith("#"):
                omissions.append(Omission("a comment", number))
            elif text:
                address, _, title = text.partition(" ")
                if "://" not in address:
                    place = Location(source.address, number, 1, len(line) + 1)
                    raise SourceError(f"expected a link, got '{text[:40]}'", place, "write ADDRESS  TITLE")
                items.append(Item(title.strip() or address))
                lines.append(text)
        return Outline(title=source.path.stem, sections=tuple(sections), omissions=tuple(omissions)).named()


def section(heading: str, line: int, items: list[Item], text: str) -> Section:
    """Return a section with a sentence for the narration, and its links as a list."""
    blocks = (Prose(f"{heading or 'Links'}: {len(items)} links worth a look."), Items(tuple(items)))
    return Section(heading or "Links", blocks, line=line, source_text=text)
