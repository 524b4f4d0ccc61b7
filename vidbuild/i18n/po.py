"""Translations as a file of GNU gettext (PO), for editors such as Poedit and for translation services."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from vidbuild.i18n.catalog import CatalogError, Unit
from vidbuild.i18n.exchange import Exchange, Found

if TYPE_CHECKING:
    import polib

INSTALL = "pip install 'vidbuild[i18n]'"
_FUZZY = "fuzzy"  # the flag of a translation that has to be looked at
_SOURCE_LANGUAGE = "X-Source-Language"
_CHARSET = re.compile(rb'"?Content-Type:[^"\n]*?charset=([A-Za-z0-9_:.-]+)')
_LINE = re.compile(r"\(line (\d+)\)")


def write(units: Iterable[Unit], exchange: Exchange) -> bytes:
    """Return a PO file in UTF-8; the context of each entry is its scene and field."""
    library = _library()
    file = library.POFile(check_for_duplicates=False, wrapwidth=0)
    file.metadata = {
        "Project-Id-Version": exchange.original,
        "Language": exchange.target.replace("-", "_"),
        _SOURCE_LANGUAGE: exchange.source,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    for unit in units:
        entry = library.POEntry(msgctxt=unit.name, msgid=unit.source, msgstr=unit.text)
        if unit.line:
            entry.occurrences = [(exchange.original, str(unit.line))]
        if unit.state == "stale":
            entry.flags = [_FUZZY]
            entry.previous_msgctxt, entry.previous_msgid = unit.name, unit.was
        file.append(entry)
    return f"{file}\n".encode()


def read(raw: bytes, name: str) -> Exchange:
    """Return the translations of a PO file. Raises CatalogError, with the line if the file is damaged.

    name: of the file, for messages.
    """
    library = _library()
    text = _decoded(raw, name)
    with tempfile.TemporaryDirectory() as folder:
        # From a file: polib would break a text that it is given at every character that ends a line in Unicode.
        path = Path(folder) / "translations.po"
        path.write_text(text, encoding="utf-8", newline="")
        try:
            file = library.pofile(str(path), encoding="utf-8", check_for_duplicates=False)
        except (OSError, ValueError, IndexError, KeyError, AttributeError, TypeError) as error:
            line = _LINE.search(str(error))
            place = f"{name}:{line[1]}" if line else f"'{name}'"
            raise CatalogError(f"{place}: this is not a PO file") from error
    found = tuple(_entry(each, name) for each in file if not each.obsolete)
    language = str(file.metadata.get("Language", "")).replace("_", "-")
    return Exchange(str(file.metadata.get(_SOURCE_LANGUAGE, "")), language, "", found)


def _entry(entry: polib.POEntry, name: str) -> Found:
    if entry.msgid_plural:
        raise CatalogError(f"{name}:{max(1, entry.linenum)}: plural forms are not used: '{entry.msgid}'")
    was = entry.previous_msgid or entry.msgid if _FUZZY in entry.flags else ""
    return Found(entry.msgctxt or "", entry.msgid, entry.msgstr, _FUZZY in entry.flags, entry.linenum, was)


def _decoded(raw: bytes, name: str) -> str:
    """Return the text of a file in the encoding that its header names."""
    declared = _CHARSET.search(raw)
    encoding = declared[1].decode("ascii") if declared else "utf-8"
    is_default = encoding.upper() in {"CHARSET", "UTF-8", "UTF8"}  # templates have the first
    try:
        return raw.decode("utf-8-sig" if is_default else encoding)
    except (LookupError, ValueError) as error:
        shown = "UTF-8" if is_default else encoding
        raise CatalogError(f"cannot read '{name}': its text is not in {shown}") from error


def _library() -> ModuleType:
    try:
        import polib
    except ImportError as error:
        raise CatalogError("PO files need polib, which is not installed", hint=INSTALL) from error
    module: ModuleType = polib
    return module
