"""Suggests what the author of an invalid value probably intended, from how it is written."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath

from vidbuild.json_types import Json
from vidbuild.location import Location
from vidbuild.patterns import later
from vidbuild.spec import cut_text, schema, value_shapes
from vidbuild.spec.diagnostics import split_lines
from vidbuild.spec.document import Document, Path
from vidbuild.spec.output import LARGEST, SMALLEST

BRACKETS = "put quotes around text that starts with '[['"
COLON = "put quotes around text with ': ' in it"
_COMMENT = later(r"""["']?\s*:?\s*(#\S.*)""")
_NUMBER = later(r"([-+]?[0-9]+(?:\.[0-9]+)?)\s*(s|sec|secs|seconds?|ms|px|fps|deg|\u00b0|%|)", re.IGNORECASE)
_FACTOR = later(r"([-+]?[0-9]{1,3}(?:\.[0-9]{1,9})?)\s*[%x\u00d7]?", re.IGNORECASE)
MAX_FACTOR = 10  # numbers below are factors where a percentage is wanted
_HEX = later(r"[0-9a-f]{3}|[0-9a-f]{6}", re.IGNORECASE)
_SIZE = later(r"([0-9]{2,4})\s*[x\u00d7*]\s*([0-9]{2,4})", re.IGNORECASE)
_HEIGHTS = {"144p": "256x144", "240p": "426x240", "360p": "640x360", "480p": "854x480", "540p": "960x540"}
_CUE = later(r"\[\[[^\[\],:]*\]")
_IMAGE = later(r"\.(?:png|jpe?g|webp|avif|svg|gif)$", re.IGNORECASE)
_CLOCK = later(r"(?:([0-9]{1,2}):)?([0-9]{1,2}):([0-5][0-9](?:\.[0-9]+)?)")


def hint(document: Document, path: Path) -> str | None:
    """Return a hint on how to write the value at a path, or None."""
    value = value_of(document.data, path)
    if value is None:
        return _empty(document, path)
    if quotes := _unquoted(document, path, value):
        return quotes
    span, written = document.spans.get(path), as_written(document, path)
    if span and "{{" in document.text[span.start : span.end]:
        return None
    allowed = list(schema.allowed(path, document.data))
    if isinstance(value, Mapping | list):
        is_text = isinstance(value, Mapping) and allowed and all(node.get("x-text") for node in allowed)
        return _by_language(value, document.data) if is_text else value_shapes.hint(value, path, allowed)
    if percent := _percent(value if isinstance(value, str) else written, allowed):
        return f"write {percent}, since '{path[-1]}' is in percent"
    return _rewritten(value, path, allowed) if isinstance(value, str) else value_shapes.wrapped(written, path, allowed)


def _by_language(value: Mapping[str, Json] | list[Json], data: object) -> str | None:
    """Return a hint about a mapping from language to text that no language of the spec explains."""
    known = data.get("languages") if isinstance(data, Mapping) else None
    if not known:
        tags = [key for key in value if schema.is_language_tag(key)]
        return f"add 'languages: [{', '.join(tags)}]' to the spec" if tags and len(tags) == len(value) else None
    languages = [str(each) for each in known] if isinstance(known, list) else []
    unknown = next((str(key) for key in value if key not in languages), None)
    return f"'{unknown}' is not in 'languages': expected {', '.join(languages)}" if unknown else None


def reading(value: str) -> str | None:
    """Return how to turn the reading off or on, for a value that is meant so."""
    if value.casefold() in {"off", "no", "none", "false", "0"}:
        return "write 'reading: verbatim' to have narrations spoken as they are written"
    if value.casefold() in {"on", "yes", "true", "1", "default", "auto"}:
        return "remove it: narrations are read by default"
    return None


