"""Reads a project as it is in a git revision, into a temporary folder, without checking anything out.

Git is only asked for its objects: no hook, filter or program of the repository's settings runs, and no ignored or
changed file of the working tree is read.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from vidbuild import git_lfs
from vidbuild.errors import UsageError
from vidbuild.platforms import shell_command
from vidbuild.project import ROOT_MARKERS, SETTINGS

SECONDS = 120.0
MAX_FILES, MAX_BYTES = 50_000, 4 << 30
_REVISION = re.compile(r"[A-Za-z0-9@][\w.\-/~^@{}+]*")
_FILES, _LINK = {"100644", "100755", "100664"}, "120000"
_NO_PROGRAMS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never")
_OID = re.compile(rb"^oid sha256:([0-9a-f]{64})$", re.MULTILINE)
_HEADER_PARTS = 3  # digest, type and size


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: str
    digest: str
    size: int
    path: PurePosixPath


def read(revision: str, spec: Path, folder: Path) -> Path:
    """Write the project of a spec, as it is in a revision, into an empty folder, and return the spec's path there.

    spec: its path, relative to the current folder, or to the repository's.
    Raises UsageError if there is no such repository, revision or file.
    """
    if not _REVISION.fullmatch(revision):
        raise UsageError(f"'{revision}' is no revision of git: expected one such as 'main', 'HEAD~1' or 'v1.0'")
    top = Path(os.fsdecode(_git(Path.cwd(), "rev-parse", "--show-toplevel").rstrip(b"\n")))
    commit = _commit(top, revision)
    entries = {entry.path: entry for entry in _entries(top, commit)}
    path = _path_in(top, spec, entries)
    if path is None:
        raise UsageError(f"'{revision}' has no file '{spec}'", hint=shell_command("git", "ls-tree", "-r", revision))
    root = next((each for each in path.parents if each / SETTINGS in entries), PurePosixPath())
    chosen = [entry for entry in entries.values() if entry.path.is_relative_to(root)]
    size = sum(entry.size for entry in chosen)
    if len(chosen) > MAX_FILES or size > MAX_BYTES:
        most = f"{MAX_FILES} files of {MAX_BYTES >> 20} MB"
        raise UsageError(
            f"'{revision}' has {len(chosen)} files of {size >> 20} MB: the maximum is {most}",
            hint=f"a file '{SETTINGS}' beside the spec makes its folder the project",
        )
    _refuse_outside(revision, chosen)
    _write(top, chosen, folder)
    if root / SETTINGS not in entries:
        (folder / ROOT_MARKERS[-1]).mkdir(exist_ok=True)  # so that the project's root is found where it was
    return folder / path


def _commit(top: Path, revision: str) -> str:
    try:
        found = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except UsageError:
        raise UsageError(f"git has no revision '{revision}' here", hint="fetch it, or name another one") from None
    return found.decode("ascii").strip().split("\n")[-1]


def _entries(top: Path, commit: str) -> Iterator[_Entry]:
    listing = _git(top, "ls-tree", "-r", "-z", "-l", "--full-tree", commit)
    for line in listing.split(b"\0"):
        if line:
            facts, path = line.split(b"\t", 1)
            mode, _, digest, size = facts.decode("ascii").split()
            if mode in _FILES or mode == _LINK:
                yield _Entry(mode, digest, int(size), PurePosixPath(os.fsdecode(path)))


def _path_in(top: Path, spec: Path, entries: Mapping[PurePosixPath, _Entry]) -> PurePosixPath | None:
    """Return a spec's path in the repository; None if the revision does not have it."""
    here, root = Path(os.path.normpath(Path.cwd().resolve() / spec)), top.resolve()
    candidates = [here.relative_to(root)] if here.is_relative_to(root) else []
    paths = (PurePosixPath(each.as_posix()) for each in (*candidates, spec))
    return next((path for path in paths if path in entries), None)


def _refuse_outside(revision: str, entries: Sequence[_Entry]) -> None:
    """Raise UsageError for a path that leads out of the folder: a revision that git itself would not check out."""
    links = {entry.path for entry in entries if entry.mode == _LINK}
    for entry in entries:
        if entry.path.is_absolute() or ".." in entry.path.parts or not links.isdisjoint(entry.path.parents):
            raise UsageError(f"'{revision}' has a path that leads out of the repository: '{entry.path}'")


def _write(top: Path, entries: Sequence[_Entry], folder: Path) -> None:
    """Write files with what git has of them."""
    store = Path(os.fsdecode(_git(top, "rev-parse", "--git-common-dir").rstrip(b"\n")))
    media = (store if store.is_absolute() else top / store) / "lfs" / "objects"
    with tempfile.TemporaryFile() as requests, tempfile.TemporaryFile() as answers:
        requests.write("".join(f"{entry.digest}\n" for entry in entries).encode("ascii"))
        requests.seek(0)
        _git(top, "cat-file", "--batch", stdin=requests, stdout=answers)
        answers.seek(0)
        for entry in entries:
            header = answers.readline().split()
            if len(header) != _HEADER_PARTS:
                raise UsageError(
                    f"git does not have '{entry.path}' of this revision here", hint="git fetch --unshallow"
                )
            data = answers.read(int(header[2]))
            answers.read(1)
            _write_one(data, entry, folder / entry.path, media)


def _write_one(data: bytes, entry: _Entry, path: Path, media: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if entry.mode == _LINK:
        path.symlink_to(os.fsdecode(data))  # a spec can follow it only inside the project, as everywhere
        return
    oid = _OID.search(data) if git_lfs.is_pointer(data) else None
    if oid is not None:
        digest = oid[1].decode("ascii")
        content = media / digest[:2] / digest[2:4] / digest
        if content.is_file():
            shutil.copyfile(content, path)
            return
    path.write_bytes(data)


def _git(folder: Path, *arguments: str, stdin: IO[bytes] | None = None, stdout: IO[bytes] | None = None) -> bytes:
    """Run git and return what it prints. Raises UsageError if it fails."""
    # Of the user's variables, GIT_DIR and the like would lead to another repository.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env = {**kept, "LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            ["git", *_NO_PROGRAMS, "-C", str(folder), *arguments],  # noqa: S607 - the user's own git
            env=env,
            stdin=stdin or subprocess.DEVNULL,
            stdout=stdout or subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise UsageError("git is not installed", hint="install git, or compare two builds") from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"git took more than {SECONDS:g} s") from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().split("\n")
        raise UsageError(f"git: {lines[0].removeprefix('fatal: ') or f'exit code {done.returncode}'}")
    return done.stdout or b""
