"""What a build with nothing to do compared, for `vidbuild.null_build`, which compares it again before all imports.

A record is made only if each file was last changed before the build began: then what the build read is what the stats
in the record show. Builds that use plug-ins, voices of the user's settings, a remote cache or several videos have none.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild import null_build, null_log
from vidbuild.api import plan_cache
from vidbuild.api.output_owner import owner_file
from vidbuild.api.outputs import targets
from vidbuild.api.plan import Plan
from vidbuild.api.tools import tools
from vidbuild.engine.disk import durable
from vidbuild.engine.graph.graph import Source
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.store.blobs import signature
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.index import Index
from vidbuild.engine.store.store import Store
from vidbuild.frozen import dataclass
from vidbuild.plan.kinds import KINDS, voice_tool
from vidbuild.project import LOCK, ROOT_MARKERS, SETTINGS, SPEC, root_of

# Tools that are nothing but the files that `paths` names, found in the folders of sys.path.
_TOOLS = frozenset(
    {
        *("ffmpeg", "typst", "fonts", "pillow", "numpy", "recognizer", "heif", "pdfium"),
        *map(voice_tool, ("espeak", "natural", "edge", "recorded")),
    }
)
_COARSE_NS = 2_000_000_000  # of file systems that store whole seconds
_NUMBER = r"[0-9.e+-]+"
_EVENT = re.compile(rf'\{{"type":"(?P<type>\w+)","run":"(?P<run>[0-9a-f-]+)","time":{_NUMBER},(?P<rest>.*)').fullmatch
_SECONDS = re.compile(f'"seconds":{_NUMBER}')
_CONTROL = re.compile("[\x01-\x08]")
_AT_END = frozenset({"target_finished", "run_finished"})


class _NoRecordError(Exception):
    """This build can have no record."""


@dataclass(frozen=True, slots=True)
class NullBuild:
    """A build of one video that found everything up to date.

    folder: of its outputs.
    began: when it began, in ns since 1970; nothing was looked at before.
    """

    plan: Plan
    report: BuildReport
    store: Store
    folder: Path
    began: int


@dataclass(frozen=True, slots=True)
class Texts:
    """What the build printed, with the marks of `null_build` for what differs: to stderr, to stdout, then to stderr."""

    first: str
    out: str
    last: str


def keep(build: NullBuild, name: str, specs: Sequence[Path], texts: Texts) -> None:
    """Write the record of a build; name: the record's, specs: as the command line has them."""
    with contextlib.suppress(_NoRecordError, OSError, ValueError):
        lock = build.store.root / "runs" / build.report.run / "lock"
        if lock.stat().st_ctime_ns < build.began - plan_cache.CLOCK_LAG_NS:
            return  # the file system's clock is late, so a change during the build may look older than the build
        record = _record(build, specs, texts)
        path = build.store.home / "memos" / name[:2] / name
        durable.write(path, record.to_bytes(), synced=False)
        from vidbuild.engine.store.gc import prune_memos

        prune_memos(build.store)


def _record(build: NullBuild, specs: Sequence[Path], texts: Texts) -> null_build.Record:
    plan, store = build.plan, build.store
    by_folder = not specs or specs[0].is_dir()
    if plan.search_path or "VIDBUILD_FFMPEG" in os.environ or (by_folder and plan.spec.name != SPEC):
        raise _NoRecordError
    known = DigestCache(store.home / "files", read_only=True)
    _require_hashed_before(build, known)  # before all else: in a fresh checkout, the files of a first build are not
    seen = _outside(build)
    _require_hashed_before(build, known)  # what was seen, too
    home = str(store.home)
    stored = _Seen(build.began)
    for name in ("files", "placed"):
        stored.add(f"{home}/{name}")
    for each in build.report.steps.values():
        stored.add(store.trace_location(each.key))
        for blob in each.outputs.values():
            stored.add(store.blobs.location(blob.digest))
    if stored.absent:
        raise _NoRecordError
    events, state = _run_record(store.root / "runs" / build.report.run, build.report.run)
    sections = (
        *(
            str(root_of(plan.spec)),
            home,
            str(Index.location(store.home, plan.entry)),
            str(owner_file(build.folder, plan.name)),
        ),
        *(_joined(seen.absent), _joined(line for pair in seen.real.items() for line in pair)),
        _joined(f"{names}\t{path}" for path, names in seen.folders.items()),
        _joined(f"{stat}\t{path}" for path, stat in seen.stats.items()),
        _joined(f"{stat}\t{path.removeprefix(home + '/')}" for path, stat in stored.stats.items()),
        *(events, state, texts.first, texts.out, texts.last),
    )
    return null_build.Record(text.encode() for text in sections)


def _outside(build: NullBuild) -> _Seen:
    """Return what the build looked at outside of its store."""
    plan, store = build.plan, build.store
    seen = _Seen(build.began)
    for path, real, digest in plan.files:
        seen.leads(path, real)
        if digest == plan_cache.MISSING:
            seen.absent.append(real)
        elif os.path.isdir(real):  # noqa: PTH112 - a real path as text
            seen.add_names(real, digest)
        else:
            seen.add(real)
    for path in _used(plan, build.folder):
        seen.add(path)
    for folder in _above(plan.spec.absolute().parent, root_of(plan.spec)):
        seen.absent += [str(folder / marker) for marker in ROOT_MARKERS]
    for own in (plan.spec.absolute(), build.folder.absolute(), store.root):
        seen.leads(str(own), os.path.realpath(own))
    for name in (".gitignore", "CACHEDIR.TAG", "README"):
        seen.add(str(store.root / name))
    return seen


