"""What is known of the videos of all specs: their state, their versions and their problems. Any thread may ask."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vidbuild.api.copies import touch
from vidbuild.api.live import LiveVideo, Look
from vidbuild.project import unnamed_yaml_in
from vidbuild.serve.revisions import Revision, Revisions

NEW, READY, BUILDING, FAILED, INVALID, WAITING = "new", "ready", "building", "failed", "invalid", "waiting"
REMOVED = "removed"  # in events alone: the spec makes the video no more


@dataclass(slots=True)
class Video:
    """One video.

    live: its plan as of the last valid look at its spec; None before the first one.
    revision, previous: the version that was built last, and the one before it.
    changed: ids of the scenes that differ between these two, or in an edit that is being built.
    reasons, new_reasons: scene -> why it was built last; the new ones are of a version that is not built yet.
    playhead: the scene that a page shows, and the seconds from its start.
    watched: when its page was used last, by time.monotonic(); 0 for never.
    run: the id of the run that builds it, "" for none.
    looked: the number of the stream's last event before the look that `live` is of.
    fragments: scene -> the digest of what the spec said of it when its last fragment was built.
    """

    id: str
    name: str
    spec: Path
    revisions: Revisions
    state: str = NEW
    live: LiveVideo | None = None
    revision: Revision | None = None
    previous: Revision | None = None
    changed: frozenset[str] = frozenset()
    reasons: dict[str, str] = field(default_factory=dict)
    new_reasons: dict[str, str] = field(default_factory=dict)
    playhead: tuple[str, float] | None = None
    watched: float = 0.0
    run: str = ""
    looked: int = 0
    fragments: dict[str, str] = field(default_factory=dict)

    def take_outdated(self) -> dict[str, str | None]:
        """Return, once, the scenes of which there are fragments, but no more of what the spec says.

        The result: scene -> its digest now, None if it is gone.
        """
        now = {each.id: each.digest for each in self.live.scenes} if self.live else {}
        found = {scene: now.get(scene) for scene, digest in self.fragments.items() if now.get(scene) != digest}
        for scene in found:
            del self.fragments[scene]
        return found


@dataclass(slots=True)
class SpecEntry:
    """One spec.

    problems: JSON values for the page, those of the last build among them.
    files: on which it depends. While it has errors, also those of before: the error may be in one of them.
    """

    path: Path
    look: Look | None = None
    videos: list[Video] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    files: tuple[Path, ...] = ()

    def count(self, severity: str) -> int:
        """Return the number of its problems of a severity."""
        return sum(each["severity"] == severity for each in self.problems)


def video_id(root: Path, spec: Path, name: str) -> str:
    """Return the id of a video: short, the same after a restart, and no path."""
    where = os.path.relpath(os.path.realpath(spec.parent) + os.sep + spec.name, root)
    return hashlib.sha256(f"{where}\n{name}".encode("utf-8", "surrogateescape")).hexdigest()[:12]


def choice_name(live: LiveVideo) -> str:
    """Return what distinguishes a video from the others of its spec; "" for the only one."""
    return ".".join(filter(None, (live.choice.output, live.choice.language)))


def files_to_watch(found: Look, before: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files that a look depends on, and if it found errors, those of the looks before and of the errors."""
    if found.ok:
        return found.files
    wrong = [Path(each.path).absolute() for each in found.diagnostics if each.location]
    return tuple(dict.fromkeys((*found.files, *before, *wrong)))


class Catalog:
    """The specs of one project.

    folder: in which the page's files are kept.
    searched: a folder that is watched for new specs; None for none.
    """

    def __init__(self, root: Path, specs: Sequence[Path], folder: Path, searched: Path | None = None) -> None:
        self.root = root
        self.folder = folder
        self.searched = searched
        self.lock = threading.RLock()
        self.specs = {path: SpecEntry(path) for path in specs}
        for entry in self.specs.values():
            entry.videos = self._built_before(entry.path) or [self._video(entry.path, "")]

    def _built_before(self, spec: Path) -> list[Video]:
        """Return the videos of a spec that are kept, since the spec may have errors when the server starts."""
        found = []
        with contextlib.suppress(OSError):
            for folder in self.folder.iterdir():
                for kept in Revisions(folder).newest()[:1]:
                    name = str(kept.facts.get("choice", ""))
                    if video_id(self.root, spec, name) == folder.name:
                        found.append((kept.created, name))
        return [self._video(spec, name) for _, name in sorted(found)]

    def _video(self, spec: Path, name: str) -> Video:
        number = video_id(self.root, spec, name)
        revisions = Revisions(self.folder / number)
        kept = revisions.newest()
        shown = name or spec.name.split(".")[0]
        video = Video(number, shown, spec, revisions)
        if kept:
            video.revision, video.previous = kept[0], kept[1] if len(kept) > 1 else None
            video.name = kept[0].facts.get("name", shown)
            video.reasons = dict(kept[0].facts.get("reasons", {}))
            for each in kept:  # the cache removes those of specs that are not served any more
                touch(each.folder)
        return video

    def add(self, path: Path) -> None:
        """Add a spec."""
        entry = SpecEntry(path)
        entry.videos = self._built_before(path) or [self._video(path, "")]
        with self.lock:
            self.specs = dict(sorted({**self.specs, path: entry}.items()))

    def looked(self, path: Path, found: Look, last: int = 0) -> SpecEntry:
        """Record a new look at a spec; its videos stay as they were if it has errors.

        last: the number of the stream's last event: what was previewed until then is of earlier looks.
        """
        with self.lock:
            entry = self.specs[path]
            entry.look, entry.files = found, files_to_watch(found, entry.files)
            if found.ok:
                known = {video.id: video for video in entry.videos}
                entry.videos = []
                for live in found.videos:
                    name = choice_name(live)
                    number = video_id(self.root, path, name)
                    video = known.get(number) or self._video(path, name)
                    video.live, video.name, video.looked = live, live.name, last
                    entry.videos.append(video)
            return entry

    def videos(self) -> list[Video]:
        """Return all videos, in the order of the specs."""
        with self.lock:
            return [video for entry in self.specs.values() for video in entry.videos]

    def video(self, number: str) -> Video | None:
        """Return a video by its id."""
        return next((each for each in self.videos() if each.id == number), None)

    def entry_of(self, video: Video) -> SpecEntry:
        """Return the spec of a video."""
        return self.specs[video.spec]

    def inputs(self) -> Iterator[tuple[Path, Path]]:
        """Yield each spec with the files that it depends on, and the searched folder with what may become a spec."""
        with self.lock:
            rows = [(entry.path, entry.files or (entry.path,)) for entry in self.specs.values()]
            known = {path.absolute() for path in self.specs}
        if self.searched:
            others = (each for each in unnamed_yaml_in(self.searched) if each not in known)
            rows.append((self.searched, (self.searched, *others)))
        for path, files in rows:
            for file in files:
                yield path, file
