"""Takes the translations of a translator's file into the texts of a spec."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vidbuild.frozen import replaced
from vidbuild.i18n import catalog
from vidbuild.i18n.catalog import Unit
from vidbuild.i18n.exchange import Found


def merged(units: Sequence[Unit], found: Iterable[Found], file: str) -> tuple[list[Unit], list[str]]:
    """Return the units, in their order, with the translations of a file; and what of it was skipped, and why.

    file: its name in messages. A translation without a unit's name is that of each unit with its source.
    """
    known = {unit.name: unit for unit in units}
    by_source: dict[str, list[str]] = {}
    for unit in units:
        by_source.setdefault(unit.source, []).append(unit.name)
    changed, skipped = dict(known), []
    for each in found:
        if not each.text.strip():
            continue
        place = f"{file}:{each.line}" if each.line else file
        names = [each.name] if each.name in known else [] if each.name else by_source.get(each.source, [])
        if not names:
            skipped.append(f"{place}: the spec has no text '{each.name or each.source}'")
        for name in names:
            if problem := _problem(each, known[name]):
                skipped.append(f"{place}: '{name}': {problem}")
            else:
                source = _source_of(each)
                was = source if source != known[name].source else ""
                changed[name] = replaced(known[name], text=each.text, was=was)
    return list(changed.values()), skipped


def _source_of(found: Found) -> str:
    """Return the text from which a translation was made."""
    return found.was if found.is_unsure and found.was else found.source


def _problem(found: Found, unit: Unit) -> str | None:
    """Return why a translation cannot be used, None if it can."""
    source = _source_of(found)
    if problem := catalog.problem(source, found.text):
        return problem
    if found.is_unsure and source == unit.source:
        return "the translation has to be looked at again, as the file says"
    return None
