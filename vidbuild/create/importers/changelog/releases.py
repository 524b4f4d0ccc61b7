"""Releases as GitHub's API gives them: one, or a list of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from vidbuild.create.importers.changelog import changes
from vidbuild.create.importers.changelog.changes import Version
from vidbuild.create.importers.markdown import outline_of
from vidbuild.create.source import json_text
from vidbuild.create.source.outline import Omission, Outline, Prose, Section
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.json_types import Json

MAX_RELEASES = 200


def are(source: Source) -> bool:
    """Return whether a JSON file has releases."""
    try:
        return bool(_entries(json_text.load(source)))
    except SourceError:
        return False


def read(source: Source) -> Outline:
    """Return a section for each release. Raises SourceError if the file has none."""
    entries = _entries(json_text.load(source))
    if not entries:
        raise SourceError(
            f"'{source.address}' has no release: expected 'tag_name' and 'body', as GitHub's API gives them",
            hint=f"read it as data: --from data:{source.address}",
        )
    omissions: list[Omission] = []
    versions = [_version(each, source, omissions) for each in entries[:MAX_RELEASES]]
    if len(entries) > MAX_RELEASES:
        omissions.append(Omission(f"{len(entries) - MAX_RELEASES} older releases"))
    title = versions[0].section.heading
    return Outline(title, omissions=tuple(omissions), **changes.video_of(versions)).named()


def _entries(data: Json) -> list[Mapping[str, Json]]:
    entries = data if isinstance(data, list) else [data]
    if not all(isinstance(each, dict) and isinstance(each.get("tag_name"), str) and "body" in each for each in entries):
        return []
    return [each for each in entries if _text(each, "name") or _text(each, "tag_name")]


def _text(entry: Mapping[str, Any], field: str) -> str:
    value = entry.get(field)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _version(entry: Mapping[str, Any], source: Source, omissions: list[Omission]) -> Version:
    tag = _text(entry, "tag_name")
    name = _text(entry, "name") or tag
    body = entry["body"] if isinstance(entry["body"], str) else ""
    text = re.sub(r"\A\s*---", "", body.replace("\r\n", "\n"))  # a line, no front matter
    outline = outline_of(text, source)
    omissions += [Omission(each.what) for each in outline.omissions]
    parts = list(_unlocated(outline))
    first = parts.pop(0) if parts and not parts[0].heading else None
    date = _text(entry, "published_at")[:10]
    blocks = (*([Prose(date)] if date else []), *(first.blocks if first else ()))
    own = Section(name, blocks, source_text=f"{name}\n{date}\n{first.source_text if first else ''}")
    below = tuple(replace(each, parents=(name, *each.parents)) for each in parts)
    is_released = not entry.get("draft") and not entry.get("prerelease")
    return Version(own, below, is_released)


def _unlocated(outline: Outline) -> Iterator[Section]:
    """Yield the sections of a release's text, which has no lines of its own in the file."""
    for section in outline.sections:
        yield replace(section, line=0, name="")
