"""Lists the brands that the specs in a folder can use, and checks them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.errors import UsageError
from vidbuild.json_types import Json
from vidbuild.project import root_of
from vidbuild.spec import brand, layers, templates, wording
from vidbuild.spec.document import Document
from vidbuild.spec.expand import texts
from vidbuild.suggest import did_you_mean

SPEC = "video.yaml"  # stands for any spec of the folder
_META = ("$schema", "name", "extends")


@dataclass(frozen=True, slots=True)
class Setting:
    """A field that a brand sets, itself or through one that it extends. file, line: of the field."""

    field: str
    value: Json
    file: str
    line: int

    def brief(self) -> str:
        """Return the value in a few words."""
        if isinstance(self.value, list):
            names = [str(each["id"]) for each in self.value if isinstance(each, Mapping) and "id" in each]
            return ", ".join(names) or ("1 entry" if len(self.value) == 1 else f"{len(self.value)} entries")
        return wording.brief(self.value) or f"{str(self.value)[: wording.MAX_SHOWN]}…"


@dataclass(frozen=True, slots=True)
class BrandInfo:
    """A brand.

    name: by which specs use it; title: its name for people.
    extends: the name of the brand below it; "" without one.
    settings: of the brand and of all that it extends.
    diagnostics: the errors in their files.
    sources: file name -> its text.
    """

    name: str
    title: str
    path: str
    extends: str
    settings: tuple[Setting, ...]
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str] = field(default_factory=dict)

    def own(self) -> list[str]:
        """Return the names of the fields that the brand's own file sets."""
        names = (each.field.partition(".")[0] for each in self.settings if each.file == self.path)
        return list(dict.fromkeys(names))

    def to_json(self) -> dict[str, Any]:
        """Return the brand as JSON values."""
        return {
            "name": self.name,
            "title": self.title,
            "path": self.path,
            "extends": self.extends or None,
            "sets": [
                {"field": each.field, "value": each.value, "file": each.file, "line": each.line}
                for each in self.settings
            ],
            "errors": [
                {"message": each.message, "file": each.path, "line": each.line, "column": each.column}
                for each in self.diagnostics
            ],
        }


def brands(folder: Path | None = None) -> list[BrandInfo]:
    """Return the brands that specs in a folder can use, by name. folder: default: the current one."""
    spec = (folder or Path()) / SPEC
    reader = brand.BrandReader(spec, root_of(spec))
    return [_info(name, spec) for name in reader.names()]


def check(name: str, spec: Path) -> None:
    """Raise UsageError unless a spec can use a brand."""
    names = brand.BrandReader(spec, root_of(spec)).names()
    if name not in names:
        hint = did_you_mean(name, names) or (f"use {wording.either(names)}" if names else f"write brands/{name}.yaml")
        raise UsageError(f"unknown brand '{name}'", hint=hint)


def language_of(name: str, spec: Path) -> str:
    """Return the language that a brand sets for a spec; "" if it sets none. Raises UsageError if there is no brand."""
    return str(setting_of("language", name, spec) or "")


def setting_of(field: str, name: str, spec: Path) -> Json:
    """Return what a brand, or one that it extends, sets a field to; None if none of them does.

    Raises UsageError if there is no brand.
    """
    check(name, spec)
    chain = brand.BrandReader(spec, root_of(spec)).chain(name) or []
    found = [document.data.get(field) for document in chain if isinstance(document.data, Mapping)]
    return next((each for each in reversed(found) if each is not None), None)


def _info(name: str, spec: Path) -> BrandInfo:
    from vidbuild.spec.load import try_parse

    reader = brand.BrandReader(spec, root_of(spec))
    chain = reader.chain(name)
    scene = {"id": "a", "type": "title", "title": "a", "duration": 5}
    data = {"vidbuild": 1, "title": name, "brand": name, "scenes": [scene]}
    loaded = try_parse(data, spec, dict.fromkeys(_undefined(chain or ()), "1"))
    wrong = [replace(each, file=each.path) for each in loaded.errors if each.location and each.line]
    top = chain[-1] if chain else None
    data_of_top = top.data if top is not None and isinstance(top.data, Mapping) else {}
    path = top.name if top is not None else next((str(each.path) for each in wrong), "")
    return BrandInfo(
        name=name,
        title=str(data_of_top.get("name", name)),
        path=path,
        extends=str(data_of_top.get("extends", "")),
        settings=tuple(_settings(chain or ())),
        diagnostics=tuple(wrong),
        sources=loaded.sources,
    )


def _settings(chain: Sequence[Document]) -> Iterator[Setting]:
    """Yield the fields of a brand and of those that it extends; of a mapping that several set, each of its fields."""
    found: dict[str, Setting] = {}
    for document in chain:
        for name, value in (document.data if isinstance(document.data, Mapping) else {}).items():
            if name in _META:
                continue
            below = {key: found.pop(key) for key in [*found] if key.partition(".")[0] == name}
            if (
                below
                and _is_merged(name, value)
                and all("." in key or _is_merged(name, each.value) for key, each in below.items())
            ):
                found |= dict(_fields(name, below, chain)) | {
                    f"{name}.{each}": Setting(f"{name}.{each}", item, document.name, document.key((name, each)).line)
                    for each, item in value.items()
                }
            else:
                found[name] = Setting(name, value, document.name, document.key((name,)).line)
    yield from found.values()


def _is_merged(name: str, value: Json) -> bool:
    """Return whether a value changes fields of what is below it, and leaves the others."""
    return name in layers.MERGED and isinstance(value, Mapping) and layers.HEADS.get(name, "") not in value


def _fields(name: str, below: Mapping[str, Setting], chain: Sequence[Document]) -> Iterator[tuple[str, Setting]]:
    """Yield the settings of a mapping's fields, by their names."""
    for key, setting in below.items():
        if "." in key or not isinstance(setting.value, Mapping):
            yield key, setting
            continue
        document = next(each for each in chain if each.name == setting.file)
        for each, item in setting.value.items():
            line = document.key((name, each)).line
            yield f"{name}.{each}", Setting(f"{name}.{each}", item, setting.file, line)


def _undefined(chain: Sequence[Document]) -> set[str]:
    """Return the names of the variables that a brand leaves to the specs."""
    used: set[str] = set()
    declared: set[str] = set()
    for document in chain:
        for _, text in texts(document.data):
            used |= templates.names(text)
        own = document.data.get("vars") if isinstance(document.data, Mapping) else None
        declared |= set(own) if isinstance(own, Mapping) else set()
    return used - declared
