"""Reads which lints a spec switches off, for all of it or for a scene, and leaves out their warnings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.lints import lints
from vidbuild.location import Location
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Document, Path, field_name
from vidbuild.suggest import did_you_mean

FIELD = "lint"
_HINT = "'vidbuild lints' lists the codes"


def check(collector: DiagnosticCollector) -> None:
    """Add an error for each code that is unknown, or that no spec can switch off."""
    known = lints()
    of_specs = {code: each for code, each in known.items() if not each.always}
    for place, codes in _fields(collector.document.data).items():
        for code in codes:
            path = (*place, FIELD, code)
            if code not in known:
                hint = (
                    did_you_mean(code, of_specs)
                    or did_you_mean(code, {each.name for each in of_specs.values()})
                    or _HINT
                )
                named = next((each.code for each in known.values() if each.name == code.lower()), None)
                hint = f"write {named}" if named else hint
                collector.error(path, f"unknown lint '{code}'", hint, key=True)
            elif known[code].always:
                message = f"lint '{code}' ({known[code].name}) cannot be switched off: it is not about the spec"
                collector.error(path, message, "remove it", key=True)


def codes(data: object, scene: int | None = None) -> tuple[str, ...]:
    """Return the codes that a spec switches off: for all of it, or for the scene with this index.

    data: the spec as JSON values, which can be invalid.
    """
    if scene is None:
        return _off(_field(data))
    scenes = data.get("scenes") if isinstance(data, Mapping) else None
    return _off(_field(scenes[scene])) if isinstance(scenes, list) and scene < len(scenes) else ()


def shown(document: Document, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the diagnostics without the warnings that the document switches off."""
    off = {place: _off(found) for place, found in _fields(document.data).items()}
    if not off:
        return list(diagnostics)
    return [each for each in diagnostics if not _is_off(each, document, off)]


def _off(found: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(code for code, value in found.items() if value == "off"))


def _is_off(item: Diagnostic, document: Document, off: Mapping[Path, tuple[str, ...]]) -> bool:
    if item.severity != "warning" or not item.code:
        return False
    return item.code in off.get((), ()) or any(
        item.code in found and place and _is_within(item.location, place, document) for place, found in off.items()
    )


def _is_within(location: Location | None, place: Path, document: Document) -> bool:
    """Return whether a location is in the scene at a place."""
    if location is None:
        return False
    if not location.line:
        return f"{location.file}.".startswith((f"{field_name(place)}.", f"{field_name(place)}["))
    starts = {path: where for path, where in document.values.items() if len(path) == len(place) and path[0] == place[0]}
    starts |= {path: where for path, where in document.keys.items() if len(path) == 1}
    before = [
        (where.line, where.column, path)
        for path, where in starts.items()
        if where.file == location.file and (where.line, where.column) <= (location.line, location.column)
    ]
    return bool(before) and max(before, key=lambda each: each[:2])[2] == place


def _fields(data: object) -> dict[Path, Mapping[str, Any]]:
    """Return the mappings `lint` of a spec by what they are about: () or ("scenes", index)."""
    if not isinstance(data, Mapping):
        return {}
    scenes = data.get("scenes")
    places: dict[Path, object] = {(): data}
    places.update({("scenes", index): each for index, each in enumerate(scenes if isinstance(scenes, list) else ())})
    return {place: found for place, each in places.items() if (found := _field(each))}


def _field(owner: object) -> Mapping[str, Any]:
    """Return the mapping `lint` of a spec or a scene, empty if it has none."""
    # Not `isinstance(..., Mapping)`, which takes ten times as long: all that YAML or JSON gives is a dict.
    found = owner.get(FIELD) if isinstance(owner, dict) else None
    return {code: value for code, value in found.items() if isinstance(code, str)} if isinstance(found, dict) else {}
