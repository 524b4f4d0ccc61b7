"""A build that has nothing to do and that did nothing the last time either, before anything else is imported.

A build that found everything up to date leaves a record of all that it compared, and of what it printed and logged
(`api/null_record.py`). If the next one is called in the same way, and finds all of that as it was, it logs and prints
the same again and ends. In any other case, and at the least doubt, it returns None, and the command starts as usual:
this module never decides that something must be built, only that nothing has changed since a build decided so.

The record's name is a digest of all that is in no file: arguments, folder, user, environment, Python. The record has
the stats of all files that the build used, of the code that read the spec, and of the folders in which new files would
matter; a change of bytes always changes the stat, since the kernel sets ctime.

It uses os alone: pathlib, re, json and typing take longer to import than all of this takes to run.
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FORMAT = "vidbuild null build 1"

# What stands in a record's texts for what differs in each run. No text has control characters of its own: JSON escapes
# them, and messages are sanitized.
WALL, TOOK = b"\x06", b"\x07"

# Variables that change from one command or terminal to the next, and that nothing reads.
_UNUSED = frozenset({b"_", b"SHLVL", b"OLDPWD", b"PWD"})

# Options that such a build may have, without and with a value. All of them are in the record's name.
_FLAGS = frozenset({"-q", "--quiet", "--json", "--draft", "-k", "--keep-going"})
_VALUES = frozenset({"-j", "--jobs", "--only", "--var", "--brand"})

_MARKERS, _CACHE = ("vidbuild.toml", ".git"), ".vidbuild"  # as in `project`, which imports pathlib
INTERRUPTED = "vidbuild: interrupted; finished steps are kept\n"


class Record:
    """One record. Its sections are bytes, of which the texts are UTF-8.

    root: the project's root.
    store, index, owner: the paths of the store's folder, of the build's index, and of the file that names the outputs'
        owner.
    absent: paths at which there must be nothing.
    real: lines in pairs, a path and where it leads.
    folders: lines of the digest of the names in a folder (`names_digest`), a tab and its path.
    stats: lines of a stat (`stat_line`), a tab and a path.
    stored: the same, with paths below the store's folder.
    events, state: the run's record.
    first, out, last: what is written to stderr, then to stdout, then to stderr.
    """

    __slots__ = NAMES = (
        *("root", "store", "index", "owner", "absent", "real", "folders", "stats", "stored"),
        *("events", "state", "first", "out", "last"),
    )
    root: bytes
    store: bytes
    index: bytes
    owner: bytes
    absent: bytes
    real: bytes
    folders: bytes
    stats: bytes
    stored: bytes
    events: bytes
    state: bytes
    first: bytes
    out: bytes
    last: bytes

    def __init__(self, sections: Iterable[bytes]) -> None:
        for name, section in zip(self.NAMES, sections, strict=True):
            setattr(self, name, section)

    def to_bytes(self) -> bytes:
        """Return the content of its file: a line with the lengths of the sections and their checksum, and these."""
        from zlib import crc32

        sections = [getattr(self, name) for name in self.NAMES]
        body = b"".join(sections)
        return f"{FORMAT} {crc32(body)} {' '.join(str(len(each)) for each in sections)}\n".encode() + body

    @classmethod
    def from_bytes(cls, raw: bytes) -> Record | None:
        """Return the inverse of to_bytes; None if the file is torn, corrupt or of another form."""
        from zlib import crc32

        head, _, body = raw.partition(b"\n")
        if not head.startswith(FORMAT.encode() + b" "):
            return None
        checksum, *lengths = (int(word) for word in head[len(FORMAT) + 1 :].split())
        if crc32(body) != checksum or len(lengths) != len(cls.NAMES) or sum(lengths) != len(body):
            return None
        sections, start = [], 0
        for length in lengths:
            sections.append(body[start : start + length])
            start += length
        return cls(sections)


def name_of(args: Sequence[str]) -> str:
    """Return the name of the record of a command: the digest of all that is in no file; "" if it can have none."""
    try:
        if os.name != "posix" or None in (sys.stdin, sys.stdout, sys.stderr) or not _root(args):
            return ""
    except OSError:  # the current folder is gone, which the command reports
        return ""
    from hashlib import blake2b

    environment = b"\0".join(name + b"=" + value for name, value in sorted(os.environb.items()) if name not in _UNUSED)
    facts = (
        *(FORMAT, __file__, os.getcwd(), os.geteuid(), os.cpu_count(), sys.executable, sys.version, sys.flags),
        *(sys.stdout.encoding, sys.stderr.encoding, sys.stdout.isatty(), sys.stderr.isatty()),
        *(len(args), *args, len(sys.path), *sys.path),
    )
    digest = blake2b("\0".join(map(str, facts)).encode("utf-8", "surrogateescape"), digest_size=32)
    digest.update(b"\0\0" + environment)
    return digest.hexdigest()


def stat_line(path: str | bytes) -> str:
    """Return what shows that a file, or the names in a folder, are the same; OSError if there is neither."""
    found = os.stat(path)
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


def names_digest(path: str) -> str:
    """Return the digest of the names in a folder; OSError if there is none."""
    from hashlib import blake2b

    return blake2b(os.fsencode("\0".join(sorted(os.listdir(path)))), digest_size=16).hexdigest()


def attempt(args: Sequence[str], name: str) -> int | None:
    """Repeat a build with nothing to do, and return its exit code; None if the command must start as usual.

    name: that of its record (`name_of`).
    """
    began = time.monotonic()
    try:
        record = _record(args, name)
        if record is None or not _is_current(record):
            return None
        return _repeat(record, began)
    except (OSError, ValueError):
        return None
    except KeyboardInterrupt:
        sys.stderr.write(INTERRUPTED)
        return 130


def _record(args: Sequence[str], name: str) -> Record | None:
    root = _root(args)
    if not root or "_VIDBUILD_COMPLETE" in os.environ:
        return None
    chosen = os.environ.get("VIDBUILD_CACHE")
    store = os.path.join(os.path.abspath(chosen) if chosen else os.path.join(root, _CACHE), "v1")
    with open(os.path.join(store, "memos", name[:2], name), "rb") as file:
        record = Record.from_bytes(file.read())
    if record is None or (record.root, record.store) != (os.fsencode(root), os.fsencode(store)):
        return None
    return record


def _root(args: Sequence[str]) -> str:
    """Return the root of the project of the only spec, as `project.root_of` does; "" for any other command line."""
    if not args or args[0] != "build":
        return ""
    specs: list[str] = []
    rest = iter(args[1:])
    for word in rest:
        if word in _VALUES:
            next(rest, None)
        elif word.startswith("-") or not word:
            if word not in _FLAGS:
                return ""
        else:
            specs.append(word)
    if len(specs) > 1:
        return ""
    path = os.path.join(os.getcwd(), *specs)
    folder = path.rstrip("/") if os.path.isdir(path) else os.path.dirname(path)
    if ".." in folder.split("/"):
        return ""
    candidate = folder
    while not any(os.path.lexists(os.path.join(candidate, marker)) for marker in _MARKERS):
        parent = os.path.dirname(candidate)
        if parent == candidate:
            return os.path.realpath(folder)
        candidate = parent
    return os.path.realpath(candidate)


def _is_current(record: Record) -> bool:
    """Return whether everything that the build compared is as it was."""
    store = os.fsdecode(record.store)
    for name in ("", "cas", "traces", "locks", "tmp"):
        folder = os.path.join(store, name)
        if not os.access(folder, os.W_OK | os.X_OK) and os.path.isdir(folder):
            return False
    pairs = iter(_lines(record.real))
    if any(os.path.realpath(path) != next(pairs) for path in pairs):
        return False
    if any(os.path.lexists(path) for path in _lines(record.absent)):
        return False
    folders = (line.split("\t", 1) for line in _lines(record.folders))
    if any(names_digest(path) != known for known, path in folders):
        return False
    return _same(_lines(record.stats), "") and _same(_lines(record.stored), store + "/")


def _lines(section: bytes) -> list[str]:
    return os.fsdecode(section).split("\n") if section else []


def _same(lines: Iterable[str], folder: str) -> bool:
    """Return whether all files have the stats of these lines: thousands, in large projects."""
    stat = os.stat
    for line in lines:
        known, _, path = line.partition("\t")
        found = stat(folder + path)
        if f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}" != known:
            return False
    return True


def _repeat(record: Record, began: float) -> int | None:
    """Log the run, then print what there is to print; None, and nothing is left, if another process is in the way."""
    from vidbuild.flock import lock
    from vidbuild.null_log import RUN, filled, write

    held = [os.open(path, os.O_RDWR) for path in (record.store + b"/use", record.owner)]
    try:
        if any(lock(each, shared=True) for each in held):  # the cache is being trimmed, or outputs change their owner
            return None
        os.utime(record.index)  # marks it as used
        runs = os.path.join(os.path.dirname(os.fsdecode(record.store)), "runs")
        run = write(runs, record.events, record.state, began)
        if not run:
            return None
    finally:
        for each in held:
            os.close(each)
    seconds = round(time.monotonic() - began, 3)
    took = f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s"
    marks = {RUN: run, WALL: repr(seconds), TOOK: took}
    return _print(*(filled(each, marks) for each in (record.first, record.out, record.last)))


def _print(first: bytes, out: bytes, last: bytes) -> int:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr] # a TextIOWrapper, as Python starts
    try:
        for stream, text in ((sys.stderr, first), (sys.stdout, out), (sys.stderr, last)):
            stream.write(text.decode())
            stream.flush()
    except BrokenPipeError:  # the reader is gone (`| head`), which is no error
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
