"""What `create` wrote last time, kept beside the spec, so that `create --update` can tell edits from what it wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vidbuild.create.composer import Choices
from vidbuild.errors import UsageError
from vidbuild.project import name_of

VERSION = 1
SUFFIX = ".created.json"


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote.

    writer: as `--writer` names it; exchanges: what it was asked and answered, without the texts, the newest last.
    search_terms: for footage, by scene.
    """

    writer: str
    exchanges: tuple[Mapping[str, Any], ...]
    search_terms: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Record:
    """source: the argument of `--from`, with a path relative to the spec; language: of the source.

    scenes: as the spec's text has them.
    pages: of slides, the PDF whose pages are shown, relative to the spec; "" if there is none.
    written: None for scenes whose sentences are those of the source.
    """

    source: str
    language: str
    choices: Choices
    scenes: tuple[Mapping[str, Any], ...]
    pages: str = ""
    written: Written | None = None

    def text(self) -> str:
        """Return the record as the text of its file."""
        data = {
            "created": VERSION,
            "source": self.source,
            "language": self.language,
            "choices": asdict(self.choices),
            **({"pages": self.pages} if self.pages else {}),
            **({"written": asdict(self.written)} if self.written else {}),
            "scenes": list(self.scenes),
        }
        return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def path_of(spec: Path) -> Path:
    """Return where the record of a spec is."""
    return spec.parent / f"{name_of(spec)}{SUFFIX}"


def read(spec: Path) -> Record:
    """Return the record of a spec. Raises UsageError if there is none."""
    path = path_of(spec)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["created"] != VERSION:
            raise UsageError(f"'{path}' was written by another version of vidbuild")
        written = data.get("written")
        return Record(
            data["source"],
            data["language"],
            Choices(**data["choices"]),
            tuple(data["scenes"]),
            data.get("pages", ""),
            Written(written["writer"], tuple(written["exchanges"]), written["search_terms"]) if written else None,
        )
    except FileNotFoundError as error:
        raise UsageError(
            f"'{spec}' has no record of what 'vidbuild create' wrote: expected '{path}'",
            hint="restore it from your version control, or create the spec again under another name",
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"cannot read '{path}': {error}") from error


def is_written(spec: Path) -> bool:
    """Return whether a model wrote a spec, as its record says."""
    try:
        return read(spec).written is not None
    except UsageError:
        return False
