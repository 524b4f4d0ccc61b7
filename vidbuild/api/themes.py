"""Lists the built-in themes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class ThemeInfo:
    """A built-in theme and its file.

    values: field (dotted) -> its value: colors, and the faces for titles, text and code.
    """

    name: str
    summary: str
    path: Path
    values: Mapping[str, str]


def themes() -> list[ThemeInfo]:
    """Return the built-in themes, by name."""
    import yaml

    folder = Path(__file__).parent.parent / "themes"
    found = []
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        values = dict(_flat(yaml.safe_load(text)))
        del values["name"]
        found.append(ThemeInfo(path.stem, _first_comment(text), path, values))
    return found


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", str(value)


def _first_comment(text: str) -> str:
    """Return the comment in the first line of a theme's file."""
    first = text.splitlines()[0]
    return first.removeprefix("#").strip() if first.startswith("#") else ""
