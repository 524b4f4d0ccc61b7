"""The cache folder: blobs, traces, and small files that can be thrown away.

::

    .vidbuild/               .gitignore CACHEDIR.TAG README
    .vidbuild/runs/          logs of builds (runs/run_log.py)
    .vidbuild/pages/, serve/ copies of outputs (copies.py)
    .vidbuild/v1/cas/        blobs, by digest
    .vidbuild/v1/traces/     traces, by key
    .vidbuild/v1/index/      per build name: step -> last key (index.py); can be thrown away
    .vidbuild/v1/memos/      small records of the caller (memo.py); can be thrown away
    .vidbuild/v1/files       digests of files by stat (digest_cache.py); can be thrown away
    .vidbuild/v1/placed      which output was installed where (output_manifest.py)
    .vidbuild/v1/locks/      a file for each key that is being made right now
    .vidbuild/v1/tmp/        a folder per running build

Folders of other versions and foreign files are left alone.
"""

from __future__ import annotations

import os
from pathlib import Path

from vidbuild.engine.disk import checksummed, durable
from vidbuild.engine.disk.build_dir import BuildDir
from vidbuild.engine.disk.lock import Lock
from vidbuild.engine.store.blobs import Blobs
from vidbuild.engine.store.trace import Trace
from vidbuild.errors import StoreError, os_error_text

VERSION = "v1"
# The manifest protects the user's files (see `clear`), and "use" is the lock that is held meanwhile.
_NOT_CLEARED = ("placed", "use")
DEFAULT_LIMIT = 10_000_000_000

_README = """\
This folder is vidbuild's cache. It can be deleted at any time: the next build makes what it needs again.
No file in it ever needs a repair by hand: corrupt files are ignored and made again.
"""
_CACHEDIR = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder holds a cache made by vidbuild.\n"


class Store:
    """The cache in one folder (usually `.vidbuild`); creating this object touches no file.

    lower: the stores that this one lies over, and whose results it uses (writable.py).
    read_only: corrupt blobs are not removed.
    write_error: the first error of writing a file that is only a convenience, "" for none.
    """

    def __init__(self, root: Path, lower: tuple[Store, ...] = (), *, read_only: bool = False) -> None:
        self.root = root
        self.lower = lower
        self.write_error = ""
        self.home = root / VERSION
        self.blobs: Blobs = Blobs(self.home / "cas", [each.blobs.root for each in lower], read_only=read_only)
        self._corrupt: set[str] = set()

    @property
    def corrupt(self) -> int:
        """How many corrupt traces and blobs were found, in lower stores too; each was a miss."""
        return len(self._corrupt) + len(self.blobs.corrupt) + sum(each.corrupt for each in self.lower)

    def prepare(self) -> None:
        """Make the folder, and the files that explain it; StoreError if it cannot be written."""
        if not _is_text(str(self.root)):
            raise StoreError(
                f"cache folder '{self.root}': the name is not UTF-8, which tools need",
                hint="set VIDBUILD_CACHE to another folder",
            )
        try:
            durable.make_folder(self.home)
            for name, text in (("README", _README), ("CACHEDIR.TAG", _CACHEDIR), (".gitignore", "*\n")):
                if not (self.root / name).exists():
                    durable.write(self.root / name, text.encode())
        except OSError as error:
            raise StoreError(f"cannot write the cache '{self.root}': {os_error_text(error)}") from error

    def trace_location(self, key: str) -> str:
        """Return where the key's trace is or would be."""
        return f"{self.home}/traces/{key[:2]}/{key}"

    def trace(self, key: str) -> Trace | None:
        """Return the key's trace, or None if it is absent or corrupt."""
        location = Path(self.trace_location(key))
        data = checksummed.read(location)
        if data is not None:
            try:
                trace = Trace.from_data(data)
            except (AttributeError, KeyError, TypeError, ValueError):
                trace = None
            if trace is not None and trace.key == key:
                return trace
        if os.path.lexists(location):
            self._corrupt.add(key)
        return None

    def write_trace(self, trace: Trace) -> None:
        """Write a trace, whose blobs must be in the store already; it replaces an earlier one."""
        durable.write(Path(self.trace_location(trace.key)), checksummed.dumps(trace.to_data()))

    def lock_key(self, key: str) -> Lock | None:
        """Lock a key to make it; None while another build has it."""
        return Lock.attempt(self.home / "locks" / key)

    def lock_use(self) -> Lock | None:
        """Lock the store against trimming, as every build does; None while it is being trimmed."""
        return Lock.attempt(self.home / "use", shared=True)

    def lock_trim(self) -> Lock | None:
        """Lock the store to remove blobs; None while a build runs."""
        return Lock.attempt(self.home / "use")

    def build_dir(self) -> BuildDir:
        """Make a private folder for one build; those of killed builds are removed first."""
        BuildDir.sweep(self.home / "tmp")
        return BuildDir.begin(self.home / "tmp")

    def clear(self) -> None:
        """Remove everything of this version except the output manifest; other versions and foreign files stay.

        Traces go first, so that an interruption leaves a valid cache. Without the manifest, the next build would take
        the last one's outputs for files of the user.
        """
        parts = sorted(self.home.iterdir(), key=lambda part: part.name != "traces")
        for part in parts:
            if part.is_dir() and not part.is_symlink():
                durable.remove_folder(part)
            elif part.name not in _NOT_CLEARED:
                durable.remove(part)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