def size(value: str) -> str | None:
    """Return a hint on how to write a size of the video that is written in another usual form."""
    if (value := value.strip().lower()) in _HEIGHTS:
        return f"write {_HEIGHTS[value]}"
    if not (sides := _SIZE.fullmatch(value)):
        return None
    width, height = (int(side) + int(side) % 2 for side in sides.groups())
    return f"write {width}x{height}" if all(SMALLEST <= side <= LARGEST for side in (width, height)) else None


def scene_id(value: str) -> str | None:
    """Return a hint on how to write a text as the id of a scene."""
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return f"write {made}" if made and not made.isdigit() else None


def brand(value: str, path: Path) -> str | None:
    """Return a hint for a field with the path of a brand's file instead of its name."""
    name, is_brand = PurePosixPath(value).stem, path in {("brand",), ("brand", "name"), ("extends",)}
    return f"write {name}" if is_brand and name and value.endswith((".yaml", ".yml")) else None


def as_written(document: Document, path: Path) -> str:
    """Return a plain scalar of one line as it is written; "" for any other value."""
    span = document.spans.get(path)
    written = document.text[span.start : span.end].strip() if span else ""
    return "" if "\n" in written or written[:1] in {'"', "'", "|", ">"} else written


def _unquoted(document: Document, path: Path, value: Json) -> str | None:
    """Return a hint about a text that YAML reads as a list or a mapping, since it is not in quotes."""
    if isinstance(value, list) and _in_two_brackets(document, document.value(path)):
        return BRACKETS
    return COLON if is_colon(document, path) else None


def _empty(document: Document, path: Path) -> str | None:
    """Return how to write a value that YAML reads as empty: after '#', or a word such as null."""
    written = as_written(document, path)
    if written:
        takes_text = any(value_shapes.takes_text(node) for node in schema.allowed(path, document.data))
        return f'write "{written}"' if takes_text else None
    key, span = document.keys.get(path), document.spans.get(path)
    after = _after(document, key) if key else document.text[span.start :].partition("\n")[0] if span else ""
    comment = _COMMENT.match(after)
    return f"write {json.dumps(_uncommented(comment[1]))}, since '#' starts a comment" if comment else None


def location(document: Document, path: Path) -> Location:
    """Return the location of a value, or of its key if the value is empty."""
    value, key, span = document.value(path), document.keys.get(path), document.spans.get(path)
    if key is None and span is not None and value_of(document.data, path) is None:
        rest = document.text[span.start :].partition("\n")[0]
        start = span.start + len(rest) - len(rest.lstrip())
        return document.range(start, span.start + len(rest)) if rest.lstrip().startswith("#") else value
    if key is None or not key.line or value_of(document.data, path) is not None:
        return value
    return key if key.line < value.line or not _at(document, value)[:1].strip(" \t#") else value


def is_colon(document: Document, path: Path) -> bool:
    """Return whether an entry of a list is a mapping only because its text has a ': '."""
    value = value_of(document.data, path)
    if not path or not isinstance(path[-1], int) or not isinstance(value, Mapping) or len(value) != 1:
        return False
    if _at(document, document.value(path))[:1] in {"{", ""}:
        return False
    allowed = list(schema.allowed(path, document.data))
    known = {name for node in allowed for name in node.get("properties", ())}
    return any(node.get("type") == "string" for node in allowed) and not known & set(value)


def comma(document: Document, path: Path) -> str | None:
    """Return a hint about a key that is a piece of the text before it, which a comma in braces cuts."""
    parent, key = value_of(document.data, path[:-1]), document.spans.get(path)
    if not isinstance(parent, Mapping) or key is None or key.start < key.end:
        return None
    spans = [(each, document.spans.get(each)) for each in ((*path[:-1], name) for name in parent)]
    before = [(each, span) for each, span in spans if span and span.start < span.end < key.start]
    if not before or not any(node.get("type") == "string" for node in schema.allowed(before[-1][0], document.data)):
        return None
    return cut_text.hint(document.text, before[-1][1].start, key.start)


