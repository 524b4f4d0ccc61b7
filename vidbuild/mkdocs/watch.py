"""Has `mkdocs serve` build again when a file changes from which a video is made."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer


class Watch:
    """The watched files; none are unless a server runs."""

    def __init__(self) -> None:
        self._server: LiveReloadServer | None = None
        self._paths: set[Path] = set()

    def begin(self, server: LiveReloadServer) -> None:
        """Watch files for this server from now on."""
        self._server = server

    def add(self, files: Iterable[Path], docs: Path) -> None:
        """Watch files too, except for those in the folder of pages, which MkDocs watches."""
        if self._server is None:
            return
        for path in files:
            if path not in self._paths and path.is_file() and not path.is_relative_to(docs):
                self._server.watch(str(path))
                self._paths.add(path)

    def refresh(self) -> None:
        """Watch files that now have these names: many editors write a new file and give it the name of the old one.

        A file that is gone is not watched again until a build reads it.
        """
        if self._server is None:
            return
        for path in list(self._paths):
            self._server.unwatch(str(path))
            if path.is_file():
                self._server.watch(str(path))
            else:
                self._paths.remove(path)
