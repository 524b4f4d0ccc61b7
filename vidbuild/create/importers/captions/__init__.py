"""Captions of a talk or a video: what is said, in scenes."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from vidbuild.create.source import json_text, phrases
from vidbuild.create.source.outline import Outline
from vidbuild.create.source.protocol import Source, SourceError

MAX_CUES = 50_000
_LANGUAGE = re.compile(r"\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)$")
_VIDEO_ID = re.compile(r"\s*\[[\w-]{11}\]$")


class CaptionsImporter:
    """Chapters by pauses and topic."""

    name = "captions"
    summary = "captions of a talk: WebVTT, SubRip, SBV, TTML, SubStation Alpha, YouTube's json3, Whisper's JSON"
    endings: Collection[str] = (
        ".vtt", ".srt", ".sbv", ".ttml", ".dfxp", ".itt", ".ass", ".ssa", ".json3", ".json",
    )  # fmt: skip
    network = False

    def recognizes(self, source: Source) -> bool:
        """Only some JSON files are captions."""
        if source.path.suffix.lower() != ".json" or source.kind == self.name:
            return True
        from vidbuild.create.importers.captions import json_captions

        try:
            return json_captions.is_captions(json_text.load(source))
        except SourceError:
            return False

    def read(self, source: Source) -> Outline:
        """Return the chapters of captions."""
        from vidbuild.create.importers.captions import json_captions, substation, talk, timed_text, ttml

        readers = {
            ".ass": substation.read, ".ssa": substation.read, ".json": json_captions.read, ".json3": json_captions.read,
            ".ttml": ttml.read, ".dfxp": ttml.read, ".itt": ttml.read,
        }  # fmt: skip
        text = source.text()
        captions = readers.get(source.path.suffix.lower(), timed_text.read)(text, source)
        if len(captions.cues) > MAX_CUES:
            raise SourceError(f"'{source.address}' has {len(captions.cues)} cues: the maximum is {MAX_CUES}")
        if not captions.cues:
            raise SourceError(f"'{source.address}' has no captions with a text")
        title, language = _named(source.path)
        return talk.outline(captions, title, captions.language or language)


def _named(path: Path) -> tuple[str, str]:
    """Return the title and the language that a file's name says, as in 'On caching [8jPQjjsBbIc].en.vtt'."""
    stem = path.stem.removesuffix("-orig")
    match = _LANGUAGE.search(stem)
    name = _VIDEO_ID.sub("", stem[: match.start()] if match else stem)
    if " " in name:  # its hyphens are those of words
        name = " ".join(re.split(r"[_\s]+", name)).strip()
        return name[:1].upper() + name[1:] or path.stem, match[1] if match else ""
    return phrases.title_of(name or path.stem), match[1] if match else ""
