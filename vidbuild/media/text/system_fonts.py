"""The fonts that are installed on the machine, which a theme uses only if it asks for them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.media.text import fonts, glyphs
from vidbuild.media.text.font_choice import Candidate

if TYPE_CHECKING:
    import typst

MAX_FOLDERS = 2000
_PREFERRED = "noto sans"  # families that fit the default faces, tried first


def roots() -> list[Path]:
    """Return the folders in which Linux, macOS and Windows keep fonts, those that exist."""
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home raises if there is none
    data = os.environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")  # noqa: PTH118 - as above
    places = [
        *("/usr/share/fonts", "/usr/local/share/fonts", f"{home}/.fonts", f"{data}/fonts"),
        *("/System/Library/Fonts", "/Library/Fonts", f"{home}/Library/Fonts"),
    ]
    if windows := os.environ.get("WINDIR"):
        places += [f"{windows}/Fonts", f"{os.environ.get('LOCALAPPDATA', home)}/Microsoft/Windows/Fonts"]
    return [Path(place) for place in places if Path(place).is_dir()]


def folders() -> list[Path]:
    """Return these folders and all in them: the names in them change if a font is installed."""
    found = [Path(folder) for root in roots() for folder, _, _ in os.walk(root)]
    return sorted(found)[:MAX_FOLDERS]


def families() -> dict[str, Candidate]:
    """Return each family in the order in which they are tried, and the files of its weights. Raises FontError."""
    by_family: dict[str, list[typst.FontInfo]] = {}
    for face in fonts.in_folders(roots()).fonts():
        if face.path:
            by_family.setdefault(face.family, []).append(face)
    names = sorted(by_family, key=lambda name: (not name.lower().startswith(_PREFERRED), name))
    return {name: _files(by_family[name]) for name in names}


def _files(faces: Sequence[typst.FontInfo]) -> Candidate:
    """Return the files of the upright faces of the usual width whose weights are nearest to those that are drawn."""
    upright = [face for face in faces if face.style == "normal"] or list(faces)
    usual = min(abs(face.stretch - 1) for face in upright)
    upright = sorted((face for face in upright if abs(face.stretch - 1) == usual), key=lambda face: str(face.path))
    nearest = (_nearest(upright, weight) for weight in glyphs.WEIGHTS)
    return tuple(dict.fromkeys(Path(str(face.path)) for face in nearest))


def _nearest(faces: Iterable[typst.FontInfo], weight: int) -> typst.FontInfo:
    return min(faces, key=lambda face: abs(face.weight - weight))
