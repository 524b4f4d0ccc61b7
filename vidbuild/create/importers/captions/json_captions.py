"""Captions in JSON: YouTube's json3, Whisper's transcripts, and lists of texts with their start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild.create.importers.captions.cues import Cue, clipped, plain
from vidbuild.create.importers.captions.timed_text import Captions
from vidbuild.create.source import json_text
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.json_types import mapping, mappings

_LISTS = ("events", "segments", "transcription")  # json3, Whisper and those that follow it, whisper.cpp
MAX_SECONDS = 1e6


def is_captions(data: object) -> bool:
    """Return whether a JSON value is of one of the forms."""
    if isinstance(data, list):
        return bool(data) and all(isinstance(each, dict) and {"text", "start"} <= each.keys() for each in data)
    if not isinstance(data, dict):
        return False
    if isinstance(data.get("events"), list):
        return "wireMagic" in data or any("tStartMs" in each for each in mappings(data["events"]))
    return any("text" in each for name in _LISTS[1:] for each in mappings(data.get(name)))


def read(text: str, source: Source) -> Captions:
    """Return the captions of a file. Raises SourceError."""
    data = json_text.parse(text, source.address)
    if not is_captions(data):
        raise SourceError(
            f"'{source.address}' has no captions: expected 'events' of json3 or 'segments' of a Whisper transcript"
        )
    if isinstance(data, list):
        return Captions([_segment(each) for each in data])
    name = next(each for each in _LISTS if isinstance(data.get(each), list))
    entries = mappings(data[name])
    language = data.get("language") or mapping(data.get("result")).get("language")
    cues = list(clipped(list(_json3(entries)))) if name == "events" else [_segment(each) for each in entries]
    return Captions([cue for cue in cues if cue.text], language=language if isinstance(language, str) else "")


def _json3(events: list[Mapping[str, Any]]) -> Iterator[Cue]:
    for event in events:
        if (text := _segments(event)).strip():
            start = _number(event.get("tStartMs")) / 1000
            yield Cue(start, start + _number(event.get("dDurationMs")) / 1000, plain(text))


def _segments(event: Mapping[str, Any]) -> str:
    parts = [each.get("utf8") for each in mappings(event.get("segs"))]
    return "".join(each for each in parts if isinstance(each, str))


def _segment(entry: Mapping[str, Any]) -> Cue:
    offsets = mapping(entry.get("offsets"))
    start = _number(entry["start"]) if "start" in entry else _number(offsets.get("from")) / 1000
    end = _number(entry["end"]) if "end" in entry else _number(offsets.get("to")) / 1000
    if "duration" in entry:
        end = start + _number(entry["duration"])
    text, speaker = entry.get("text"), entry.get("speaker")
    return Cue(
        start,
        end,
        plain(text) if isinstance(text, str) else "",
        speaker=speaker.strip() if isinstance(speaker, str) else "",
    )


def _number(value: object) -> float:
    is_time = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < MAX_SECONDS * 1000
    return float(value) if is_time and isinstance(value, int | float) else 0.0
