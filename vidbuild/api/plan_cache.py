"""What plans are cached by, and the names of builds. The content of files decides whether a plan is still valid."""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

from vidbuild.engine.graph import canonical
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.store import Store
from vidbuild.frozen import dataclass
from vidbuild.project import LOCK, cache_of, name_of, root_of

if TYPE_CHECKING:
    from vidbuild.choice import Choice

FORMAT = 9  # raised when the format of a cached plan changes
PACKAGE = Path(__file__).resolve().parent.parent
# Packages that decide what specs mean.
READERS = ("hibari", "icu4py", "jinja2", "jsonschema", "num2words", "pyphen", "yaml")
# Packages of which it matters only whether they are installed; the last ones have fonts (vidbuild.media.text).
NEEDED = (
    *("onnxruntime", "numpy"),
    *(f"fontpkg_noto_sans_{script}" for script in ("thai", "arabic", "devanagari", "tamil", "telugu", "khmer")),
    *("pylopdf_fonts_he", "noto_cjk_sans_otc", "manimgx_fonts"),
)
MAX_BYTES = 10_000_000  # larger than any spec that its reader accepts
CODE = (".py", ".json", ".yaml", ".typ", ".so", ".ttf", ".otf", ".dic")
CLOCK_LAG_NS = 20_000_000  # by which the clock of a file system may be late

DRAFT = "draft"  # how the names of a draft's files end, before the format
MISSING = ""  # the digest of a file that is not there
Row = Sequence[str]  # a file's path as written, its real path, and the digest of its content


@dataclass(frozen=True, slots=True)
class Given:
    """What a command gives for a spec.

    brand: the name of a brand instead of the spec's own.
    choice: one of the spec's videos; None before it is known whether there are several.
    """

    variables: Mapping[str, str]
    brand: str | None = None
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What is built of a spec's video.

    only: ids of scenes; none stands for all.
    name: what the names of the outputs have in common; None for the spec's name.
    draft: whether it is the draft.
    base: as `name` of BuildOptions.
    """

    only: Sequence[str] = ()
    name: str | None = None
    draft: bool = False
    base: str | None = None


def key_of(spec: Path, table: DigestCache, given: Given, scope: Scope) -> str | None:
    """Return the key of a spec's plan; None if the spec cannot be read, which its reader reports."""
    path = str(spec.absolute())
    try:
        if not S_ISREG(os.stat(path).st_mode) or os.path.getsize(path) > MAX_BYTES:  # noqa: PTH116, PTH202 - quick
            return None
        text = table.digest(path)
    except OSError:
        return None
    root = root_of(spec)
    return canonical.digest(
        {
            "format": FORMAT,
            "vidbuild": _readers(PACKAGE, READERS),
            "shown": str(spec),  # locations in messages have this name
            "path": path,
            "leads to": os.path.realpath(path),  # a symlink with a new target is another spec
            "root": str(root),
            "lock": _digest_or_none(root / LOCK, table),
            "spec": text,
            "variables": dict(given.variables),
            "brand": given.brand,
            "video": [given.choice.output, given.choice.language] if given.choice else None,
            "only": sorted(set(scope.only)),
            "name": scope.name,
            "draft": scope.draft,
            "base": scope.base,
        }
    )


def _digest_or_none(path: Path, table: DigestCache) -> str | None:
    try:
        return table.digest(str(path))
    except OSError:
        return None


def rows_of(files: Iterable[Path], table: DigestCache) -> list[list[str]]:
    """Return what must stay the same for a plan to be valid."""
    return [[str(path), os.path.realpath(path), _digest(os.path.realpath(path), table)] for path in files]


def is_valid(rows: Iterable[Row], table: DigestCache) -> bool:
    """Return whether every path still leads to the same file with the same content."""
    try:
        return all(os.path.realpath(path) == real and _digest(real, table) == digest for path, real, digest in rows)
    except OSError:
        return False


