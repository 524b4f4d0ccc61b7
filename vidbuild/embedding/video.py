"""A video as a page shows it: files, chapters and transcript, read from the outputs of a build."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import groupby
from pathlib import Path
from typing import Any

from vidbuild.api.embed import Embeddable
from vidbuild.embedding.settings import Settings

MAIN, POSTER, CAPTIONS, TIMING = "main", "poster", "captions", "timing"
KINDS = {"video": "video", "audio": "audio", "animation": "image"}  # of the first output -> the element that shows it
_NOTES = re.compile(r"(?<=\n\n)NOTE .*?(?:\n\n|\Z)", re.DOTALL)  # blocks of WebVTT; a spoken line may begin so
_PNG_HEAD = 24  # bytes of a PNG up to its height


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that belongs to a page. name: of the copy in the site; digest: the start of its SHA-256."""

    source: Path
    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter and what is spoken in it: paragraphs of (speaker, text). start: in seconds; "" for no title."""

    title: str
    start: float
    paragraphs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class EmbeddedVideo:
    """A video that is ready to be shown.

    kind: "video", "audio" or "image".
    folder: of its files in the site, the same on every machine.
    captions: the WebVTT text, "" if there are none.
    size: width and height in pixels, (0, 0) if unknown.
    is_older: whether it may not be that of the spec, since building was impossible.
    """

    kind: str
    title: str
    language: str
    right_to_left: bool
    media_type: str
    size: tuple[int, int]
    folder: str
    files: Mapping[str, Asset]
    captions: str
    chapters: Sequence[Chapter]
    settings: Settings
    inputs: Sequence[Path] = ()
    is_older: bool = False


def paths_of(item: Embeddable, folder: Path) -> dict[str, Path]:
    """Return the files that a page needs of a video whose outputs are in a folder. The first is the video."""
    first = next(iter(item.files))
    wanted = {MAIN: first, POSTER: "poster", CAPTIONS: "captions", TIMING: "timing"}
    return {
        name: folder / f"{item.name}{item.files[kind]}"
        for name, kind in wanted.items()
        if kind in item.files and (name == MAIN or kind != first)
    }


def read(item: Embeddable, paths: Mapping[str, Path], folder: str, settings: Settings) -> EmbeddedVideo:
    """Read what a page shows of a video. Raises OSError and ValueError if an output cannot be read."""
    captions = paths[CAPTIONS].read_text(encoding="utf-8") if CAPTIONS in paths else ""
    has_captions = settings.captions != "none" and "-->" in captions
    timing = json.loads(paths[TIMING].read_text(encoding="utf-8")) if TIMING in paths else {"scenes": []}
    used = (MAIN, POSTER, *([CAPTIONS] if has_captions else []))
    return EmbeddedVideo(
        kind=KINDS[next(iter(item.files))],
        title=settings.title or item.title,
        language=item.language,
        right_to_left=item.right_to_left,
        media_type=item.media_type,
        size=item.size if all(item.size) else _size_of(paths.get(POSTER)),
        folder=folder,
        files={name: _asset(paths[name]) for name in used if name in paths},
        captions=_NOTES.sub("", captions).strip() if has_captions else "",
        chapters=tuple(_chapters(timing["scenes"], item.titles)) if TIMING in paths else _spoken(captions),
        settings=settings,
        inputs=item.inputs,
    )


def _asset(path: Path) -> Asset:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Asset(path, path.name, digest[:12])


def _size_of(poster: Path | None) -> tuple[int, int]:
    """Return the size of a PNG; (0, 0) without one."""
    if poster is None:
        return (0, 0)
    with poster.open("rb") as file:
        head = file.read(_PNG_HEAD)
    return (int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big"))


def _chapters(scenes: Sequence[Mapping[str, Any]], titles: Mapping[str, str]) -> Iterator[Chapter]:
    """Yield the chapters: a scene without a title belongs to the one before it."""
    title, start, spoken = "", 0.0, list[tuple[str, str]]()
    begun = False
    for scene in scenes:
        if scene["id"] in titles or not begun:
            if begun:
                yield Chapter(title, start, spoken)
            title, start, spoken = titles.get(scene["id"], ""), scene["start"], []
            begun = True
        spoken = [*spoken, *_paragraphs(scene)]
    if begun:
        yield Chapter(title, start, spoken)


def _spoken(captions: str) -> tuple[Chapter, ...]:
    """Return what captions have as one chapter: audio has no file with the times of scenes."""
    blocks = (block.partition("-->")[2].split("\n")[1:] for block in captions.split("\n\n"))
    lines = (unescape(line).removeprefix("- ") for block in blocks for line in block)
    text = " ".join(line.strip() for line in lines if line.strip())
    return (Chapter("", 0, [("", text)]),) if text else ()


def _paragraphs(scene: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is spoken in a scene, by speaker; what one says in a row is one paragraph."""
    words = scene["words"]
    whole = [{"speaker": "", "words": len(words)}]
    first = 0
    for speaker, turns in groupby(scene.get("utterances", whole), lambda each: str(each["speaker"])):
        last = first + sum(each["words"] for each in turns)
        text = "".join(word["text"] if word.get("joined") else f" {word['text']}" for word in words[first:last])
        if text := text.replace("\u00ad", "").strip():
            yield speaker, text
        first = last
