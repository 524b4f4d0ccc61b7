"""Translations as a file of XLIFF 1.2, which most tools of translators read and write.

Cues and templates are inline elements, so that tools protect them. A document type is refused: entities could make a
small file large, or name other files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from vidbuild.i18n.catalog import CatalogError, Unit, placeholders
from vidbuild.i18n.exchange import Exchange, Found

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
MAX_DEPTH = 50
_STATES = {"missing": "needs-translation", "stale": "needs-review-translation", "done": "translated"}
_UNSURE = frozenset({"needs-translation", "needs-review-translation", "needs-adaptation", "needs-l10n", "new"})
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INSIDE = ("source", "target")


def write(units: Iterable[Unit], exchange: Exchange) -> bytes:
    """Return an XLIFF file in UTF-8. Raises CatalogError for a character that XML cannot have."""
    body = "".join(_unit(each) for each in units)
    target = f" target-language={quoteattr(exchange.target)}"
    file = (
        f'  <file original={quoteattr(exchange.original)} datatype="plaintext"'
        f" source-language={quoteattr(exchange.source)}{target}>\n    <body>\n{body}    </body>\n  </file>\n"
    )
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<xliff version="1.2" xmlns="{NAMESPACE}">\n{file}</xliff>\n'
    return text.encode()


def _unit(unit: Unit) -> str:
    for text in (unit.source, unit.text, unit.was):
        if wrong := _ILLEGAL.search(text):
            raise CatalogError(f"'{unit.name}' has the character U+{ord(wrong[0]):04X}, which XLIFF cannot have")
    name = quoteattr(unit.name)
    approved = ' approved="yes"' if unit.state == "done" else ""
    lines = [f'<trans-unit id={name} resname={name} xml:space="preserve"{approved}>']
    lines.append(f"  <source>{_marked(unit.source)}</source>")
    lines.append(f'  <target state="{_STATES[unit.state]}">{_marked(unit.text)}</target>')
    if unit.was:
        old = f"<source>{_marked(unit.was)}</source><target>{_marked(unit.text)}</target>"
        lines.append(f'  <alt-trans alttranstype="previous-version">{old}</alt-trans>')
    lines.append("</trans-unit>")
    return "".join(f"      {line}\n" for line in lines)


def _marked(text: str) -> str:
    """Return a text as XML in which each placeholder is an element of its own."""
    marks = sorted(placeholders(text), key=len, reverse=True)
    if not marks:
        return _escaped(text)
    parts, number = [], 0
    for part in re.split(f"({'|'.join(map(re.escape, marks))})", text):
        if part in marks:
            number += 1
            parts.append(f'<ph id="{number}">{_escaped(part)}</ph>')
        else:
            parts.append(_escaped(part))
    return "".join(parts)


def _escaped(text: str) -> str:
    return escape(text, {"\r": "&#13;"})


def read(raw: bytes, name: str) -> Exchange:
    """Return the translations of an XLIFF file. Raises CatalogError with the line if it is none.

    name: of the file, for messages.
    """
    reader = _Reader(name)
    try:
        reader.parser.Parse(raw, True)
    except expat.ExpatError as error:
        message = expat.errors.messages[error.code]
        raise CatalogError(f"{name}:{error.lineno}:{error.offset + 1}: XML: {message}") from error
    except (LookupError, ValueError) as error:
        raise CatalogError(f"cannot read '{name}': its encoding is unknown") from error
    if not reader.is_xliff:
        raise CatalogError(f"'{name}' is not an XLIFF 1.2 file", hint="export it as XLIFF 1.2")
    languages = reader.languages
    return Exchange(languages.get("source-language", ""), languages.get("target-language", ""), "", tuple(reader.found))


@dataclass
class _Reader:
    """Collects the units while expat reads the file."""

    name: str
    found: list[Found] = field(default_factory=list)
    languages: Mapping[str, str] = field(default_factory=dict)
    is_xliff: bool = False

    def __post_init__(self) -> None:
        """Set the parser up."""
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype
        self._open: list[str] = []
        self._unit: dict[str, str] = {}
        self._texts: dict[str, list[str]] = {}
        self._line = 0

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(" ")[2]
        self._open.append(local)
        if len(self._open) > MAX_DEPTH:
            raise self._error(f"more than {MAX_DEPTH} elements are inside of each other")
        if len(self._open) == 1:
            self.is_xliff = local == "xliff" and attributes.get("version", "").startswith("1.")
        elif local == "file" and not self.languages:
            self.languages = attributes
        elif local == "trans-unit":
            self._unit, self._texts, self._line = attributes, {}, self.parser.CurrentLineNumber
        elif local == "target" and self._place() == "target":
            self._unit = {**self._unit, "state": attributes.get("state", "")}
        elif local in {"x", "bx", "ex"} and "equiv-text" in attributes and (place := self._place()):
            self._texts.setdefault(place, []).append(attributes["equiv-text"])

    def _place(self) -> str:
        """Return which text of the unit is read: "source", "target" or "was"; "" outside of all."""
        if "trans-unit" not in self._open:
            return ""
        inside = self._open[self._open.index("trans-unit") + 1 :]
        if inside and inside[0] in _INSIDE:
            return inside[0]
        return "was" if inside[:2] == ["alt-trans", "source"] else ""

    def _characters(self, text: str) -> None:
        if place := self._place():
            self._texts.setdefault(place, []).append(text)

    def _end(self, tag: str) -> None:
        local = tag.rpartition(" ")[2]
        self._open.pop()
        if local != "trans-unit":
            return
        source, target, was = ("".join(self._texts.get(name, ())) for name in ("source", "target", "was"))
        unit, state = self._unit, self._unit.get("state", "")
        name = next((unit[key] for key in ("resname", "id") if "/" in unit.get(key, "")), unit.get("id", ""))
        is_unsure = state in _UNSURE and unit.get("approved") != "yes"
        self.found.append(Found(name, source, target, is_unsure, self._line, was or source if is_unsure else ""))

    def _doctype(self, *_: object) -> None:
        raise self._error("a document type is not read, as entities can make a file endless")

    def _error(self, message: str) -> CatalogError:
        return CatalogError(f"{self.name}:{self.parser.CurrentLineNumber}: {message}")
