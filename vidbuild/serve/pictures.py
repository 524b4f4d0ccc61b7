"""Pictures and the waveform of videos: made when they are first asked for, and kept."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from vidbuild.api.live_parts import pictures_of, reveals_of, still_of
from vidbuild.api.media_parts import frame_of, peaks_of
from vidbuild.api.options import BuildOptions
from vidbuild.errors import UsageError
from vidbuild.serve.catalog import Catalog, Video
from vidbuild.serve.revisions import Revision
from vidbuild.serve.still_files import KEPT, still_path, trim
from vidbuild.serve.views import timing_of

WIDTH = 320
AT_ONCE = 2  # pictures that are made at a time


class Pictures:
    """Makes pictures; each call may take a second, so it is made in a thread. is_stale: as for the builder."""

    def __init__(self, catalog: Catalog, options: BuildOptions, is_stale: Callable[[], bool] = lambda: False) -> None:
        self._catalog = catalog
        self._options = options
        self._is_stale = is_stale
        self._limit = threading.Semaphore(AT_ONCE)
        self._locks: dict[Path, threading.Lock] = {}
        self._lock = threading.Lock()
        self._reveals: dict[str, tuple[str, dict[str, list[float]]]] = {}

    def still(self, video: Video, scene: str, at: float | None, revision: Revision | None) -> Path:
        """Return a frame of a scene as a PNG.

        revision: an older version, whose frame is taken from its file; None for what the spec says now.
        """
        if revision is not None:
            return self._from_media(video, scene, at, revision)
        live = video.live
        if live is None or scene not in {each.id for each in live.scenes}:
            raise UsageError(f"there is no scene '{scene}'")
        digest = next(each.picture for each in live.scenes if each.id == scene)[:12]
        frame = None if at is None else round(at * live.fps)
        path = still_path(self._catalog.folder, video, scene, digest, frame)
        if path.is_file():
            return path
        with self._making(path):
            if not path.is_file():
                if self._is_stale():
                    raise UsageError("the code of vidbuild or of a plug-in has changed", hint="ask again")
                runs = self._catalog.folder / "runs"
                still_of(live, scene, at, path, options=self._options, runs=runs)
                trim(path.parent)
        return path

    def thumb(self, video: Video, scene: str) -> Path:
        """Return a small picture of a scene: the one that its last build made, or else a small still."""
        live = video.live
        if live is None or scene not in {each.id for each in live.scenes}:
            raise UsageError(f"there is no scene '{scene}'")
        digest = next(each.picture for each in live.scenes if each.id == scene)[:12]
        path = still_path(self._catalog.folder, video, scene, digest, -1).with_suffix(".jpg")
        if path.is_file():
            return path
        with self._making(path.parent):
            if not path.is_file():
                for name, found in pictures_of(live, self._options):
                    own = next((each.picture for each in live.scenes if each.id == name), None)
                    if own is not None:
                        target = still_path(self._catalog.folder, video, name, own[:12], -1).with_suffix(".jpg")
                        _write(target, found.path.read_bytes())
        if not path.is_file():
            _shrink(self.still(video, scene, None, None), path)
        trim(path.parent)
        return path

    def peaks(self, revision: Revision) -> bytes:
        """Return the waveform of a version as JSON."""
        path = revision.folder / "peaks.json"
        with self._making(path):
            if not path.is_file():
                assert revision.media is not None  # noqa: S101 - the caller asks only then
                _write(path, peaks_of(revision.folder / revision.media.name).encode())
        return path.read_bytes()

    def reveals(self, video: Video) -> dict[str, list[float]]:
        """Return when parts of the scenes of the version that is shown appear: scene -> seconds from its start."""
        live, revision = video.live, video.revision
        if live is None or revision is None:
            return {}
        known = self._reveals.get(video.id)
        if (known is None or known[0] != revision.id) and revision.facts.get("digest") == live.digest:
            try:
                known = (revision.id, reveals_of(live, self._options))
            except (OSError, ValueError, KeyError, TypeError):  # the cache is trimmed or damaged meanwhile
                return {}
            self._reveals[video.id] = known
        return known[1] if known is not None and known[0] == revision.id else {}

    def difference(self, video: Video) -> Path:
        """Return the page that compares the version that is shown with the one before it."""
        now, before = video.revision, video.previous
        if now is None or before is None or now.media is None or before.media is None:
            raise UsageError("there is no earlier version")
        path = now.folder / f"{before.id}.html"
        with self._making(path):
            if not path.is_file():
                old, new = (os.path.relpath(each.folder / each.media.name) for each in (before, now) if each.media)
                from vidbuild.api.diff import diff

                diff(old, new, output=path)
        return path

    def _from_media(self, video: Video, scene: str, at: float | None, revision: Revision) -> Path:
        timing = {each["id"]: each for each in timing_of(revision).get("scenes", ())}.get(scene)
        if timing is None or revision.media is None:
            raise UsageError(f"there is no scene '{scene}' in that version")
        fps = int(revision.facts["fps"])
        first, end = round(timing["start"] * fps), round(timing["end"] * fps)
        frame = end - 1 if at is None else min(first + round(at * fps), end - 1)
        path = still_path(self._catalog.folder, video, scene, revision.id, frame)
        if path.is_file():
            return path
        with self._making(path):
            if not path.is_file():
                frame_of(revision.folder / revision.media.name, frame / fps, path)
                trim(path.parent)
        return path

    def _making(self, path: Path) -> _Making:
        with self._lock:
            if len(self._locks) > KEPT:
                self._locks = {each: lock for each, lock in self._locks.items() if lock.locked()}
            return _Making(self._locks.setdefault(path, threading.Lock()), self._limit)


class _Making:
    """Lets one thread make a picture, and few threads make any."""

    def __init__(self, own: threading.Lock, limit: threading.Semaphore) -> None:
        self._own, self._limit = own, limit

    def __enter__(self) -> None:
        self._own.acquire()
        self._limit.acquire()

    def __exit__(self, *_: object) -> None:
        self._limit.release()
        self._own.release()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temp = path.with_name(f"{path.name}.{threading.get_ident()}")
    temp.write_bytes(data)
    temp.replace(path)


def _shrink(source: Path, target: Path) -> None:
    """Write a small copy of a picture that vidbuild made."""
    import io

    from PIL import Image

    with Image.open(source) as image:
        small = image.convert("RGB").resize((WIDTH, max(1, round(image.height * WIDTH / image.width))))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=82)
    _write(target, buffer.getvalue())
