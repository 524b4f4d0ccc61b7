"""The file of translations in a project, `i18n/LANGUAGE.yaml`: scene id -> field -> {source, text}.

An update changes what it must, by lines: comments, order and the form of every translation stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from vidbuild.i18n import yaml_lines
from vidbuild.i18n.catalog import CatalogError, Entry, Name, Unit
from vidbuild.i18n.yaml_lines import Edit, Field
from vidbuild.written_float import WrittenFloat

GONE = "x-gone"  # the reader of specs ignores keys that begin with x-
_SEPARATOR = re.compile("[\x85\u2028\u2029]")  # ends of lines in YAML that only escapes keep
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_NOW = "# changed, now: "
_GONE_NOTE = "# Texts that the spec no longer has."


def read(text: str, name: str = "") -> dict[Name, Entry]:
    """Return the translations of a file, without those that are gone. Raises CatalogError."""
    return {(scene, field): entry for (top, scene, field), entry in _all(text, name).items() if not top}


def header(spec: str, language: str) -> str:
    """Return the beginning of a new file."""
    return (
        f"# Translations of {spec} into '{language}': `text` is the translation, `source` what it was made from.\n"
        "# Where a comment has a changed source, translate again, delete the line `source`, and run\n"
        "# 'vidbuild i18n extract'.\n"
    )


def updated(text: str, units: Sequence[Unit], name: str = "", *, shared: bool = False) -> str:
    """Return a file's text with all units of a spec, and those that it no longer has at the end.

    shared: whether the file has texts of other specs too, so that none is known to be gone.
    A unit's text and `was` are what its entry gets if there is none; an entry keeps its own translation.
    Raises CatalogError for a file whose lines cannot be edited.
    """
    return _applied(text, units, name, replace=False, shared=shared)


def replaced(text: str, units: Sequence[Unit], name: str = "", *, shared: bool = False) -> str:
    """Return the same with the translations of the units, whatever the file had."""
    return _applied(text, units, name, replace=True, shared=shared)


def _applied(text: str, units: Sequence[Unit], name: str, *, replace: bool, shared: bool) -> str:
    before = _all(text, name)
    page = yaml_lines.Page(text, name)
    gone = _returning(before, units)
    text = page.applied(_remove_gone(page, gone))
    page = yaml_lines.Page(text, name)
    expected = {key: entry for key, entry in before.items() if key not in gone}
    edits: list[Edit] = []
    wanted = {(unit.scene, unit.field): unit for unit in units}
    for (scene, field), place in page.fields.items():
        if (unit := wanted.get((scene, field))) is not None:
            old = expected["", scene, field]
            new = Entry(unit.text, unit.was or unit.source) if replace and unit.text.strip() else _kept(old, unit)
            expected["", scene, field] = new
            edits += _changed(page, place, old, new, unit.source)
    for unit in units:
        if (unit.scene, unit.field) not in page.fields:
            back = gone.get((GONE, unit.scene, unit.field))
            own = Entry(unit.text, unit.was or unit.source)
            expected["", unit.scene, unit.field] = own if unit.text.strip() or back is None else _kept(back, unit)
    new_units = [unit for unit in units if (unit.scene, unit.field) not in page.fields]
    edits += _added(page, new_units, {key[1:]: entry for key, entry in expected.items() if not key[0]})
    moved = [place for key, place in page.fields.items() if key not in wanted and not shared]
    for place in moved:
        entry = expected.pop(("", place.scene, place.name))
        if entry.text.strip():
            expected[GONE, place.scene, place.name] = entry
    kept = [place for place in moved if (GONE, place.scene, place.name) in expected]
    edits += _moved(page, moved, kept, {unit.scene for unit in units})
    result = page.applied(edits)
    if _all(result, name) != expected:
        raise CatalogError(f"'{name}' cannot be edited: write each scene, field and text in lines of its own")
    return result


def _kept(old: Entry, unit: Unit) -> Entry:
    """Return the entry of a unit that keeps its translation."""
    if not old.text.strip():
        return Entry("", unit.source)
    return Entry(old.text, old.source or unit.source)


def _changed(page: yaml_lines.Page, place: Field, old: Entry, new: Entry, source: str) -> list[Edit]:
    """Return the edits that turn an entry into another, and its comment about a changed source."""
    note = [_note(source, place.column)] if _is_stale(new, source) else []
    notes = [line for line in range(place.start, place.key) if page.lines[line].strip().startswith(_NOW)]
    edits = [Edit(line, line + 1, ()) for line in notes if [page.lines[line].rstrip("\r\n")] != note]
    if note and not (notes and not edits):
        edits.append(Edit(place.key, place.key, note))
    if old == new:
        return edits
    if old.text == new.text and (with_source := page.with_source(place, _value("source", new.source))) is not None:
        return [*edits, with_source]
    return [*edits, Edit(place.key, place.end, _entry(place.name, new, place.column))]


def _note(source: str, column: int) -> str:
    """Return the comment about a changed source, in one line."""
    quoted = json.dumps(source, ensure_ascii=False)
    escaped = _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
    return f"{' ' * column}{_NOW}{escaped}"


def _is_stale(entry: Entry, source: str) -> bool:
    return bool(entry.text.strip()) and entry.source != source


def _added(page: yaml_lines.Page, units: Iterable[Unit], entries: Mapping[Name, Entry]) -> list[Edit]:
    """Return the edits that add entries at the end of their scenes, and new scenes before what is gone."""
    by_scene: dict[str, list[Unit]] = {}
    for unit in units:
        by_scene.setdefault(unit.scene, []).append(unit)
    edits = []
    for scene, own in sorted(
        by_scene.items(), key=lambda item: item[0] not in page.scenes
    ):  # these can end at the tail
        known = page.scenes.get(scene)
        column = known.inner if known else 2
        lines = [line for unit in own for line in _noted(unit, entries[unit.scene, unit.field], column)]
        if known:
            edits.append(Edit(known.end, known.end, lines))
        else:
            edits.append(Edit(page.tail, page.tail, ["", f"{_key(scene)}:", *lines]))
    return edits


def _noted(unit: Unit, entry: Entry, column: int) -> list[str]:
    return [
        *([_note(unit.source, column)] if _is_stale(entry, unit.source) else []),
        *_entry(unit.field, entry, column),
    ]


def _moved(page: yaml_lines.Page, places: Sequence[Field], kept: Sequence[Field], needed: set[str]) -> list[Edit]:
    """Return the edits that move entries to those that are gone, with the comments above them.

    kept: those with a translation; the others are removed. needed: the scenes that get other entries.
    """
    if not places:
        return []
    edits = [Edit(place.start, place.end, ()) for place in places]
    by_scene: dict[str, list[Field]] = {}
    left = {field.scene for field in page.fields.values() if field not in places} | needed
    emptied = [page.scenes[scene] for scene in dict.fromkeys(place.scene for place in places) if scene not in left]
    edits += [Edit(page.blank_before(scene.start), scene.key + 1, ()) for scene in emptied]
    for place in kept:
        by_scene.setdefault(place.scene, []).append(place)
    added = [] if page.gone or not kept else ["", _GONE_NOTE, f"{GONE}:"]
    for scene, own in by_scene.items():
        block = [_shifted(page, line, 4 - place.column) for place in own for line in range(place.start, place.end)]
        inside = page.gone_scenes.get(scene)
        if inside is not None:
            edits.append(Edit(inside.end, inside.end, block))
        else:
            added += [f"  {_key(scene)}:", *block]
    edits.append(Edit(page.end, page.end, added))
    return edits


def _shifted(page: yaml_lines.Page, line: int, by: int) -> str:
    text = page.lines[line].rstrip("\r\n")
    if not text.strip():
        return text
    return " " * by + text if by >= 0 else text[-by:]


def _returning(
    before: Mapping[tuple[str, str, str], Entry], units: Iterable[Unit]
) -> dict[tuple[str, str, str], Entry]:
    """Return the entries that were gone and that the spec has again, or that a newer one will replace there."""
    wanted = {(unit.scene, unit.field) for unit in units}
    present = {key[1:] for key in before if not key[0]}
    return {
        key: entry for key, entry in before.items() if key[0] and (key[1:] in wanted or key[1:] in present - wanted)
    }


def _remove_gone(page: yaml_lines.Page, gone: Mapping[tuple[str, str, str], Entry]) -> list[Edit]:
    edits = list[Edit]()
    for scene, place in page.gone_scenes.items():
        own = [field for field in page.gone_fields.values() if field.scene == scene]
        back = [field for field in own if (GONE, scene, field.name) in gone]
        if len(back) == len(own):
            edits.append(Edit(place.start, place.end, ()))
        else:
            edits += [Edit(field.start, field.end, ()) for field in back]
    if page.gone and len(gone) == len(page.gone_fields):
        edits = [Edit(page.blank_before(page.gone.start), page.gone.end, ())]
    return edits


def _entry(field: str, entry: Entry, column: int) -> list[str]:
    value = {"source": entry.source, "text": entry.text} if entry.source else entry.text
    return [f"{' ' * column}{line}" if line else "" for line in _lines({field: value})]


def _value(name: str, text: str) -> list[str]:
    return _lines({name: text})


def _key(name: str) -> str:
    return _dumped({name: ""}).rpartition(":")[0]


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such."""


