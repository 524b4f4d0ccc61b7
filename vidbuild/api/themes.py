"""Lists the built-in themes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ThemeInfo:
    """A built-in theme and its file."""

    name: str
    summary: str
    path: Path


def themes() -> list[ThemeInfo]:
    """Return the built-in themes, by name."""
    folder = Path(__file__).parent.parent / "themes"
    return [ThemeInfo(path.stem, _first_comment(path), path) for path in sorted(folder.glob("*.yaml"))]


def _first_comment(path: Path) -> str:
    """Return the comment in the first line of a theme's file."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    return first.removeprefix("#").strip() if first.startswith("#") else ""
