"""Reads what programs name: addresses, paths, files, flags, identifiers, keys, hashes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from vidbuild.patterns import later
from vidbuild.reading import numbers, tables, technical
from vidbuild.reading.chunks import Found, Place, whole
from vidbuild.reading.letters import plural, spell
from vidbuild.reading.words import HOLES, Part, WordReader

_SCHEME = later(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_MAIL = later(r"(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+\Z")
_HOST = later(
    r"(?:[\w-]+(?:\.[\w-]+)*):(\d{2,5})(?:/\S*)?\Z"
    r"|\[?(?=[^:]*(?:::|:[^:]+:))[0-9a-fA-F]*(?:::?[0-9a-fA-F]+)+:*\]?\Z"
)
_NUMBERS = later(r"(?:\d{1,3}\.){3}\d{1,3}(?:[:/]\d+)?(?:/\S*)?\Z")
_DOMAIN = later(r"(?:[\w-]+\.)+(?:com|org|net|io|dev|edu|gov|app|info|me|tv|uk|de|fr|eu|ch|at|local)(?:[/?#]\S*)?\Z")
_PATH = later(r"[\w.~*$@%{}+-]*[/\\]\S*\Z|\.[A-Za-z]\S*\Z|~\S*\Z|[A-Za-z]:\\\S*\Z")
_FILE = later(r"[\w*@+-]+(?:\.[\w*+-]+)+\Z")
_FLAG = later(r"(--?)([A-Za-z][\w-]*)(?:(=)(.+))?\Z")
_KEY_COMBINATION = later(r"[^\s+-]+(?:[+-][^\s+-]+)*(?:\+\+|--|\+-)?\Z")
_KEY = later(r"[A-Za-z0-9]|F\d{1,2}|[\[\]/\\;'`,.=*+-]\Z")
_APPLE_KEYS = later(r"([⌘⌥⇧⌃]+)(\w+|[⏎↵↩⇥⎋⌫⌦])\Z")
_HEX = later(r"0([xX])([0-9A-Fa-f]+)\Z|0([bo])([0-7]+)\Z")
_COLOR = later(r"#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})\Z")
_HASH = later(r"(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,64}\Z")
_UUID = later(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\Z")
_DUNDER = later(r"__(\w+?)__(?:\(\)|\.(\w+))?\Z")
_COMPARED = later(r"[a-z0-9][<>][a-z0-9]+\Z|^[<>][^<>]*\Z")
_NAME_VERSION = later(r"([A-Za-z][\w+-]*?)[-@_]v?(\d+(?:\.\d+){2,})\Z")
_PLURAL = later(r"(\w+)\((e?s)\)\Z")
_LETTERS_RANGE = later(r"([A-Z])[-–]([A-Z])\Z|([a-z])[-–]([a-z])\Z")  # noqa: RUF001 - a dash
_SHORT, _HASH_SHOWN, _HASH_WHOLE, _CLUSTER = 2, 7, 12, 4
_KEPT = frozenset(("...", *"-‐‑'’·.…—–"))  # noqa: RUF001 - hyphens, dashes and apostrophes
_NAMED = ("->", "=>", "!=", "==", ">=", "<=", "&&", "||", ":=", "+=", "<-")
_ENGLISH_SIGNS = {"::": "", "...": "...", **{sign: tables.SIGNS[sign] for sign in _NAMED}}


class NameReader:
    """Reads names with the words of a lexicon."""

    def __init__(self, words: WordReader) -> None:
        self.words = words

    def network(self, place: Place) -> Found | None:
        """Read a network's address of numbers, which looks like a version."""
        return [list(self._shifted(place.core, 0))] if _NUMBERS.match(place.core) else None

    def read(self, place: Place) -> Found | None:
        """Read a chunk that is no number."""
        core = place.core
        rules = (self._keys, self._special, self._address, self._flag, self._assignment, self._path)
        for rule in (self._special,) if core.isalnum() else rules:
            parts = rule(core, place)
            if parts is not None:
                return [parts]
        return None

    def _keys(self, core: str, place: Place) -> list[Part] | None:
        if core.endswith("+") and place.after[:1] in tables.KEYS:
            core += place.after[0]  # in "Ctrl+," the comma is the key
        apple = _APPLE_KEYS.match(core)
        if apple:
            return whole(
                core,
                " ".join(
                    [*(tables.KEYS[sign] for sign in apple[1]), tables.KEYS.get(apple[2]) or self.words.word(apple[2])]
                ),
            )
        if not _KEY_COMBINATION.match(core):
            return None
        keys = re.split(r"(?<=[^+-])[+-]", core)
        if (
            len(keys) < _SHORT
            or not all(key.lower() in tables.MODIFIERS for key in keys[:-1])
            or not keys[0][:1].isupper()
        ):
            return None
        last = tables.KEYS.get(keys[-1].lower())
        if last is None and not _KEY.match(keys[-1]) and not keys[-1].isalpha():
            return None
        spoken = (
            last
            or tables.SIGNS.get(keys[-1])
            or (keys[-1].upper() if len(keys[-1]) == 1 else self.words.word(keys[-1]))
        )
        spoken = spell(spoken) if len(spoken) == 1 else spoken
        return whole(core, " ".join([*(tables.KEYS[key.lower()] for key in keys[:-1]), spoken]))

    def _special(self, core: str, place: Place) -> list[Part] | None:  # noqa: PLR0911 - one for each kind
        del place
        hexadecimal = _HEX.match(core)
        if hexadecimal:
            base = {"b": "binary", "o": "octal"}.get(hexadecimal[3] or "", "hex")
            return whole(core, f"{base} {characters(hexadecimal[2] or hexadecimal[4])}")
        color = _COLOR.match(core)
        if color:
            return whole(core, f"hash {characters(color[1])}")
        if _HASH.match(core) or _UUID.match(core):
            if len(core) > _HASH_WHOLE:
                return whole(core, f"{characters(core[:_HASH_SHOWN])} and so on")
            return whole(core, characters(core))
        named = _NAME_VERSION.match(core)
        if named:
            parts = list(self._compound(named[1], tables.CODE_SIGNS))
            return [*parts, Part(len(named[1]), len(core), numbers.version(named[2]))]
        dunder = _DUNDER.match(core)
        if dunder:
            ending = f" dot {tables.PATH_NAMES.get(dunder[2]) or self.words.word(dunder[2])}" if dunder[2] else ""
            return whole(core, f"dunder {self.words.word(dunder[1])}{ending}")
        several = _PLURAL.match(core)
        if several:
            return whole(core, plural(self.words.word(several[1])))
        span = _LETTERS_RANGE.match(core)
        if span:
            low, high = (span[1] or span[3]), (span[2] or span[4])
            return whole(core, f"{spell(low)} to {spell(high)}")
        return None

    def _address(self, core: str, place: Place) -> list[Part] | None:
        del place
        scheme = _SCHEME.match(core)
        if scheme:
            rest, at = core[scheme.end() :].rstrip("/"), scheme.end()
            web = scheme[1].lower() in {"http", "https"} and rest
            said = Part(0, at, "" if web else f"{self.words.word(scheme[1])} colon slash slash")
            end = at + len(rest)
            return [said, *self._shifted(rest, at), *([Part(end, len(core), "")] if end < len(core) else [])]
        if _MAIL.match(core):
            at = len("mailto:") if core.startswith("mailto:") else 0
            return [*([Part(0, at, "")] if at else []), *self._shifted(core[at:], at)]
        if _HOST.match(core) or _DOMAIN.match(core):
            return list(self._shifted(core, 0))
        return None

    def _shifted(self, address: str, at: int) -> Iterator[Part]:
        for part in self._compound(address, tables.ADDRESS_SIGNS):
            yield part._replace(start=part.start + at, end=part.end + at)

    def _flag(self, core: str, place: Place) -> list[Part] | None:
        found = _FLAG.match(core)
        if found is None or place.previous.core[:1].isdecimal():
            return None
        dashes, name, equals, value = found.groups()
        parts = [Part(0, len(dashes), "dash dash" if len(dashes) > 1 else "dash")]
        known = self.words.lexicon.spoken(name)
        cluster = len(dashes) == 1 and len(name) <= _CLUSTER and known is None and not re.search(r"[aeiou]..|\d", name)
        if len(dashes) == 1 and (len(name) == 1 or cluster):
            parts.append(Part(len(dashes), len(dashes) + len(name), spell(name)))
        else:
            parts += self._moved(name, len(dashes), {"-": "", "_": ""})
        if equals:
            at = len(dashes) + len(name)
            parts += [Part(at, at + 1, "equals"), *self._value(name, value, at + 1)]
        return parts

    def _assignment(self, core: str, place: Place) -> list[Part] | None:
        """Read "TTL=30s", whose value has a unit."""
        del place
        name, _, value = core.partition("=")
        if not value or not name.isidentifier() or technical.assigned(name, value) is None:
            return None
        return [
            *self._moved(name, 0, tables.CODE_SIGNS),
            Part(len(name), len(name) + 1, "equals"),
            *self._value(name, value, len(name) + 1),
        ]

    def _value(self, name: str, value: str, at: int) -> Iterator[Part]:
        spoken = technical.assigned(name, value)
        yield from self._moved(value, at, tables.PATH_SIGNS) if spoken is None else [Part(at, at + len(value), spoken)]

    def _moved(self, text: str, at: int, signs: Mapping[str, str]) -> Iterator[Part]:
        for part in self._compound(text, signs):
            yield part._replace(start=part.start + at, end=part.end + at)

    def _path(self, core: str, place: Place) -> list[Part] | None:
        del place
        is_path = _PATH.match(core) or _FILE.match(core)
        signs = dict(tables.PATH_SIGNS if is_path else tables.CODE_SIGNS)
        if not is_path:
            signs.update(_ENGLISH_SIGNS)
            if _COMPARED.search(core):
                signs.update({"<": "less than", ">": "greater than"})
            signs[":"] = "colon"
            signs[","] = ","
        parts = list(self._compound(core, signs))
        if core.startswith("_"):
            parts[0] = parts[0]._replace(spoken="underscore")
        changed = any(
            part.spoken.lower() != core[part.start : part.end].lower() for part in parts if _is_word(core, part)
        )
        spoken_signs = any(not _is_word(core, part) and core[part.start : part.end] not in _KEPT for part in parts)
        if changed or spoken_signs or (is_path and "." in core):
            return parts
        return None

    def _compound(self, core: str, signs: Mapping[str, str]) -> Iterator[Part]:
        """Yield the parts of a name; after a dot stands the ending of a file, which can have a name of its own."""
        after = ""
        folders = core.startswith(("/", "~", ".")) or core.count("/") > 1
        for part in self.words.compound(core, signs):
            text = core[part.start : part.end]
            name = tables.PATH_NAMES.get(text.lower())
            if name is not None and (
                after == "." or (folders and after == "/" and text in {"etc", "bin", "var", "opt", "lib"})
            ):
                part = part._replace(spoken=name)  # noqa: PLW2901 - the part as it is spoken here
            after = text
            yield part


def _is_word(core: str, part: Part) -> bool:
    return core[part.start].isalnum() or core[part.start] in HOLES


def characters(text: str) -> str:
    """Return letters and digits one by one."""
    runs = re.findall(r"[A-Za-z]+|\d+", text)
    return " ".join(numbers.spelled(run) if run.isdecimal() else spell(run) for run in runs)
