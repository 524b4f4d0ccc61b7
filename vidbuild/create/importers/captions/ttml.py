"""TTML, the captions of broadcasters and of streaming: XML with times at any element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from vidbuild.create.importers.captions.cues import Cue, plain
from vidbuild.create.importers.captions.timed_text import Captions
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.location import Location

MAX_DEPTH = 50
_XML = "{http://www.w3.org/XML/1998/namespace}"
_CLOCK = re.compile(r"(\d{1,6}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9})|:(\d{1,3})(?:\.\d+)?)?$")
_OFFSET = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(h|ms|m|s|f|t)$")


def read(text: str, source: Source) -> Captions:
    """Return the captions of a file. Raises SourceError."""
    if re.search(r"<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise SourceError(f"'{source.address}' declares a document type, which captions do not need")
    try:
        root = ET.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))  # noqa: S314 - entities need a document type
    except ET.ParseError as error:
        line, column = error.position
        location = Location(source.address, line, column + 1, column + 1)
        raise SourceError(f"no valid XML: {str(error).partition(':')[0]}", location) from error
    if _name(root) != "tt":
        raise SourceError(f"'{source.address}' is no TTML: its root is '{_name(root)}', not 'tt'")
    reading = _Reading(root, source)
    title = next((each.text or "" for each in root.iter() if _name(each) == "title"), "")
    cues = list(reading.cues(root, 0.0, None, "", 0))
    return Captions(cues, title=" ".join(title.split()), language=root.get(f"{_XML}lang", ""))


class _Reading:
    def __init__(self, root: ET.Element, source: Source) -> None:
        self._source = source
        self._frames = _rate(root, "frameRate", 30.0)
        self._ticks = _rate(root, "tickRate", self._frames)
        self._names = {
            each.get(f"{_XML}id", ""): " ".join("".join(name.itertext()).split())
            for each in root.iter()
            if _name(each) == "agent"
            for name in each
            if _name(name) == "name"
        }

    def cues(self, node: ET.Element, start: float, end: float | None, speaker: str, depth: int) -> Iterator[Cue]:
        """Yield the cues in an element. start, end: those of what is around it."""
        if depth > MAX_DEPTH:
            raise SourceError(f"'{self._source.address}' has elements nested deeper than {MAX_DEPTH}")
        begin, stop = self._span(node, start, end)
        agent = next((value for key, value in node.items() if key.endswith("}agent")), "")
        speaker = self._names.get(agent, speaker)
        if _name(node) == "p":
            timed = [each for each in node if self._is_timed(each)]
            if not timed:
                yield from self._cue(_text(node, 0), begin, stop, speaker)
                return
            yield from self._cue(node.text or "", begin, stop, speaker)
            for each in node:
                span = self._span(each, begin, stop)
                yield from self._cue(_text(each, 0), *span, speaker)
                yield from self._cue(each.tail or "", *span, speaker)
            return
        for each in node:
            if _name(each) not in {"head", "metadata"}:
                yield from self.cues(each, begin, stop, speaker, depth + 1)

    def _cue(self, text: str, start: float, end: float | None, speaker: str) -> Iterator[Cue]:
        # Lines of the file are no lines of the text.
        if found := plain("\n".join(" ".join(line.split()) for line in text.split("\u2028"))):
            yield Cue(start, start if end is None else end, found, speaker=speaker)

    def _is_timed(self, node: ET.Element) -> bool:
        return any(node.get(name) for name in ("begin", "end", "dur"))

    def _span(self, node: ET.Element, start: float, end: float | None) -> tuple[float, float | None]:
        begin = start + (self._time(node, "begin") or 0.0)
        stop = self._time(node, "end")
        length = self._time(node, "dur")
        if stop is not None:
            return begin, start + stop
        return begin, end if length is None else begin + length

    def _time(self, node: ET.Element, name: str) -> float | None:
        value = (node.get(name) or "").strip()
        if not value:
            return None
        if match := _CLOCK.match(value):
            hours, minutes, seconds, fraction, frames = match.groups()
            whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
            return whole + float(f"0.{fraction or 0}") + int(frames or 0) / self._frames
        if match := _OFFSET.match(value):
            unit = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "f": 1 / self._frames, "t": 1 / self._ticks}
            return float(match[1]) * unit[match[2]]
        place = f"'{name}' of the text '{plain(_text(node, 0))[:40]}'"
        raise SourceError(
            f"'{self._source.address}': {place}: expected a time such as 00:00:01.500, got '{value[:40]}'"
        )


def _rate(root: ET.Element, name: str, default: float) -> float:
    value = next((each for key, each in root.items() if key.endswith(f"}}{name}")), "")
    return float(value) if re.fullmatch(r"[1-9]\d{0,8}", value) else default


def _name(node: ET.Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _text(node: ET.Element, depth: int) -> str:
    """Return the text of an element; breaks of lines are U+2028, as line feeds are mere spaces."""
    if depth > MAX_DEPTH or _name(node) == "metadata":
        return ""
    inner = "".join(_text(each, depth + 1) + (each.tail or "") for each in node)
    return "\u2028" if _name(node) == "br" else (node.text or "") + inner