def _represented(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _SEPARATOR.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represented)
_Dumper.add_representer(
    WrittenFloat, lambda dumper, data: dumper.represent_scalar("tag:yaml.org,2002:float", data.as_written())
)


def _lines(value: Mapping[str, Any]) -> list[str]:
    return _dumped(value).removesuffix("\n").split("\n")


def _dumped(value: Mapping[str, Any]) -> str:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6)


def _all(text: str, name: str) -> dict[tuple[str, str, str], Entry]:
    """Return ("" or GONE, scene, field) -> entry of everything in a file."""
    data = yaml_lines.values(text, name)
    scenes = [("", scene, fields) for scene, fields in data.items() if not scene.startswith("x-")]
    left = data.get(GONE)
    scenes += [(GONE, scene, fields) for scene, fields in (left.items() if isinstance(left, dict) else ())]
    return {
        (top, scene, field): _read_entry(value)
        for top, scene, fields in scenes
        if isinstance(fields, dict)
        for field, value in fields.items()
    }


def _read_entry(value: object) -> Entry:
    if isinstance(value, Mapping):
        text, source = value.get("text", ""), value.get("source", "")
        return Entry(text if isinstance(text, str) else "", source if isinstance(source, str) else "")
    return Entry(value if isinstance(value, str) else "")
