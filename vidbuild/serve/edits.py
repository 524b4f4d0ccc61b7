"""Which specs have changed, for a command that builds them again: `vidbuild build --watch`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Self

from vidbuild.api.live import Look, look, missing
from vidbuild.api.options import BuildOptions
from vidbuild.serve.catalog import files_to_watch
from vidbuild.serve.watcher import Watcher

_POLL = 0.2  # seconds between two looks for a signal


class Edits:
    """Watches specs and the files that they name; a file that is only touched is no edit."""

    def __init__(self, specs: Sequence[Path], options: BuildOptions) -> None:
        self._options = options
        self._looks = {spec: self._look(spec) for spec in specs}
        self._files = {spec: files_to_watch(found, ()) for spec, found in self._looks.items()}
        self._watcher = Watcher(self._inputs, self._changed)
        self._condition = threading.Condition()
        self._pending: dict[Path, None] = {}

    def __enter__(self) -> Self:
        """Watch in the block."""
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._watcher.stop()

    @property
    def pending(self) -> bool:
        """Whether a file was saved since the last call of `wait`, so that what is being built may be useless."""
        return bool(self._pending)

    def wait(self, stop_requested: Callable[[], bool], unfinished: Sequence[Path] = ()) -> list[Path]:
        """Return the specs that say something else than at the last call; none once that is to stop.

        unfinished: specs that are returned after any edit, since their build was cancelled by one.
        """
        while not stop_requested():
            with self._condition:
                self._condition.wait_for(lambda: bool(self._pending), _POLL)
                saved, self._pending = list(self._pending), {}
            edited = [spec for spec in saved if self._is_edited(spec)]
            if saved:
                edited = list(dict.fromkeys([*edited, *unfinished]))
            if saved:
                self._watcher.renew()
            if edited:
                return edited
        return []

    def _is_edited(self, spec: Path) -> bool:
        before, now = self._looks[spec], self._look(spec)
        self._looks[spec], self._files[spec] = now, files_to_watch(now, self._files[spec])
        return _said(before) != _said(now)

    def _look(self, spec: Path) -> Look:
        if not spec.is_file():
            return missing(spec)
        options = self._options
        return look(
            spec,
            cache=options.cache,
            variables=options.variables,
            brand=options.brand,
            language=options.language,
            output_name=options.output_name,
        )

    def _inputs(self) -> Iterator[tuple[Path, Path]]:
        for spec, files in list(self._files.items()):
            for file in files:
                yield spec, file

    def _changed(self, specs: list[Path]) -> None:
        with self._condition:
            self._pending |= dict.fromkeys(specs)
            self._condition.notify()


def _said(found: Look) -> object:
    """Return what decides on a build and on its problems."""
    return (found.ok, found.diagnostics, tuple(video.digest for video in found.videos))
