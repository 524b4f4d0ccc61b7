"""Lock what specs use from outside: stock media, and takes of voices on the network."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.engine.disk import durable
from vidbuild.engine.disk.lock import Lock as FileLock
from vidbuild.errors import UsageError, os_error_text
from vidbuild.frozen import dataclass
from vidbuild.platforms import require_posix
from vidbuild.project import cache_of, root_of
from vidbuild.spec import lock_file
from vidbuild.spec.diagnostics import SpecError, read_sources
from vidbuild.spec.lock_file import Lock, Request, StockEntry
from vidbuild.spec.stock import StockField, problem_of
from vidbuild.spec.stock_preferences import hint_with_places
from vidbuild.stock.protocol import Frame, StockError, Timeouts
from vidbuild.suggest import did_you_mean

if TYPE_CHECKING:
    from vidbuild.stock.keeping import Keeper

_POLL = 0.2  # seconds between attempts to get the lock of another process


class LockError(SpecError):
    """Stock media that cannot be locked, at its place in the spec."""


class UnreachableLockError(LockError):
    """Stock media that cannot be locked because a site does not answer or refuses."""

    code = 4


@dataclass(frozen=True, slots=True)
class Locked:
    """What was done about one request.

    state: "locked", "replaced", "restored", "unchanged", or of a dry run "to lock", "to replace" or "to restore".
    """

    request: Request
    state: str
    entry: StockEntry | None

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        entry = self.entry
        found = {"file": entry.file, "creator": entry.creator, "licence": entry.licence} if entry else {}
        return {"stock": self.request.stock, "provider": self.request.provider, "state": self.state, **found}


def fields_of(
    spec: str | os.PathLike[str], variables: Mapping[str, Any] | None = None, brand: str | None = None
) -> tuple[StockField, ...]:
    """Return the stock media that a spec asks for. Raises SpecError if there is another error in it."""
    from vidbuild.spec.load import try_load_all

    videos = try_load_all(spec, variables, brand=brand, recordings=False, locked=False)
    for each in videos:
        if each.errors:
            raise SpecError(each.errors, each.sources)
    return tuple(dict.fromkeys(chain.from_iterable(each.stock for each in videos)))


def lock_stock(
    spec: str | os.PathLike[str],
    variables: Mapping[str, Any] | None = None,
    *,
    brand: str | None = None,
    update: Sequence[str] = (),
    dry_run: bool = False,
    timeouts: Timeouts | None = None,
) -> Iterator[Locked]:
    """Get the stock media of a spec into its project; yield what was done about each request.

    What is locked and there is left as it is, without a request. Raises LockError at the end, with the problems of all
    fields; what could be locked is.

    brand: the name of a brand instead of the spec's own.
    update: ids of scenes whose media is chosen again, among what was not chosen before.
    """
    fields = fields_of(spec, variables, brand)
    _check_scenes(spec, fields, update)
    root = root_of(Path(spec))
    work = _Work(root, fields, set(update), Path(spec))
    found, _ = lock_file.load(root)
    tasks = dict(work.tasks(found))
    if not dry_run and any(state != "unchanged" for state in tasks.values()):
        require_posix()
        yield from work.run(timeouts)
        return
    for request, state in tasks.items():
        yield Locked(request, state if state == "unchanged" else f"to {_VERBS[state]}", found.stock.get(request))


_VERBS = {"locked": "lock", "replaced": "replace", "restored": "restore"}


class _Work:
    """The requests of one spec."""

    def __init__(self, root: Path, fields: Sequence[StockField], update: set[str], spec: Path) -> None:
        self._root, self._update, self._spec = root, update, spec
        self._fields: dict[Request, list[StockField]] = {}
        for each in fields:
            self._fields.setdefault(each.request, []).append(each)

    def tasks(self, lock: Lock) -> Iterator[tuple[Request, str]]:
        """Yield each request and what has to be done about it."""
        for request, fields in self._fields.items():
            entry = lock.stock.get(request)
            if entry is None:
                yield request, "locked"
            elif any(each.scene in self._update for each in fields):
                yield request, "replaced"
            else:
                yield request, "restored" if problem_of(self._root, entry.file, entry.sha256) else "unchanged"

    def run(self, timeouts: Timeouts | None) -> Iterator[Locked]:
        """Do all of it, while no other process does the same for this project."""
        problems: list[tuple[StockField, StockError]] = []
        with alone(self._root):
            lock, _ = lock_file.load(self._root)
            keeper = _keeper(self._root, timeouts, {each.provider for each in self._fields})
            for request, state in list(self.tasks(lock)):
                old = lock.stock.get(request)
                try:
                    entry = self._entry(keeper, request, state, old)
                except StockError as error:
                    problems += [(each, error) for each in self._fields[request]]
                    continue
                if entry is not old:
                    lock = Lock({**lock.stock, request: entry}, lock.voices)
                    write_lock(self._root, lock)
                    _remove(self._root, lock, old)
                yield Locked(request, state, entry)
        if problems:
            raise _error(self._spec, problems)

    def _entry(self, keeper: Keeper, request: Request, state: str, old: StockEntry | None) -> StockEntry:
        if state == "unchanged" and old is not None:
            return old
        if state == "restored" and old is not None:
            problem = problem_of(self._root, old.file, old.sha256)
            if problem != "missing":
                hint = (
                    "restore it, or remove it and lock again; to use a file of your own, write its path into the spec"
                )
                raise StockError(f"locked file '{old.file}' {problem}", hint)
            keeper.restore(old)
            return old
        width, height = self._fields[request][0].size
        rejected = (*old.rejected, old.id) if old is not None else ()
        return keeper.choose(request, Frame(width, height), rejected)


def _keeper(root: Path, timeouts: Timeouts | None, providers: Collection[str]) -> Keeper:
    from vidbuild.stock import registry
    from vidbuild.stock.answers import Answers
    from vidbuild.stock.folder import LIBRARY
    from vidbuild.stock.http import Http, origin_of
    from vidbuild.stock.keeping import Keeper

    variables = []
    for name in {*registry.PROVIDERS, *providers}:
        with contextlib.suppress(StockError):  # each search reports it
            variables.append(registry.provider(name).base)
    own = tuple(origin_of(os.environ[each]) for each in variables if os.environ.get(each))
    library = os.environ.get(LIBRARY)
    return Keeper(
        root,
        Http(Answers(cache_of(root) / "stock"), timeouts, own),
        Path(library).expanduser().absolute() if library else None,
    )


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Wait until no other process locks in this project."""
    path = cache_of(root) / "lock.lock"
    try:
        durable.make_folder(path.parent)
        while (held := FileLock.attempt(path)) is None:
            time.sleep(_POLL)
    except OSError as error:
        raise UsageError(f"cannot write '{path.parent}': {os_error_text(error)}") from None
    try:
        yield
    finally:
        held.release()


