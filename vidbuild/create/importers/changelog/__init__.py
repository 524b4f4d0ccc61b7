"""What is new in a version: a changelog as keepachangelog.com describes it, or releases as GitHub's API gives them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from vidbuild.create.importers.changelog import changes, releases
from vidbuild.create.importers.changelog.changes import Version
from vidbuild.create.importers.markdown import outline_of
from vidbuild.create.source.outline import Outline, Prose, Section
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.location import Location

_NAMES = re.compile(r"(?:.*[-_.])?(?:changelog|changes|history|news|release[-_ ]?notes?)", re.IGNORECASE)
# "[1.2.0] - 2026-02-19", "v1.2", "Version 1.2 (2026-02-19)", "acme 2.0".
_VERSION = re.compile(
    r"(?:\[?(?:version |release |[\w.-]+ )?\[?v?(?P<number>\d+(?:\.\d+)+[\w.+-]*|\d{4}-\d\d-\d\d)\]?)"
    r"(?:\s*[-\u2013—(:,/]*\s*(?P<date>\d{4}-\d\d-\d\d|[^\W\d]+ \d{1,2},? \d{4}|\d{1,2}\.? [^\W\d]+ \d{4})?\)?)"
    r"(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_UNRELEASED = re.compile(r"\[?unreleased\]?.*", re.IGNORECASE)


class ChangelogImporter:
    """A section for each version, and below it one for each kind of change."""

    name = "changelog"
    summary = "a changelog, releases of GitHub's API as JSON, or a range of a git repository (v1.0..v1.1)"
    endings: Collection[str] = (".md", ".markdown", ".txt", "", ".json")
    network = False

    def recognizes(self, source: Source) -> bool:
        """A file named like a changelog, or JSON of a release; with the kind given, every file."""
        if source.kind == self.name:
            return True
        if source.path.suffix.lower() == ".json":
            return releases.are(source)
        return bool(_NAMES.fullmatch(source.path.stem)) and any(_versions(outline_of(source.text(), source)))

    def read(self, source: Source) -> Outline:
        """Return all versions; the newest one is what a video is about."""
        if source.path.suffix.lower() == ".json":
            return releases.read(source)
        outline = outline_of(source.text(), source)
        versions = list(_versions(outline))
        if not versions:
            expected = "expected headings such as '## [1.2.0] - 2026-02-19'"
            raise SourceError(
                f"no version: {expected}",
                Location(source.address, 1, 1, 1),
                hint=f"read it as a document: --from document:{source.address}",
            )
        return replace(outline, **changes.video_of(versions), description="").named()


def _versions(outline: Outline) -> Iterator[Version]:
    """Yield the versions, in the order of the file."""
    found = [(each, match) for each in outline.sections if (match := _match(each))]
    if not found:
        return
    level = min(len(each.parents) for each, _ in found)
    marks = {id(each): match for each, match in found if len(each.parents) == level}
    current: tuple[Section, re.Match[str]] | None = None
    parts: list[Section] = []
    for section in outline.sections:
        if len(section.parents) <= level:
            if current is not None:
                yield _version(*current, parts)
            current = (section, marks[id(section)]) if id(section) in marks else None
            parts = []
        elif current is not None:
            parts.append(section)
    if current is not None:
        yield _version(*current, parts)


def _match(section: Section) -> re.Match[str] | None:
    plain = section.heading.replace("`", "").replace("**", "").strip()
    return _UNRELEASED.fullmatch(plain) or _VERSION.fullmatch(plain)


def _version(section: Section, match: re.Match[str], parts: list[Section]) -> Version:
    groups = match.groupdict()
    number = groups.get("number") or "Unreleased"
    date = groups.get("date") or ""
    blocks = (*([Prose(date)] if date else []), *section.blocks)
    is_released = number != "Unreleased" and "yanked" not in (groups.get("rest") or "").lower()
    return Version(replace(section, heading=number, blocks=blocks), tuple(parts), is_released)
