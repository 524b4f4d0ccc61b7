"""Starts and ends the parts of a live page: the builder, the watcher and the server."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vidbuild.api.copies import LIVE, Hold, lock_file, trim_copies
from vidbuild.api.loaded_code import LoadedCode
from vidbuild.api.options import BuildOptions
from vidbuild.api.plan import store_of
from vidbuild.errors import StoreError, UsageError, os_error_text
from vidbuild.platforms import shell_command
from vidbuild.project import root_of
from vidbuild.serve.builder import Builder
from vidbuild.serve.catalog import Catalog
from vidbuild.serve.http_server import Server
from vidbuild.serve.pictures import Pictures
from vidbuild.serve.secrets import secrets_of
from vidbuild.serve.security import Access, hosts_of
from vidbuild.serve.services import Services
from vidbuild.serve.stream import Stream
from vidbuild.serve.watcher import Watcher

HOST, PORT = "127.0.0.1", 8484
TRIES = 20  # ports from the chosen one on


@dataclass(frozen=True, slots=True)
class Listening:
    """A server's socket. skipped: ports that others use."""

    socket: socket.socket
    host: str
    port: int
    skipped: tuple[int, ...]

    @property
    def address(self) -> str:
        """The address without its path."""
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 - not bound, compared
        return f"http://{f'[{shown}]' if ':' in shown and not shown.startswith('[') else shown}:{self.port}"


def listen(host: str, port: int) -> Listening:
    """Bind a socket to a port, or to the next one that is free. Raises UsageError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"cannot listen on '{host}': no such host", hint="--host 127.0.0.1") from error
    family, kind, _, _, address = found[0]
    skipped: list[int] = []
    for tried in range(port, min(port + TRIES, 65536)) if port else [0]:
        bound = socket.socket(family, kind)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((address[0], tried))
            bound.listen(128)
        except OSError as error:
            bound.close()
            if error.errno != errno.EADDRINUSE:
                hint = "--port 8484" if error.errno == errno.EACCES else "--host 127.0.0.1"
                raise UsageError(f"cannot listen on '{host}:{tried}': {os_error_text(error)}", hint=hint) from error
            skipped.append(tried)
            continue
        bound.setblocking(False)
        return Listening(bound, host, bound.getsockname()[1], tuple(skipped))
    raise UsageError(f"ports {skipped[0]} to {skipped[-1]} are in use", hint="--port 0 for any free one")


class LivePage:
    """The live page of a project's specs.

    is_stale: whether it has ended because code has changed that this process has loaded.
    stop_requested: polled ten times a second.
    on_bug: called with an exception that no user caused.
    find: returns the specs of the working folder if those that are added are served, too; none otherwise.
    """

    def __init__(
        self,
        specs: Sequence[Path],
        options: BuildOptions,
        listening: Listening,
        stop_requested: Callable[[], bool],
        on_bug: Callable[[Exception], None],
        find: Callable[[], Sequence[Path]] = tuple,
    ) -> None:
        self._find = find
        self.code = LoadedCode()
        self.is_stale = False
        root = project_of(specs)
        store = store_of(specs[0], options.cache)
        store.prepare()
        folder = _prepared(store.root / "serve")
        self._cache = store.root
        self.secrets = secrets_of(folder)
        self._listening = listening
        self.catalog = Catalog(root, specs, folder, Path.cwd() if find() else None)
        trim_copies(store.root)
        self._lock = lock_file(folder / "events.lock")  # another server of the project may have its own log there
        self.stream = Stream(folder / "events.jsonl" if self._lock else None)
        self.watcher = Watcher(self.catalog.inputs, self._edited)
        self.builder = Builder(self.catalog, self.stream, options, on_bug, self.watcher.renew, self._look_at_code)
        access = Access(self.secrets, hosts_of(listening.host), listening.port)
        pictures = Pictures(self.catalog, options, self._look_at_code)
        self.services = Services(self.catalog, self.stream, self.builder, pictures, access, store.root, on_bug)
        self._server = Server(self.services, lambda: self.is_stale or stop_requested())

    @property
    def address(self) -> str:
        """The address that opens the page."""
        return f"{self._listening.address}/?token={self.secrets.token}"

    def run(self, on_start: Callable[[], None] = lambda: None) -> None:
        """Serve until that is to stop."""
        self._server.on_start = on_start
        with self.working():
            self._server.run(sockets=[self._listening.socket.dup()])

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Watch and build in the block."""
        kept = Hold(self._cache, LIVE)
        self.watcher.start()
        self.builder.start()
        try:
            yield
        finally:
            self.watcher.stop()
            self.builder.stop()
            kept.close()
            if self._lock:
                self._lock.release()

    def _look_at_code(self) -> bool:
        self.is_stale = self.is_stale or bool(self.code.changed())
        return self.is_stale

    def _edited(self, changed: list[Path]) -> None:
        specs = [each for each in changed if each != self.catalog.searched]
        if len(specs) < len(changed):
            added = [each for each in self._find() if each not in self.catalog.specs]
            for each in added:
                self.catalog.add(each)
            specs += added
            self.watcher.renew()  # a file that is empty now may begin as a spec later
        self.builder.edited(specs)


def _prepared(folder: Path) -> Path:
    """Return the folder for what the page shows, made if it does not exist. Raises StoreError.

    A symlink there may have come with a project that somebody else made: what is written would go elsewhere.
    """
    try:
        folder.mkdir(exist_ok=True)
        links = [each for each in (folder, *_two_levels(folder)) if each.is_symlink()]
    except OSError as error:
        raise StoreError(f"cannot write '{folder}': {os_error_text(error)}") from error
    if links:
        hint = shell_command("rm", links[0])
        raise StoreError(f"'{links[0]}' is a symlink, through which the live page would write elsewhere", hint=hint)
    return folder


def _two_levels(folder: Path) -> Iterator[Path]:
    """Yield what is in a folder and in the folders in it, such as those of versions; not what links lead to."""
    for each in folder.iterdir():
        yield each
        if each.is_dir() and not each.is_symlink():
            yield from each.iterdir()


def project_of(specs: Sequence[Path]) -> Path:
    """Return the root of the project that all specs are of; UsageError if there are several."""
    roots = list(dict.fromkeys(root_of(each) for each in specs))
    if len(roots) > 1:
        names = ", ".join(f"'{each}'" for each in roots[:3])
        raise UsageError(f"the specs are of {len(roots)} projects: {names}", hint="start one server for each project")
    return roots[0]
