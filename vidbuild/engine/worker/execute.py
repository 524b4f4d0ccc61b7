"""Runs one step, given as plain data, in a private folder; it knows nothing of graphs, keys or traces.

A request is JSON::

    {"step": id, "run": "module:function", "params": {...}, "folder": path, "blobs": path, "lower": [path],
     "env": {...}, "network": bool,
     "inputs": {role: {"as": name, "blob": digest} | {"as": name, "source": path, "blob": digest}
                      | {"as": name, "files": {name: digest}}}}

The answer is ``{"outputs": {name: [digest, *signature]}, "sources": {digest: signature}, "warnings": [...],
"seconds": s}`` or ``{"failure": {...}, "warnings": [...]}``.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.engine.disk import disk_full, durable
from vidbuild.engine.graph.context import Again, Context, Progress, untold
from vidbuild.engine.store.blobs import Blobs, Signature, SourceChangedError, product_files, signature
from vidbuild.errors import Failure, StepError, VidbuildError
from vidbuild.frozen import values

if TYPE_CHECKING:
    from vidbuild.engine.sandbox.sandbox import ActiveSandbox

_LOG_LINES = 40

# What the machine, not vidbuild, is at fault for, whether it passes or not.
_SURROUNDINGS = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


class _DamagedError(Exception):
    """The input of this role is not what its name says."""


def execute(
    request: Mapping[str, Any], progress: Progress, again: Again = untold, inside: ActiveSandbox | None = None
) -> dict[str, Any]:
    """Run the step and put what it made among the blobs; every exception becomes a failure.

    inside: what shuts the step in, within what shuts this process in already.
    """
    folder, blobs = Path(request["folder"]), Blobs(Path(request["blobs"]), [Path(each) for each in request["lower"]])
    warnings: list[Any] = []
    try:
        context, sources = _prepare(request, folder, blobs, (progress, again), inside)
        warnings = context.warnings
        started = time.monotonic()
        function = _function(request["run"])
        if inside is None:
            function(context)
        else:
            inside.run(lambda: function(context), request["folder"])
        seconds = time.monotonic() - started
        outputs = _collect(request["step"], context.out, blobs)
    except Exception as error:  # noqa: BLE001 - a step may raise anything; all of it is told, none of it ends the worker
        failure = _lost(error, request, blobs) or _failure(error, folder, blobs, inside)
        return {"failure": values(failure), "warnings": _warnings(warnings)}
    finally:
        _leave(folder)
    return {"outputs": outputs, "sources": sources, "warnings": _warnings(warnings), "seconds": seconds}


def _prepare(
    request: Mapping[str, Any], folder: Path, blobs: Blobs, tell: tuple[Progress, Again], inside: ActiveSandbox | None
) -> tuple[Context, dict[str, Any]]:
    out, scratch, inputs = folder / "out", folder / "scratch", folder / "in"
    for path in (out, scratch, inputs):
        path.mkdir(parents=True)
    env = {**request["env"], "TMPDIR": str(scratch), "HOME": str(scratch)}
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    sources: dict[str, Any] = {}
    for role, feed in request["inputs"].items():
        if "source" in feed:
            sources[feed["blob"]] = _copy_source(role, feed, blobs, scratch, inside)
    for role, feed in request["inputs"].items():
        _verify(role, feed, blobs)
    links = {role: _link(feed, inputs, blobs) for role, feed in request["inputs"].items()}
    return Context(request["step"], request["params"], links, out, scratch, env, *tell), sources


def _copy_source(
    role: str, feed: Mapping[str, Any], blobs: Blobs, scratch: Path, inside: ActiveSandbox | None
) -> list[int]:
    try:
        return list(blobs.copy_in(Path(feed["source"]), feed["blob"], scratch)[1])
    except SourceChangedError as error:
        raise StepError(f"'{error}' changed during the build", hint="build again", field=role) from error
    except OSError as error:
        if inside is not None and (limit := inside.limit(error)):
            raise StepError(f"cannot copy '{feed['source']}': {limit[0]}", hint=limit[1], field=role) from error
        passing = durable.is_transient(error)
        full = disk_full.message(error, _cache(blobs), blobs.root) if error.filename != feed["source"] else None
        raise StepError(
            f"cannot {'copy' if passing else 'read'} '{feed['source']}': {full or durable.os_error_text(error)}",
            hint=disk_full.HINT if full else None,
            field=role,
            transient=passing,
        ) from error


def _verify(role: str, feed: Mapping[str, Any], blobs: Blobs) -> None:
    """Read what the step will read: a disk that rots changes no stat, by which all others believe a blob."""
    for digest in feed["files"].values() if "files" in feed else [feed["blob"]]:
        with contextlib.suppress(FileNotFoundError):  # which is told when the step misses it
            location = str(blobs.find(digest))
            if _digest(location, signature(location)) != digest:
                with contextlib.suppress(OSError):
                    blobs.remove(digest)
                raise _DamagedError(role)


@lru_cache(maxsize=10_000)
def _digest(location: str, _now: Signature) -> str:
    """Once for each blob in a worker's life, which is a build's at most."""
    return durable.hash_file(location)


def _link(feed: Mapping[str, Any], inputs: Path, blobs: Blobs) -> Path:
    link = inputs / str(feed["as"])
    if "files" not in feed:
        link.symlink_to(blobs.find(feed["blob"]))
        return link
    link.mkdir()
    for name, digest in feed["files"].items():
        (link / name).parent.mkdir(parents=True, exist_ok=True)
        (link / name).symlink_to(blobs.find(digest))
    return link


def _function(run: str) -> Callable[[Context], None]:
    module, _, name = run.partition(":")
    function: Callable[[Context], None] = getattr(importlib.import_module(module), name)
    return function


def _collect(step: str, out: Path, blobs: Blobs) -> dict[str, Any]:
    try:
        files = dict(product_files(out))
    except ValueError as error:
        raise RuntimeError(f"step '{step}' made '{error}', which is not a regular file") from error
    if not files:
        raise RuntimeError(f"step '{step}' made nothing")
    return {name: [blob.digest, *found] for name, (blob, found) in blobs.move_in(files).items()}


def _lost(error: Exception, request: Mapping[str, Any], blobs: Blobs) -> Failure | None:
    """What a step that failed is to be told as where an input of it is not, or no more, in the cache as it was."""
    if isinstance(error, _DamagedError):
        return Failure("corrupt cached input removed", "build again", str(error))
    for role, feed in request["inputs"].items():
        digests = feed["files"].values() if "files" in feed else [feed["blob"]]
        if "source" not in feed and not all(blobs.find(digest).exists() for digest in digests):
            return Failure("what it reads is gone from the cache", "build again", role)
    return None


def _cache(blobs: Blobs) -> Path:
    """The folder that its owner knows."""
    return blobs.root.parent.parent


def _failure(error: Exception, folder: Path, blobs: Blobs, inside: ActiveSandbox | None) -> Failure:
    limit = None if inside is None else inside.limit(error)
    if isinstance(error, StepError):
        return _told(disk_full.from_tool(error.failure, _cache(blobs)), limit)
    log = tuple("".join(traceback.format_exception(error)).splitlines()[-_LOG_LINES:])
    if limit is not None:
        return Failure(limit[0], limit[1], log=log)
    if isinstance(error, VidbuildError):
        return Failure(error.message, error.hint, log=log)
    if isinstance(error, MemoryError):
        return Failure("there was not enough memory", log=log, transient=True)
    if isinstance(error, OSError) and (durable.is_transient(error) or error.errno in _SURROUNDINGS):
        return disk_full.failure(error, _cache(blobs), folder)
    return Failure(f"{type(error).__name__}: {error}", log=log, fault="bug")


def _told(failure: Failure, limit: tuple[str, str | None] | None) -> Failure:
    """A step's own words for its failure, with the limit that it reached: that does not pass."""
    if limit is None or not failure.transient:
        return failure
    return replace(failure, message=f"{failure.message}: {limit[0]}", hint=limit[1], transient=False)


def _warnings(warnings: list[Any]) -> list[list[Any]]:
    return [[warning.message, warning.field, warning.hint] for warning in warnings]


def _leave(folder: Path) -> None:
    with contextlib.suppress(OSError):
        os.chdir(folder.parent)
    durable.remove_folder(folder)
