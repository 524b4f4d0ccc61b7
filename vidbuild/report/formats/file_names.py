"""The names of files as programs expect them: relative to the repository's root, with slashes on every system."""

from __future__ import annotations

import ntpath
import posixpath
import re
from collections.abc import Callable
from pathlib import PurePath, PureWindowsPath
from urllib.parse import quote

# Halves of characters that stand for no byte of a name: no address can have them.
_HALVES = re.compile("[\ud800-\udc7f\udd00-\udfff]")


class FileNames:
    """The names of files from one repository.

    root: its absolute path.
    folder: what relative names are relative to, an absolute path.
    resolve: follows the symlinks in an absolute path that is not below the root as it is written.
    """

    def __init__(self, root: PurePath, folder: PurePath, resolve: Callable[[str], str] | None = None) -> None:
        self._root = root
        self._folder = folder
        self._resolve = resolve
        self._normal = ntpath.normpath if isinstance(root, PureWindowsPath) else posixpath.normpath

    def relative(self, name: str) -> str:
        """Return the path from the root, such as `docs/video.yaml`; that of a file elsewhere is absolute."""
        path = self._place(name)
        return path.relative_to(self._root).as_posix() if path.is_relative_to(self._root) else path.as_posix()

    def uri(self, name: str) -> str:
        """Return the same path as an address: a relative reference below the root, or else a file's URI."""
        path = self._place(name)
        if not path.is_relative_to(self._root):
            return path.as_uri()
        return quote(path.relative_to(self._root).as_posix(), errors="surrogateescape")

    def is_inside(self, name: str) -> bool:
        """Return whether a file is below the root."""
        return self._place(name).is_relative_to(self._root)

    def _place(self, name: str) -> PurePath:
        path = type(self._root)(self._normal(_HALVES.sub("\ufffd", str(self._folder / name))))
        if self._resolve is not None and not path.is_relative_to(self._root):
            resolved = type(self._root)(self._resolve(str(path)))
            return resolved if resolved.is_relative_to(self._root) else path
        return path
