"""The built-in themes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ThemeInfo:
    """A built-in theme."""

    name: str
    summary: str
    path: Path


def themes() -> list[ThemeInfo]:
    """The built-in themes; a file can extend each of them."""
    folder = Path(__file__).parent.parent / "themes"
    return [ThemeInfo(path.stem, _first_comment(path), path) for path in sorted(folder.glob("*.yaml"))]


def _first_comment(path: Path) -> str:
    """What a theme's file says of itself in its first line."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    return first.removeprefix("#").strip() if first.startswith("#") else ""
