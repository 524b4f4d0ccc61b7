"""Gets the file of a request into the project: searched, chosen, downloaded, probed, and only then in its place."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from vidbuild.engine.disk import durable
from vidbuild.errors import os_error_text
from vidbuild.media.ffmpeg import limits
from vidbuild.spec.lock_file import STOCK_FOLDER, Request, StockEntry
from vidbuild.stock import choice, probing, registry
from vidbuild.stock.folder import IMAGES, VIDEOS, library_of
from vidbuild.stock.http import Http
from vidbuild.stock.protocol import Candidate, Frame, Provider, StockError

MAX_VIDEO = 500_000_000  # bytes
TRIED, TRIED_HERE = 3, 50  # candidates that may turn out to be unusable: downloaded ones, and those of a library
ANOTHER = "choose another one: vidbuild lock --update SCENE SPEC"
_UNSAFE = re.compile(r"[^a-z0-9]+")
_USUAL = {"video": ".mp4", "image": ".jpg"}


class Keeper:
    """Puts files of stock media into a project.

    library: the user's folder of media, for requests that name none.
    """

    def __init__(self, root: Path, http: Http, library: Path | None) -> None:
        self.root, self.http, self.library = root, http, library
        self.json = http.json

    def choose(self, request: Request, frame: Frame, rejected: Collection[str] = ()) -> StockEntry:
        """Search for a request, and put the best file that can be used into the project. Raises StockError."""
        provider = registry.provider(request.provider)
        found = choice.ordered(provider.search(request, self), request, frame, rejected)
        problems = []
        for candidate in found[: TRIED if provider.network else TRIED_HERE]:
            try:
                return self._take(candidate, provider, request, frame, rejected)
            except _UnusableError as error:
                problems.append(error.error)
        raise problems[0]

    def restore(self, entry: StockEntry) -> None:
        """Put the file of an entry back, as it was locked. Raises StockError if it can be had no more."""
        temp = self._temp()
        try:
            provider = registry.provider(entry.request.provider)
            digest = self._get(self._source(entry, provider), temp, provider, entry.request.kind)
            if digest != entry.sha256:
                raise StockError(f"'{entry.file}': '{entry.request.provider}' has another file there now", ANOTHER)
            _rename(temp, self.root / entry.file)
        finally:
            _discard(temp)

    def _source(self, entry: StockEntry, provider: Provider) -> str:
        if provider.network:
            return entry.url
        if entry.request.provider != "folder":
            return self._found_again(provider, entry)
        library = library_of(entry.request, self)
        name = PurePosixPath(entry.id)
        if name.is_absolute() or ".." in name.parts:
            raise StockError(f"'{entry.id}' is not in the folder '{library}'", ANOTHER)
        return str(library / name)

    def _found_again(self, provider: Provider, entry: StockEntry) -> str:
        """Return where a provider without a network has the file of an entry now."""
        for candidate in provider.search(entry.request, self):
            if candidate.id == entry.id:
                return choice.version_for(candidate, Frame(entry.width, entry.height)).url
        raise StockError(f"'{entry.request.provider}' has '{entry.id}' no more", ANOTHER)

    def _take(
        self, candidate: Candidate, provider: Provider, request: Request, frame: Frame, rejected: Collection[str]
    ) -> StockEntry:
        version = choice.version_for(candidate, frame)
        temp = self._temp()
        name = f"{request.provider} {candidate.id}"
        try:
            digest = self._get(version.url, temp, provider, request.kind)
            try:
                facts = probing.probe(temp, request.kind, f"'{name}'")
            except StockError as error:
                raise _UnusableError(error) from None
            _refuse_other(facts, request, name)
            file = self._place(
                temp, f"{request.provider}-{_slug(candidate.id)}", _ending(version.url, request.kind), digest
            )
            size = (self.root / file).stat().st_size
        except OSError as error:
            raise StockError(f"cannot write '{STOCK_FOLDER}': {os_error_text(error)}") from None
        finally:
            _discard(temp)
        return StockEntry(
            request=request,
            id=candidate.id,
            title=candidate.title,
            creator=candidate.creator,
            licence=candidate.licence,
            licence_url=candidate.licence_url,
            page=candidate.page,
            url=version.url if provider.network else "",
            file=file,
            sha256=digest,
            bytes=size,
            width=facts["width"],
            height=facts["height"],
            seconds=facts["seconds"],
            rejected=tuple(rejected),
        )

    def _get(self, source: str, target: Path, provider: Provider, kind: str) -> str:
        """Write the bytes of a file to a temporary one, and return their SHA-256."""
        limit = limits.IMAGE_BYTES if kind == "image" else MAX_VIDEO
        if provider.network:
            return self.http.download(source, target, limit, kind)
        try:
            status = Path(source).stat()
            if not stat.S_ISREG(status.st_mode):
                raise StockError(f"'{source}' is not a regular file")
            if status.st_size > limit:
                raise StockError(f"'{source}' is too large: the limit is {limit // 1_000_000} MB")
            return durable.copy(Path(source), target)
        except OSError as error:
            raise StockError(f"cannot copy '{source}': {os_error_text(error)}") from None

    def _temp(self) -> Path:
        folder = self.root / STOCK_FOLDER
        if not folder.resolve().is_relative_to(self.root):
            raise StockError(f"'{STOCK_FOLDER}' is outside the project")
        try:
            durable.make_folder(folder)
        except OSError as error:
            raise StockError(f"cannot write '{STOCK_FOLDER}': {os_error_text(error)}") from None
        return durable.temp_beside(folder / "file")

    def _place(self, temp: Path, stem: str, ending: str, digest: str) -> str:
        """Rename a complete file to its own name, and return that; a file of this name with other bytes stays."""
        for name in (f"{stem}{ending}", f"{stem}-{digest[:12]}{ending}"):
            target = self.root / STOCK_FOLDER / name
            if os.path.lexists(target) and not _is(target, digest):
                continue
            _rename(temp, target)
            return f"{STOCK_FOLDER}/{name}"
        raise StockError(f"'{STOCK_FOLDER}/{stem}{ending}' is another file", "move it away")


class _UnusableError(Exception):
    """A file that is not what the provider says, so that another candidate is tried."""

    def __init__(self, error: StockError) -> None:
        super().__init__(error.message)
        self.error = error


def _refuse_other(facts: dict[str, float], request: Request, name: str) -> None:
    """Raise an error if a file is not as the request wants it, whatever the provider says."""
    if request.kind == "video" and facts["seconds"] < request.min_seconds:
        problem = f"lasts {facts['seconds']:g} s: expected at least {request.min_seconds:g} s"
        raise _UnusableError(StockError(f"'{name}' {problem}", "lower 'min_seconds'"))
    shape = choice.shape_of(int(facts["width"]), int(facts["height"]))
    if request.orientation and shape != request.orientation:
        raise _UnusableError(StockError(f"'{name}' is {shape}: expected {request.orientation}", "remove 'orientation'"))


def _rename(temp: Path, target: Path) -> None:
    temp.chmod(0o644)
    durable.rename_all([(temp, target)])


def _discard(temp: Path) -> None:
    with contextlib.suppress(OSError):
        durable.remove(temp)


def _is(path: Path, digest: str) -> bool:
    return path.is_file() and not path.is_symlink() and durable.hash_file(path) == digest


def _slug(name: str) -> str:
    return _UNSAFE.sub("-", PurePosixPath(name).with_suffix("").as_posix().lower()).strip("-")[:60] or "file"


def _ending(address: str, kind: str) -> str:
    """Return the ending for a file's name: that of its address if it is one of the kind."""
    ending = PurePosixPath(unquote(urlsplit(address).path if "://" in address else address)).suffix.lower()
    return ending if ending in (VIDEOS if kind == "video" else IMAGES) else _USUAL[kind]
