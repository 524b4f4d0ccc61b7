"""Whether a remembered plan still holds: what it was made from, told apart by content; it knows nothing of plans."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from stat import S_ISREG

from vidbuild.engine.graph import canonical
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.project import root_of

FORMAT = 4  # raised when what is remembered changes its shape
PACKAGE = Path(__file__).resolve().parent.parent
READERS = ("jinja2", "jsonschema", "yaml")  # packages that turn a spec's text into what it means
MAX_BYTES = 10_000_000  # more than any spec's reader takes, which tells of it
CODE = (".py", ".json", ".yaml", ".typ", ".so")
LATELY_NS = 20_000_000  # a file system's clock may be that much behind

Row = Sequence[str]  # a file's path as it was written, where that led, and the digest of what was there


def key_of(spec: Path, table: DigestCache, variables: Mapping[str, str], only: Sequence[str]) -> str | None:
    """What a plan is remembered under; None where the spec cannot be read, of which its reader tells more."""
    path = str(spec.absolute())
    try:
        if not S_ISREG(os.stat(path).st_mode) or os.path.getsize(path) > MAX_BYTES:  # noqa: PTH116, PTH202 - quick
            return None
        text = table.digest(path)
    except OSError:
        return None
    return canonical.digest(
        {
            "format": FORMAT,
            "vidbuild": _readers(),
            "shown": str(spec),  # places in messages are told by this name
            "path": path,
            "leads to": os.path.realpath(path),  # a symlink that was turned elsewhere is another spec
            "root": str(root_of(spec)),
            "spec": text,
            "variables": dict(variables),
            "only": sorted(set(only)),
        }
    )


def rows(files: Iterable[Path], table: DigestCache) -> list[list[str]]:
    """What is to be the same for a plan to hold."""
    return [[str(path), os.path.realpath(path), _digest(os.path.realpath(path), table)] for path in files]


def holds(remembered: Iterable[Row], table: DigestCache) -> bool:
    """Whether every path still leads to the same file, and the file still holds the same."""
    try:
        return all(
            os.path.realpath(path) == real and _digest(real, table) == digest for path, real, digest in remembered
        )
    except OSError:
        return False


def settled(remembered: Iterable[Row], since: int) -> bool:
    """Whether no file changed since a moment (nanoseconds since 1970): what was read and what was hashed are one."""
    try:
        return all(os.stat(real).st_ctime_ns < since - LATELY_NS for _, real, _ in remembered)  # noqa: PTH116 - quick
    except OSError:
        return False


def now() -> int:
    """This moment, for `settled`."""
    return time.time_ns()


def _digest(real: str, table: DigestCache) -> str:
    """A file's content, or the names in a folder."""
    return canonical.digest(sorted(os.listdir(real))) if os.path.isdir(real) else table.digest(real)  # noqa: PTH112, PTH208 - quick


def _readers() -> str:
    """What tells one reader of specs from another: the stats of its code, and of the packages it reads with."""
    folders = [
        str(PACKAGE),
        *(str(Path(found.origin).parent) for found in map(find_spec, READERS) if found and found.origin),
    ]
    return canonical.digest(sorted(row for folder in folders for row in _stats(folder)))


def _stats(folder: str) -> Iterator[str]:
    for inside, _, names in os.walk(folder):
        for name in names:
            if name.endswith(CODE):
                path = os.path.join(inside, name)  # noqa: PTH118 - a null build does this a few hundred times
                stat = os.stat(path)  # noqa: PTH116 - as above
                yield f"{path} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}"
