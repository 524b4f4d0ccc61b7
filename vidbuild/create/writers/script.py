"""The script that a writer gives: its schema, and how an answer is read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vidbuild.json_types import Json

MAX_SCENES = 60
MAX_PROBLEMS = 6  # that are reported
MAX_SHOWN = 60  # characters of a value in a message
_FENCE = re.compile(r"```[\w-]*\s*\n(.*?)\n?\s*```", re.DOTALL)
_WHOLE_FENCE = re.compile(r"\s*```[\w-]*\s*\n(.*?)\n?\s*```\s*", re.DOTALL)
_BULLET = re.compile(r"^(?:[-*\u2022\u2013]|\d+[.)])(?:\s+|\Z)")
_MARK = re.compile(r"^#+\s+")  # of a heading in Markdown
_CUE = re.compile(r"\s*\[\[(?:step-\d+|pause [^\]]*)\]\]")  # which the composer writes itself
_THOUGHT = re.compile(r"\A\s*<(think|thinking|thought)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _text(most: int, description: str, *, least: int = 0) -> dict[str, Any]:
    return {"type": "string", "minLength": least, "maxLength": most, "description": description}


def _texts(most: int, longest: int, description: str) -> dict[str, Any]:
    items = {"type": "string", "minLength": 1, "maxLength": longest}
    return {"type": ["array", "null"], "maxItems": most, "items": items, "description": description}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"]}


SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "scenes"],
    "properties": {
        "title": _text(120, "The video's title.", least=1),
        "scenes": {
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_SCENES,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["heading", "narration"],
                "properties": {
                    "heading": _text(120, "What a viewer reads above the scene, at most 8 words.", least=1),
                    "narration": _text(4000, "What is spoken, in whole sentences.", least=1),
                    "points": _texts(8, 200, "Up to 5 short points that the scene shows; null if it has code or none."),
                    "code": _or_null(_text(6000, "Code or commands that the scene shows; null if there are none.")),
                    "language": _or_null(_text(40, "The language of the code, such as python or bash; else null.")),
                    "section": _or_null(_text(400, "The section of the source that the scene is about; else null.")),
                    "search_terms": _texts(8, 80, "Up to 3 terms to find footage for the scene."),
                },
            },
        },
    },
}


def sent(schema: Mapping[str, Any] = SCHEMA) -> dict[str, Any]:
    """Return a schema in the subset that every server accepts: without limits, and with all properties required."""
    kept = {name: value for name, value in schema.items() if name in {"type", "description", "additionalProperties"}}
    if "properties" in schema:
        kept["properties"] = {name: sent(value) for name, value in schema["properties"].items()}
        kept["required"] = list(schema["properties"])
    if "items" in schema:
        kept["items"] = sent(schema["items"])
    return kept


@dataclass(frozen=True, slots=True)
class ScriptScene:
    """A scene as a writer gives it. section: of the source, in the writer's words; "" if it names none."""

    heading: str
    narration: str
    points: tuple[str, ...] = ()
    code: str = ""
    language: str = ""
    section: str = ""
    search_terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """A whole video as a writer gives it."""

    title: str
    scenes: tuple[ScriptScene, ...]


class ScriptError(Exception):
    """An answer that is no script. problems: what is wrong, each with its place in the answer."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(problems[0])
        self.problems = problems


def read(text: str) -> Script:
    """Return the script of an answer. Raises ScriptError if it has none, or one that does not fit the schema."""
    data = _clean(_found(text))
    if problems := list(_problems(data)):
        raise ScriptError(problems[:MAX_PROBLEMS])
    return Script(_line(data["title"]), tuple(map(_scene, data["scenes"])))


def _scene(data: Mapping[str, Any]) -> ScriptScene:
    points = tuple(filter(_is_visible, (_BULLET.sub("", _line(each)) for each in data.get("points") or ())))
    terms = tuple(map(_line, data.get("search_terms") or ()))
    code = (data.get("code") or "").expandtabs(4)
    code = (fenced[1] if (fenced := _WHOLE_FENCE.fullmatch(code)) else code).strip("\n")
    language, section = (_line(data.get(name) or "") for name in ("language", "section"))
    narration = _line(_CUE.sub("", data["narration"]))
    return ScriptScene(_line(_MARK.sub("", data["heading"])), narration, points, code, language, section, terms)


def _found(text: str) -> Json:
    """Return the JSON of an answer: all of it, what a fence holds, or from the first brace to the last one."""
    text = _THOUGHT.sub("", text).strip()
    fenced = _FENCE.search(text)
    braces = text[text.find("{") : text.rfind("}") + 1]
    error: ValueError | RecursionError | None = None
    for candidate in (text, fenced[1] if fenced else "", braces):
        if candidate.lstrip().startswith("{"):
            try:
                return json.loads(candidate, strict=False)
            except (ValueError, RecursionError) as failed:
                error = error or failed
    if isinstance(error, json.JSONDecodeError):
        raise ScriptError([f"line {error.lineno}: no valid JSON: {error.msg[:1].lower()}{error.msg[1:]}"])
    if error:
        raise ScriptError(["no valid JSON: numbers or nesting beyond all limits"])
    raise ScriptError([f"expected a JSON object, got {_shown(text)}"])


def _problems(data: Json) -> Iterator[str]:
    """Yield what does not fit the schema, and texts that say nothing."""
    from jsonschema import Draft202012Validator

    for error in sorted(Draft202012Validator(SCHEMA).iter_errors(data), key=lambda each: list(map(str, each.path))):
        yield f"{_place(error.absolute_path)}: {_message(error)}"
    if not isinstance(data, dict) or not isinstance(data.get("scenes"), list):
        return
    title = data.get("title")
    if isinstance(title, str) and title and not any(map(str.isalnum, title)):
        yield f"title: expected words, got {_shown(title)}"
    for index, scene in enumerate(data["scenes"]):
        for name in ("heading", "narration"):
            value = scene.get(name) if isinstance(scene, dict) else None
            if isinstance(value, str) and value and not any(map(str.isalnum, value)):
                yield f"scenes[{index}].{name}: expected words, got {_shown(value)}"


def _message(error: Any) -> str:  # noqa: ANN401 - jsonschema has no types of its own
    """Return what is wrong in words, without the whole value."""
    limit, value = error.validator_value, error.instance
    match error.validator:
        case "type":
            wanted = " or ".join([limit] if isinstance(limit, str) else limit)
            return f"expected {wanted}, got {_shown(value)}"
        case "required":
            return f"{', '.join(repr(each) for each in limit if each not in value)} missing"
        case "additionalProperties":
            known = error.schema["properties"]
            return f"unknown: {', '.join(_shown(each) for each in value if each not in known)}"
        case "maxLength":
            return f"expected at most {limit} characters, got {len(value)}"
        case "maxItems":
            return f"expected at most {limit} entries, got {len(value)}"
        case _:
            return "expected at least one" if error.validator == "minItems" else "expected text, got ''"


def _place(path: Iterable[str | int]) -> str:
    place = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in path)
    return place.lstrip(".") or "the answer"


def _shown(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else repr(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def _clean(data: Json) -> Json:
    """Return data whose texts have no control characters and no half of a surrogate pair."""
    match data:
        case str():
            return _CONTROL.sub("", data.replace("\r\n", "\n").replace("\r", "\n"))
        case list():
            return [_clean(each) for each in data]
        case dict():
            return {_CONTROL.sub("", name): _clean(value) for name, value in data.items()}
        case _:
            return data


def _is_visible(text: str) -> bool:
    return any(each.isprintable() and not each.isspace() for each in text)


def _line(text: str) -> str:
    return " ".join(text.split())
