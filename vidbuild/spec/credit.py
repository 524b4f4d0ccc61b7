"""The credits of the stock media in a spec: lines for a scene, a text for a file, and which licenses ask for them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.lock_file import StockEntry
from vidbuild.spec.stock import Stock

_ATTRIBUTION = re.compile(r"(?:^|[\s-])by(?:[\s-]|$)|attribution|gfdl|\bogl\b|free art", re.IGNORECASE)
_SHOWN_TITLE = 48  # characters of a title in a scene


def lines(used: Sequence[StockEntry]) -> tuple[str, ...]:
    """Return a line for each file, as a scene shows it; files of one creator and license share one."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for entry in used:
        site = "" if entry.request.provider == "folder" else entry.request.provider.capitalize()
        found.setdefault((entry.creator, entry.licence, site), []).append(_title(entry))
    return tuple(dict.fromkeys(_line(titles, *key) for key, titles in found.items()))


def _line(titles: Sequence[str], creator: str, licence: str, site: str) -> str:
    named = ", ".join(dict.fromkeys(each for each in titles if each))
    who = f"{named} by {creator}" if named and creator else creator or named
    return ", ".join(each for each in (who, licence, f"on {site}" if site else "") if each)


def _title(entry: StockEntry) -> str:
    title = entry.title
    return title if len(title) <= _SHOWN_TITLE else f"{title[: _SHOWN_TITLE - 1].rstrip()}…"


def text(title: str, stock: Stock) -> str:
    """Return the text of the credits file; "" without stock media."""
    if not stock.used:
        return ""
    scenes: dict[StockEntry, list[str]] = {each: [] for each in stock.used}
    by_request = {each.request: each for each in stock.used}
    for field in stock.fields:
        if field.scene and field.request in by_request:
            scenes[by_request[field.request]].append(field.scene)
    parts = ["\n".join(_paragraph(entry, dict.fromkeys(names))) for entry, names in scenes.items()]
    return f"Media in '{title}'\n\n" + "\n\n".join(parts) + "\n"


def _paragraph(entry: StockEntry, scenes: Mapping[str, None]) -> Iterator[str]:
    yield entry.title or f"{entry.request.provider} {entry.id}"
    if entry.creator:
        yield f"  by {entry.creator}"
    yield f"  license: {entry.licence}{f', {entry.licence_url}' if entry.licence_url else ''}"
    if entry.page:
        yield f"  source: {entry.page}"
    if scenes:
        yield f"  shown in part, in scene{'s' if len(scenes) > 1 else ''}: {', '.join(scenes)}"


def checked(stock: Stock, data: Mapping[str, Any], collector: DiagnosticCollector) -> tuple[str, ...]:
    """Return the lines of the credits; warn of media whose license asks for credit that the video does not give."""
    _check(stock, data, collector)
    return lines(stock.used)


def _names(shown: str, creator: str) -> bool:
    """Return whether a text has a creator's name in it, and not as a part of a longer word."""
    return bool(creator) and re.search(rf"(?<!\w){re.escape(creator)}(?!\w)", shown) is not None


def _check(stock: Stock, data: Mapping[str, Any], collector: DiagnosticCollector) -> None:
    scenes = data.get("scenes")
    listed = scenes if isinstance(scenes, list) else []
    crediting = [n for n, each in enumerate(listed) if isinstance(each, Mapping) and each.get("credits") is True]
    if crediting:
        for index in () if stock.fields else crediting:
            message = "the spec has no stock media to give credit for"
            collector.warning("VB601", ("scenes", index, "credits"), message)
        return
    shown = json.dumps(listed, ensure_ascii=False).casefold()
    entries = {each.request: each for each in stock.used}
    for field in stock.fields:
        entry = entries.get(field.request)
        if entry is None or not _ATTRIBUTION.search(entry.licence):
            continue
        if not _names(shown, entry.creator.casefold()):
            whom = f"'{entry.creator}'" if entry.creator else "its creator"
            message = f"the license of '{entry.file}', {entry.licence}, asks for credit, and no scene names {whom}"
            hint = "add 'credits: true' to a scene of type 'outro'"
            collector.warning("VB602", (*field.path, "stock"), message, hint)
