"""Watches the files that specs depend on, and names the specs that may have changed.

Folders are watched, not files: editors save by renaming a new file over the old one, and a file may not exist yet.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from watchfiles import watch

from vidbuild.api.plan_cache import PACKAGE
from vidbuild.serve.working_folder import is_entered, is_gone

STEP = 25  # milliseconds without another change that end a burst
LONGEST = 400  # milliseconds of a burst
_MISSING = 1.0  # seconds between two looks for a folder that does not exist, or that cannot be watched
_PAUSE = 1000  # milliseconds without a change after which some pauses look at all files
_FIRST_PAUSES, _SOME_PAUSES = 2, 10

Inputs = Callable[[], Iterable[tuple[Path, Path]]]


class Watcher:
    """One thread that calls a function with the specs whose files have changed.

    inputs: returns each spec with each of its files; asked again after `renew`.
    """

    def __init__(self, inputs: Inputs, on_change: Callable[[list[Path]], None]) -> None:
        self._inputs = inputs
        self._on_change = on_change
        self._folder = Path.cwd()
        self._ending = False
        self._renew = threading.Event()
        self._rows: frozenset[tuple[Path, Path]] = frozenset()
        self._thread = threading.Thread(target=self._work, name="vidbuild watcher", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def renew(self) -> None:
        """Watch other files, if the inputs are others now."""
        if frozenset(self._inputs()) != self._rows:
            self._renew.set()

    def stop(self) -> None:
        """End the thread."""
        self._ending = True
        self._renew.set()
        if self._thread.is_alive():
            self._thread.join(5.0)

    def _work(self) -> None:
        state: dict[Path, object] = {}
        while not self._ending:
            if not is_entered(self._folder):
                self._renew.clear()
                self._renew.wait(_MISSING)
                continue
            self._renew.clear()
            self._rows = frozenset(self._inputs())
            specs_of = _by_file(self._rows)
            folders, incomplete = _folders(specs_of)
            # What changed while nothing was watched, or what no event tells of.
            now = {file: _signature(file) for file in specs_of}
            self._notify({file for file, seen in now.items() if file in state and state[file] != seen}, specs_of)
            state = now
            if not folders:
                self._renew.wait(_MISSING)
                continue
            changes = watch(
                *folders,
                watch_filter=None,
                step=STEP,
                debounce=LONGEST,
                recursive=False,
                stop_event=self._renew,
                rust_timeout=_PAUSE,
                yield_on_timeout=True,
                raise_interrupt=False,
            )
            try:
                for pauses, found in enumerate(changes):
                    if self._ending:
                        break
                    # A file may have been saved after its signature was taken, and before its folder was watched.
                    looks_at_all = not found and (pauses <= _FIRST_PAUSES or pauses % _SOME_PAUSES == 0)
                    touched = set(specs_of) if looks_at_all else _touched(specs_of, found)
                    after = {file: _signature(file) for file in touched}
                    self._notify({file for file, seen in after.items() if state.get(file) != seen}, specs_of)
                    state |= after
                    if incomplete or is_gone() or any(not os.path.isdir(folder) for folder in folders):  # noqa: PTH112 - quick
                        break
            except FileNotFoundError:
                self._renew.wait(0.1)
            except (OSError, RuntimeError):  # the system watches no more folders: look at the files again and again
                self._renew.wait(_MISSING)

    def _notify(self, files: set[Path], specs_of: dict[Path, list[Path]]) -> None:
        specs = list(dict.fromkeys(spec for file in files for spec in specs_of[file]))
        if specs and not self._ending:
            self._on_change(specs)


def _touched(files: Iterable[Path], changes: Iterable[tuple[object, str]]) -> set[Path]:
    """Return the files that changes are about: a file, one in a folder that is an input, or the folder of a file."""
    changed = {Path(os.path.normpath(path)) for _, path in changes}
    parents = {each.parent for each in changed}
    return {file for file in files if file in changed or file.parent in changed or (file in parents and file.is_dir())}


def _by_file(rows: Iterable[tuple[Path, Path]]) -> dict[Path, list[Path]]:
    """Return file -> the specs that depend on it, for a file and for what it leads to; vidbuild's own are left out."""
    found: dict[Path, list[Path]] = {}
    for spec, file in sorted(rows):
        if file.is_relative_to(PACKAGE):
            continue
        for path in {Path(os.path.normpath(file)), Path(os.path.realpath(file))}:
            found.setdefault(path, []).append(spec)
    return found


def _folders(files: Iterable[Path]) -> tuple[list[Path], bool]:
    """Return the folders to watch, and whether some do not exist, so that those above them are watched."""
    found: set[Path] = set()
    incomplete = False
    for file in files:
        folder = file if file.is_dir() else file.parent
        while not folder.is_dir() and folder != folder.parent:
            incomplete = True
            folder = folder.parent
        found.add(folder)
    return sorted(found), incomplete


def _signature(file: Path) -> object:
    """Return what changes whenever a file does: its stat, or a folder's names."""
    try:
        stat = file.stat()
        if file.is_dir():
            return sorted(os.listdir(file))  # noqa: PTH208 - names alone
    except OSError:
        return None
    return (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)
