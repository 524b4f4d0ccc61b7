"""The spec that the outputs in a folder belong to, in a small file beside them: no spec may replace another's outputs.

The path in the file leads from the folder to the spec. It stays valid if both are moved, copied or cloned together, and
by whatever symlink or mount they are reached. A spec that does not exist any more owns nothing.

Builds of one spec share a lock on the file, so that one that fails does not remove what another one relies on.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

from vidbuild.engine.disk import durable
from vidbuild.engine.disk.lock import Lock

PATIENCE = 0.02  # s until the next attempt to lock the file, which others lock alone for a moment only


def owner_file(folder: Path, name: str) -> Path:
    """Return the file that names the owner of the outputs that have one name in one folder."""
    return folder / f".{name}.vidbuild"


class OutputOwner:
    """The owner of the outputs that have one name in one folder.

    path: the file that names the owner.
    spec: the spec that is about to write these outputs.
    taken: whether `take` tried to record the spec as a new owner; another process may have been faster.
    """

    def __init__(self, folder: Path, name: str, spec: Path) -> None:
        self.path = owner_file(folder, name)
        self.spec = spec
        self.taken = False
        self._made_folder = False
        self._is_own = False
        self._seen: tuple[int, int] | None = None
        self._lock: Lock | None = None

    def other(self) -> Path | None:
        """Return another spec that exists and owns the outputs, or None."""
        self._seen = self._state()
        recorded = self._recorded()
        self._is_own = recorded == self._own()
        if not recorded or self._is_own:
            return None
        owner = Path(os.path.normpath(os.path.join(self._folder(), recorded)))  # noqa: PTH118 - on text
        with contextlib.suppress(OSError, ValueError):
            if os.path.samefile(owner, self.spec):  # noqa: PTH121 - Path.samefile raises the same
                return None
        return owner if os.path.isfile(owner) else None  # noqa: PTH113 - Path.is_file raises for a path that is too long

    def take(self) -> None:
        """Record the spec as the owner, unless another one is; raises OSError if the folder cannot be written."""
        while self._lock is None:
            if not self._is_own:
                self.taken = True
                if self.other() is not None:
                    return
                if not self._is_own:
                    self._record()
            try:
                lock = Lock.attempt(self.path, shared=True)
            except OSError:
                return  # read-only: the record stays whatever happens
            if self._state() != self._seen:
                self._is_own = self._recorded() == self._own()
            if lock is not None and self._is_own:
                self._lock = lock
            elif lock is not None:
                lock.release()  # another build removed the file
            else:
                time.sleep(PATIENCE)

    def release(self, is_used: Callable[[], bool]) -> None:
        """Undo `take` unless another build of the spec goes on, or the record is used: outputs were written."""
        lock, self._lock = self._lock, None
        if lock is None:
            return
        lock.release()
        with contextlib.suppress(OSError):
            if is_used() or (alone := Lock.attempt(self.path)) is None:
                return
            unused = not self._recorded() or (self._recorded() == self._own() and not is_used())
            alone.release(remove=unused)
            if unused and self._made_folder:
                self.path.parent.rmdir()

    def _record(self) -> None:
        self._made_folder = self._made_folder or not self.path.parent.is_dir()
        durable.make_folder(self.path.parent)
        content = json.dumps({"spec": self._own()}).encode() + b"\n"
        if os.path.lexists(self.path):  # of a spec that is gone
            durable.write(self.path, content)
        else:
            self._create(content)

    def _create(self, content: bytes) -> None:
        """Write the file, unless another process writes it first."""
        temp = durable.temp_beside(self.path)
        durable.write(temp, content)
        try:
            durable.link(temp, self.path)
        except FileExistsError:
            pass
        except OSError:  # no hard links here: the last writer wins, and any other one is refused before it places
            durable.rename(temp, self.path)
        finally:
            durable.remove(temp)

    def _recorded(self) -> str:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            return str(json.loads(self.path.read_bytes())["spec"])
        return ""

    def _state(self) -> tuple[int, int] | None:
        """Return what differs if the file is written again; None if there is none."""
        with contextlib.suppress(OSError):
            status = self.path.stat()
            return status.st_ino, status.st_mtime_ns
        return None

    def _own(self) -> str:
        return os.path.relpath(os.path.realpath(self.spec), self._folder())

    def _folder(self) -> str:
        return os.path.realpath(self.path.parent)
