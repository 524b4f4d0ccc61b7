"""The faces that texts are drawn in: a theme's own, then the default ones, in one order. No font of the system.

Typst finds fonts in folders. It orders the files of a folder as the file system does, ignores each file whose real
name has another suffix than those in READ, and, without a word, each face that has no PostScript name.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.errors import StepError
from vidbuild.media.text import packages
from vidbuild.platforms import POSIX

if TYPE_CHECKING:
    import typst

# The families that the built-in themes name: known without a look at any face.
COMMON_FAMILIES = {
    name.lower(): name for name in ("Manrope", "Source Sans Pro", "DejaVu Sans Mono", "Libertinus Serif", "Fredoka One")
}
READ = frozenset({".ttf", ".TTF", ".ttc", ".TTC", ".otf", ".OTF", ".otc", ".OTC"})


class StagedFonts:
    """Fonts in folders of their own, so that typst reads them in this order.

    own: a folder for each file of the theme.
    default: a folder for each default file.
    added: a folder for each file of an extra or of the system that a scene needs.
    """

    def __init__(self, own: tuple[Path, ...], default: tuple[Path, ...], added: tuple[Path, ...] = ()) -> None:
        self.own, self.default, self.added = own, default, added

    @cached_property
    def _all(self) -> typst.Fonts:
        return _read((*self.own, *self.default, *self.added), embedded=True)  # large fonts take a second

    def faces(self) -> typst.Fonts:
        """Return all faces, those that are part of typst last."""
        return self._all

    def own_faces(self) -> typst.Fonts:
        """Return the theme's faces alone."""
        return _read(self.own, embedded=False)

    def families_by_file(self) -> list[list[str]]:
        """Return the families of each file of the theme; none if typst can use no face of it."""
        return self._by_file(self.own)

    def own_families(self) -> list[str]:
        """Return the theme's families, in the order of their files."""
        return _unique(self._by_file(self.own))

    def added_families(self) -> list[str]:
        """Return the families that a scene needs beside those of the theme, in the order of their files."""
        return _unique(self._by_file(self.added))

    def _by_file(self, folders: Iterable[Path]) -> list[list[str]]:
        by_path: dict[str, dict[str, None]] = {}
        for face in self.faces().fonts():
            by_path.setdefault(face.path or "", {})[face.family] = None
        files = (next(folder.iterdir()).resolve() for folder in folders)
        return [list(by_path.get(str(file), ())) for file in files]

    def families(self) -> list[str]:
        """Return all families that text can be drawn in, sorted."""
        return sorted(self.faces().families())


class FontError(StepError):
    """A font is so damaged that the typesetter broke off."""


def _unique(families: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(family for names in families for family in names))


def stage(folder: Path, fonts: Iterable[Path], added: Iterable[Path] = ()) -> StagedFonts:
    """Put a theme's fonts and the default ones into a new folder.

    fonts: the theme's files, with or without a suffix: a blob of the cache has none.
    added: files of extras or of the system.
    """
    own = [_stage(folder / f"own-{index:04}", path) for index, path in enumerate(fonts)]
    default = [_stage(folder / f"default-{index:04}", path) for index, path in enumerate(packages.fonts_paths())]
    more = [_stage(folder / f"added-{index:04}", path) for index, path in enumerate(added)]
    return StagedFonts(tuple(own), tuple(default), tuple(more))


def alone(folder: Path, files: Iterable[Path]) -> typst.Fonts:
    """Return the faces of these files and no others. folder: a new one for links to the files."""
    return _read([_stage(folder / f"{index:04}", path) for index, path in enumerate(files)], embedded=False)


def _stage(folder: Path, path: Path) -> Path:
    """Put a font into a folder of its own: as a link if the name that the link leads to is one that typst reads."""
    folder.mkdir(parents=True)
    real = path.resolve()
    if POSIX and real.suffix in READ:  # Windows lets few users make symlinks
        (folder / f"font{real.suffix}").symlink_to(real)
    else:
        shutil.copyfile(real, folder / "font.ttf")  # typst goes by the content, which can be OpenType or a collection
    return folder


def in_folders(folders: Sequence[Path]) -> typst.Fonts:
    """Return the faces of all fonts in these folders and in those inside. Raises FontError."""
    return _read(folders, embedded=False)


def _read(folders: Sequence[Path], *, embedded: bool) -> typst.Fonts:
    import typst

    with guarded():
        return typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=embedded,
            font_paths=[str(folder) for folder in folders],
        )


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Raise FontError if code of typst panics, as it might for a damaged font; Python knows no such exception."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise FontError("typst: internal error", hint="check the theme's fonts", log=(str(error),)) from None


def default_families() -> list[str]:
    """Return the families that a theme can name without bringing fonts of its own, sorted."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return stage(Path(folder), ()).families()


def families(fonts: Iterable[Path]) -> tuple[list[list[str]], list[str]]:
    """Return the families of each of a theme's files, and all that text can be drawn in, the theme's first."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        staged = stage(Path(folder), fonts)
        by_file = staged.families_by_file()
        return by_file, list(dict.fromkeys((*(name for names in by_file for name in names), *staged.families())))
