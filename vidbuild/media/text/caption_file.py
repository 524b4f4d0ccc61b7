"""The captions of a video as JSON, for the steps that show them otherwise than in a caption file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from vidbuild.media.text.caption_rules import Caption

NAME = "captions.json"


def write(folder: Path, captions: Iterable[Caption]) -> None:
    """Write captions.json: times in samples at 48 kHz from the start of the video."""
    listed = [
        {"start": each.start, "end": each.end, "lines": list(each.lines), "speaker": each.speaker} for each in captions
    ]
    (folder / NAME).write_text(json.dumps(listed, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def read(file: Path) -> list[Caption]:
    """Return the captions of a captions.json."""
    listed = json.loads(file.read_text(encoding="utf-8"))
    return [Caption(tuple(each["lines"]), each["start"], each["end"], each["speaker"]) for each in listed]