def _require_hashed_before(build: NullBuild, table: DigestCache) -> None:
    """Raise _NoRecordError unless what the spec and the steps read is as it was when it was hashed, in earlier builds.

    The clock of its file system may be late, so that a change during the build looks older than the build. The table
    is in the store, whose clock is right, and older than the build.
    """
    paths = {str(build.plan.spec.absolute()), *_sources(build.plan)}
    paths |= {real for _, real, digest in build.plan.files if digest != plan_cache.MISSING and os.path.isfile(real)}  # noqa: PTH113 - a real path as text
    if not all(table.lookup(path, signature(path)) for path in paths):
        raise _NoRecordError


class _Seen:
    """Files and their stats; none may have changed since `began`."""

    def __init__(self, began: int) -> None:
        self.stats: dict[str, str] = {}
        self.folders: dict[str, str] = {}
        self.real: dict[str, str] = {}
        self.absent: list[str] = []
        self._began = began

    def add(self, path: str) -> None:
        """Add a file or folder, or that there is none. Raises _NoRecordError if it changed during the build."""
        if path in self.stats or path in self.folders:
            return
        try:
            found = os.stat(path)  # noqa: PTH116 - of thousands
        except OSError:
            if os.path.lexists(path):
                raise _NoRecordError from None
            self.absent.append(path)
            return
        lag = plan_cache.CLOCK_LAG_NS if found.st_ctime_ns % 1_000_000_000 else _COARSE_NS
        if found.st_ctime_ns >= self._began - lag:
            raise _NoRecordError
        self.stats[path] = f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"

    def add_names(self, folder: str, digest: str) -> None:
        """Add the names in a folder. Raises _NoRecordError if they are not those that the plan has the digest of."""
        self.folders[folder] = null_build.names_digest(folder)
        if plan_cache.names_digest(folder) != digest:
            raise _NoRecordError

    def leads(self, path: str, real: str) -> None:
        """Add where a path leads."""
        if os.path.realpath(path) != real:
            raise _NoRecordError
        self.real[path] = real


def _used(plan: Plan, folder: Path) -> Iterator[str]:
    """Yield the files that a build uses outside of its store, and the folders in which new ones would matter."""
    root = root_of(plan.spec)
    yield from (str(plan.spec.absolute()), str(root / LOCK), str(root / SETTINGS))
    yield from (str(path.absolute()) for path in targets(plan, folder))
    yield str(owner_file(folder, plan.name))
    yield from _sources(plan)
    yield from sys.path
    for code in plan_cache.code_folders():
        for inside, folders, names in os.walk(code):
            folders[:] = [name for name in folders if name != "__pycache__"]
            yield inside
            yield from (f"{inside}/{name}" for name in names if name.endswith(plan_cache.CODE))
    yield from _tool_files(plan)


def _sources(plan: Plan) -> Iterator[str]:
    for step in plan.graph.steps.values():
        yield from (source.path for source in step.inputs.values() if isinstance(source, Source))


def _tool_files(plan: Plan) -> Iterator[str]:
    names = {tool for step in plan.graph.steps.values() for tool in (*KINDS[step.kind].tools, *step.tools)}
    if names - _TOOLS:
        raise _NoRecordError
    known = tools()
    for name in sorted(names):
        for path in known[name].paths():
            yield str(path)
            yield os.path.dirname(path)  # noqa: PTH120 - of hundreds


def _above(folder: Path, root: Path) -> Iterator[Path]:
    """Yield the folders of a spec in which there is no root of a project, up to the root."""
    for candidate in (folder, *folder.parents):
        if any(os.path.lexists(candidate / marker) for marker in ROOT_MARKERS):
            return
        yield candidate
    if root != folder.resolve():
        raise _NoRecordError


def _run_record(folder: Path, run: str) -> tuple[str, str]:
    """Return the events and the state of a run, with the marks of `null_build`."""
    events = [_event(line, run) for line in (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    (target,) = state["targets"]
    batch = target["metadata"]["batch"]
    text = marked(state, {"id": null_log.RUN, "started": null_log.STARTED, "ended": null_log.ENDED})
    if state["state"] != "completed" or text.count(batch) != 1:
        raise _NoRecordError
    return "".join(f"{line}\n" for line in events), text.replace(batch, null_log.BATCH.decode())


def _event(line: str, run: str) -> str:
    found = _EVENT(line)
    if found is None or found["run"] != run or _CONTROL.search(line):
        raise _NoRecordError
    if '"first":true' in line:  # the next build is not the first one
        raise _NoRecordError
    at_end = found["type"] in _AT_END
    time = (null_log.ENDED if at_end else null_log.STARTED).decode()
    rest = _SECONDS.sub(f'"seconds":{null_log.SECONDS.decode()}', found["rest"], count=1) if at_end else found["rest"]
    return f'{{"type":"{found["type"]}","run":"{null_log.RUN.decode()}","time":{time},{rest}'


def marked(data: Mapping[str, Any], marks: Mapping[str, bytes], **form: Any) -> str:  # noqa: ANN401 - of json.dumps
    """Return JSON with marks in place of the values of some fields; form: parameters of json.dumps."""
    tokens = {name: os.urandom(16).hex() for name in marks}
    text = json.dumps({**data, **tokens}, **form)
    for name, token in tokens.items():
        quotes = '"' if isinstance(data[name], str) else ""
        text = text.replace(f'"{token}"', f"{quotes}{marks[name].decode()}{quotes}")
    return text


def _joined(lines: Iterable[str]) -> str:
    found = list(lines)
    if any("\n" in line for line in found):
        raise _NoRecordError
    return "\n".join(found)
