"""One row of a batch: a spec with its brand, variables and videos."""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from vidbuild.json_types import Json
from vidbuild.location import Location
from vidbuild.project import name_of

MAX_ID = 100  # characters of an id that is made of values


@dataclass(frozen=True, slots=True)
class Origin:
    """What a row's spec is written from, if it is not there.

    source: as for `vidbuild create --from`, from the current folder.
    written: the source as the batch has it.
    options: the other fields of the row's `create`.
    """

    source: str
    written: str
    options: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    id: from its values, or as written.
    name: what the names of its files begin with; its folders are in `folder`.
    folder: of its outputs.
    spec: the spec's file.
    brand: "" for the spec's own.
    languages, outputs: of the spec's videos, those that are built; none stands for all.
    publish: the address to which its videos are sent; "" for that of its brand or project.
    location: in the batch.
    """

    id: str
    name: str
    folder: Path
    spec: Path
    origin: Origin | None
    brand: str
    variables: Mapping[str, Any]
    languages: tuple[str, ...]
    outputs: tuple[str, ...]
    publish: str
    location: Location

    def content(self) -> str:
        """Return a digest of what the row asks for: its values and the text of its spec, or that spec's source.

        It is the same from every current folder.
        """
        beside = os.path.relpath(self.folder / self.name, Path(self.location.file).parent)
        asked = {
            "brand": self.brand,
            "variables": dict(self.variables),
            "languages": list(self.languages),
            "outputs": list(self.outputs),
            "name": Path(beside).as_posix(),
            "spec": [self.origin.written, dict(self.origin.options)] if self.origin else _text_digest(self.spec),
        }
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:32]


def _text_digest(path: Path) -> str:
    """Return the digest of a spec's text; "" if it cannot be read, which its build reports."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def id_of(values: Mapping[str, Json]) -> str:
    """Return the id of a row without one: its values, in the order of the fields; never its position."""
    made = "-".join(filter(None, (slug(each) for each in _texts(values))))
    if 0 < len(made) <= MAX_ID:
        return made
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:8]
    return f"{made[: MAX_ID - 9].rstrip('-')}-{digest}".lstrip("-")


def _texts(values: Mapping[str, Json]) -> Iterator[str]:
    if "spec" in values:
        path = Path(str(values["spec"]))
        yield (path.parent / name_of(path)).as_posix()
    else:
        create = values.get("create", "")
        source = str(create["from"] if isinstance(create, Mapping) else create)
        yield source if ":" in source else PurePosixPath(source).with_suffix("").as_posix()
    yield str(values.get("brand", ""))
    for name, value in values.get("vars", {}).items():
        yield value if isinstance(value, str) else f"{name}-{str(value).lower()}"
    yield from map(str, values.get("outputs", ()))
    yield from map(str, values.get("languages", ()))


def slug(text: str) -> str:
    """Return a text as a part of an id; of letters that are not Latin, a digest."""
    plain = unicodedata.normalize("NFKD", text)
    ascii_text = plain.encode("ascii", "ignore").decode()
    made = "-".join(re.findall(r"[A-Za-z0-9._]+", ascii_text)).strip("._-")
    has_other = any(each.isalnum() and not each.isascii() and unicodedata.decomposition(each) == "" for each in text)
    if has_other:
        made = "-".join(filter(None, (made, hashlib.sha256(text.encode()).hexdigest()[:8])))
    return made