def finds_plugins(search_path: Sequence[str]) -> bool:
    """Return whether plug-ins are still searched for in these folders; none are if a spec uses no plug-in."""
    if not search_path:
        return True
    from vidbuild.extensions import installed

    return list(installed.search_path()) == list(search_path)


def unchanged_since(rows: Iterable[Row], since: int) -> bool:
    """Return whether no file changed since a time in ns since 1970, so that what was read is what was hashed."""
    try:
        return all(
            os.stat(real).st_ctime_ns < since - CLOCK_LAG_NS  # noqa: PTH116 - quick
            for _, real, digest in rows
            if digest != MISSING or os.path.lexists(real)
        )
    except OSError:
        return False


def now() -> int:
    """Return the current time, for `unchanged_since`."""
    return time.time_ns()


@contextlib.contextmanager
def without_collections() -> Iterator[None]:
    """Collect no garbage in the block: what a plan is made of is kept, and looking at all of it takes a tenth."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _digest(real: str, table: DigestCache) -> str:
    """Return the digest of a file's content, or of the names in a folder; MISSING if there is neither."""
    if not os.path.lexists(real):
        return MISSING
    return names_digest(real) if os.path.isdir(real) else table.digest(real)  # noqa: PTH112 - quick


def names_digest(folder: str) -> str:
    """Return the digest of the names in a folder."""
    return canonical.digest(sorted(os.listdir(folder)))  # noqa: PTH208 - quick


@functools.cache  # of the code that this process runs, whatever replaces its files meanwhile
def _readers(package: Path, packages: Sequence[str]) -> str:
    """Return the digest of the stats of the code that reads specs: vidbuild's, and that of the packages it uses."""
    installed = [name for name in NEEDED if find_spec(name)]
    folders = code_folders(package, packages)
    return canonical.digest([*installed, *sorted(row for folder in folders for row in _stats(folder))])


def code_folders(package: Path = PACKAGE, packages: Sequence[str] = READERS) -> list[str]:
    """Return the folders of the code that reads specs."""
    found = (spec for spec in map(find_spec, packages) if spec and spec.origin)
    return [str(package), *(str(Path(spec.origin or "").parent) for spec in found)]


def _stats(folder: str) -> Iterator[str]:
    for inside, _, names in os.walk(folder):
        for name in names:
            if name.endswith(CODE):
                path = os.path.join(inside, name)  # noqa: PTH118 - a null build does this a few hundred times
                stat = os.stat(path)  # noqa: PTH116 - as above
                yield f"{path} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}"


def entry_of(
    spec: Path,
    only: Sequence[str] = (),
    store: Store | None = None,
    choice: Choice | None = None,
    *,
    draft: bool = False,
    base: str | None = None,
) -> str:
    """The name under which a video's steps are remembered: the spec's path in the project, and what was chosen of it.

    In a store outside the project, which others may use too, its whole path: their specs may be called the same.
    """
    root, whole = root_of(spec), spec.absolute().parent.resolve() / spec.name
    own = (store.root if store else cache_of(root)).resolve().is_relative_to(root)
    path = (whole.relative_to(root) if own else whole).as_posix()
    output, language = (choice.output, choice.language) if choice else ("", "")
    path += f" --name {base}" if base else ""
    path += f" --output-name {output}" if output else ""
    path += f" --language {language}" if language else ""
    path += " --draft" if draft else ""
    return f"{path} --only {','.join(sorted(set(only)))}" if only else path


def outputs_name(spec: Path, video: str, scenes: Sequence[str], scope: Scope) -> str:
    """The outputs' common name: the spec's or given, the output's and language's, and the scenes that were chosen.

    That of a draft is never a video's.
    """
    base = scope.base.rpartition("/")[2] if scope.base else name_of(spec)
    own = [scope.name] if scope.name else [base, video, *(scenes if scope.only else ())]
    return ".".join(filter(None, (*own, DRAFT if scope.draft else "")))