def _rewritten(value: str, path: Path, allowed: list[schema.Schema]) -> str | None:
    kinds = {node.get("type") for node in allowed}
    number = _NUMBER.fullmatch(value.strip())
    if kinds & {"number", "integer"} and _CLOCK.fullmatch(value.strip()):
        return seconds(value)
    if any("image" in node.get("properties", {}) for node in allowed) and _IMAGE.search(value):
        return f"write {{image: {value_shapes.flow_text(value)}}}"
    if any(node.get("format") == "color" for node in allowed) and (color := _color(value)):
        return f'write "{color}"'
    if number and (
        kinds & {"number", "integer"} or any(number[1] in map(str, node.get("enum", ())) for node in allowed)
    ):
        return f"write {_number(number, allowed)}"
    return value_shapes.wrapped(value, path, allowed)


def _number(found: re.Match[str], allowed: list[schema.Schema]) -> str:
    """Return a number without its unit: milliseconds as seconds, and percent as a share of a field that wants one."""
    is_share = found[2] == "%" and any(node.get("maximum", MAX_FACTOR) < MAX_FACTOR for node in allowed)
    divisor = 1000 if found[2].lower() == "ms" else 100 if is_share else 1
    return found[1] if divisor == 1 else f"{float(found[1]) / divisor:.10g}"


def seconds(value: str) -> str | None:
    """Return how to write a time that is written as a clock shows it, or with a unit."""
    if clock := _CLOCK.fullmatch(value.strip()):
        time = 3600 * int(clock[1] or 0) + 60 * int(clock[2]) + float(clock[3])
        return f"write {round(time, 3):.10g}, since times are in seconds"
    number = _NUMBER.fullmatch(value.strip())
    return f"write {number[1]}, since times are in seconds" if number and number[2].lower()[:1] in {"", "s"} else None


def _percent(value: str, allowed: list[schema.Schema]) -> int | None:
    """Return a factor (1.1) or a signed difference (+10%) as a percentage, for a field that wants one."""
    nodes = [node for node in allowed if node.get("type") == "integer" and "percent" in node.get("description", "")]
    written = _FACTOR.fullmatch(value.strip()) if nodes else None
    if written is None:
        return None
    number = float(written[1])
    if written[1][0] in "-+":
        percent = round(100 + number)
    else:
        percent = round(100 * number) if number < MAX_FACTOR else round(number)
    return next((percent for node in nodes if node["minimum"] <= percent <= node["maximum"]), None)


def _color(name: str) -> str | None:
    """Return the color of a CSS name, without transparency."""
    from PIL import ImageColor

    try:
        red, green, blue = ImageColor.getrgb(f"#{name}" if _HEX.fullmatch(name) else name)[:3]
    except ValueError:
        return None
    return f"#{red:02x}{green:02x}{blue:02x}"


def _uncommented(text: str) -> str:
    """Return the intended value, without a comment after it."""
    return re.split(r"\s#", text)[0].strip()


def value_of(data: object, path: Path) -> Json:
    """Return the value at a path, or an ellipsis if there is none."""
    for part in path:
        found: Json = ...
        if isinstance(data, Mapping):
            found = data.get(part, ...)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            found = data[part]
        data = found
    return data


def _in_two_brackets(document: Document, location: Location) -> bool:
    """Return whether a list begins with `[[`, or is the one within the outer bracket, as a cue without quotes is."""
    start = location.column - 1 - _line(document, location)[: location.column - 1].endswith("[") if location.line else 0
    return bool(location.line and _CUE.match(_line(document, location), start))


def _at(document: Document, location: Location) -> str:
    """Return the rest of a line from a location on."""
    return _line(document, location)[location.column - 1 :] if location.line else ""


def _after(document: Document, location: Location | None) -> str:
    """Return the rest of a line after a location."""
    return _line(document, location)[location.end_column - 1 :] if location and location.line else ""


def _line(document: Document, location: Location) -> str:
    return split_lines(document.text_of(location))[location.line - 1]