def write_lock(root: Path, lock: Lock) -> None:
    """Write a project's lock. Raises UsageError."""
    path = lock_file.path_of(root)
    try:
        durable.write(path, lock_file.text_of(lock).encode())
    except OSError as error:
        raise UsageError(f"cannot write '{path}': {os_error_text(error)}") from None


def _remove(root: Path, lock: Lock, old: StockEntry | None) -> None:
    """Remove the file of an entry that was replaced, unless another entry has it or it was changed."""
    if old is None or old.file in {each.file for each in lock.stock.values()}:
        return
    if not problem_of(root, old.file, old.sha256):
        with contextlib.suppress(OSError):
            durable.remove(root / old.file)


def _check_scenes(spec: str | os.PathLike[str], fields: Sequence[StockField], update: Sequence[str]) -> None:
    scenes = list(dict.fromkeys(each.scene for each in fields))
    for name in update:
        if name not in scenes:
            hint = did_you_mean(name, scenes) or (f"these have: {', '.join(scenes)}" if scenes else None)
            raise UsageError(f"no scene '{name}' of '{os.fspath(spec)}' has stock media", hint=hint)


def _error(spec: Path, problems: Sequence[tuple[StockField, StockError]]) -> LockError:
    hints = [hint_with_places(error.hint, each.preferred) for each, error in problems]
    found = [
        Diagnostic("error", error.message, str(spec), each.location, hint=hint)
        for (each, error), hint in zip(problems, hints, strict=True)
    ]
    unreachable = all(error.unreachable for _, error in problems)
    return (UnreachableLockError if unreachable else LockError)(found, read_sources(found))
