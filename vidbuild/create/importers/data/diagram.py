"""Diagrams as text: Mermaid and DOT."""

from __future__ import annotations

import re

from vidbuild.create.source import fences, phrases
from vidbuild.create.source.outline import Outline, Section
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.location import Location

_TITLE = re.compile(r"\A\s*---\n(?:.*\n)*?title:\s*(.+?)\s*\n(?:.*\n)*?---")


def read(source: Source) -> Outline:
    """Return the one diagram of a file."""
    text = source.text()
    if not text.strip():
        raise SourceError("the file is empty", Location(source.address, 1, 1, 1))
    notation = "dot" if source.path.suffix.lower() in {".dot", ".gv"} else "mermaid"
    block = fences.diagram(text.strip("\n"), notation)
    named = _TITLE.match(text)
    title = named[1].strip("\"'") if named else phrases.title_of(source.path.stem)
    first = Section("", (block,), line=1, source_text=text, name=source.path.stem)
    return Outline(title[:1].upper() + title[1:], (first,)).named()
