"""Runs one step, given as plain data, in a private folder.

A request is JSON::

    {"step": id, "run": "module:function", "params": {...}, "folder": path, "cache": path, "blobs": path,
     "lower": [path], "env": {...}, "network": bool, "worker": name,
     "programs": [path],
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
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.engine.disk import disk_full, durable
from vidbuild.engine.graph.context import Context, ProgressCallback, RetryCallback, ignore_retry
from vidbuild.engine.store.blobs import Blobs, SourceChangedError, product_files
from vidbuild.engine.worker.inputs import CorruptInputError, LinkedInputs, forget_intact
from vidbuild.errors import Failure, StepError, VidbuildError, os_error_text
from vidbuild.frozen import replaced, values

if TYPE_CHECKING:
    from vidbuild.engine.sandbox.sandbox import ActiveSandbox

_LOG_LINES = 40

# Errors of the machine, transient or not, rather than bugs of vidbuild.
_MACHINE_ERRORS = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def execute(
    request: Mapping[str, Any],
    progress: ProgressCallback,
    on_retry: RetryCallback = ignore_retry,
    sandbox: ActiveSandbox | None = None,
) -> dict[str, Any]:
    """Run the step and add its outputs to the blobs; every exception becomes a failure.

    sandbox: the one that this process has entered; it restricts the step further.
    """
    folder, cache = Path(request["folder"]), Path(request["cache"])
    blobs = Blobs(Path(request["blobs"]), [Path(each) for each in request["lower"]])
    warnings: list[Any] = []
    try:
        context, links, sources = _prepare(request, folder, blobs, (progress, on_retry), sandbox)
        warnings = context.warnings
        started = time.monotonic()
        function = _function(request["run"])
        if sandbox is None:
            function(context)
        else:
            sandbox.run(lambda: function(context), request["folder"])
        seconds = time.monotonic() - started
        links.require_intact()
        outputs = _collect(request["step"], context.out, blobs)
    except Exception as error:  # noqa: BLE001 - a step may raise anything; none of it ends the worker
        failure = _input_failure(error, request, blobs) or _failure(error, folder, cache, sandbox)
        return {"failure": values(failure), "warnings": _warnings(warnings)}
    finally:
        _leave(folder)
    return {"outputs": outputs, "sources": sources, "warnings": _warnings(warnings), "seconds": seconds}


def _prepare(
    request: Mapping[str, Any],
    folder: Path,
    blobs: Blobs,
    callbacks: tuple[ProgressCallback, RetryCallback],
    sandbox: ActiveSandbox | None,
) -> tuple[Context, LinkedInputs, dict[str, Any]]:
    out, scratch, inputs = folder / "out", folder / "scratch", folder / "in"
    for path in (out, scratch, inputs):
        path.mkdir(parents=True)
    env = {**request["env"], "TMPDIR": str(scratch), "HOME": str(scratch)}
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    sources: dict[str, Any] = {}
    for role, given in request["inputs"].items():
        if "source" in given:
            sources[given["blob"]] = copy_source(role, given, blobs, Path(request["cache"]), scratch, sandbox)
    _forget_intact_of_other_builds(folder.parent)
    links = LinkedInputs(request["inputs"], inputs, blobs)
    return Context(request["step"], request["params"], links, out, scratch, env, *callbacks), links, sources


def copy_source(
    role: str, given: Mapping[str, Any], blobs: Blobs, cache: Path, scratch: Path, sandbox: ActiveSandbox | None
) -> list[int]:
    """Copy the source of a role into the blobs, and return its signature there. Raises StepError if that fails."""
    try:
        return list(blobs.copy_in(Path(given["source"]), given["blob"], scratch)[1])
    except SourceChangedError as error:
        raise StepError(f"'{error}' changed during the build", hint="build again", field=role) from error
    except OSError as error:
        if sandbox is not None and (limit := sandbox.limit(error)):
            raise StepError(f"cannot copy '{given['source']}': {limit[0]}", hint=limit[1], field=role) from error
        transient = durable.is_transient(error)
        full = disk_full.message(error, cache, blobs.root) if error.filename != given["source"] else None
        raise StepError(
            f"cannot {'copy' if transient else 'read'} '{given['source']}': {full or os_error_text(error)}",
            hint=disk_full.HINT if full else None,
            field=role,
            transient=transient,
        ) from error


@lru_cache(maxsize=1)
def _forget_intact_of_other_builds(_build: Path) -> None:
    """Forget what was hashed in an earlier build, for a worker that is kept: disk rot changes no stat."""
    forget_intact()


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
        raise RuntimeError(f"step '{step}' made no output")
    return {name: [blob.digest, *left] for name, (blob, left) in blobs.move_in(files).items()}


def _input_failure(error: Exception, request: Mapping[str, Any], blobs: Blobs) -> Failure | None:
    """Return the failure of a step of which a cached input was corrupt or is missing; None for any other."""
    if corrupt := _corrupt_input(error):
        with contextlib.suppress(OSError):
            blobs.remove(corrupt.digest)
        return Failure("corrupt cached input removed", "build again", corrupt.role)
    for role, given in request["inputs"].items():
        digests = given["files"].values() if "files" in given else [given["blob"]]
        if "source" not in given and not all(blobs.find(digest).exists() for digest in digests):
            return Failure("cached input missing", "build again", role)
    return None


def _corrupt_input(error: BaseException | None) -> CorruptInputError | None:
    """Return the corrupt input that caused an error: a step or a plug-in may have raised its own because of it."""
    while error is not None:
        if isinstance(error, CorruptInputError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _failure(error: Exception, folder: Path, cache: Path, sandbox: ActiveSandbox | None) -> Failure:
    limit = None if sandbox is None else sandbox.limit(error)
    if isinstance(error, StepError):
        return _with_limit(disk_full.from_tool(error.failure, cache), limit)
    import traceback

    log = tuple("".join(traceback.format_exception(error)).splitlines()[-_LOG_LINES:])
    if limit is not None:
        return Failure(limit[0], limit[1], log=log)
    if isinstance(error, VidbuildError):
        return Failure(error.message, error.hint, log=log)
    if isinstance(error, MemoryError):
        return Failure("out of memory", log=log, transient=True)
    if isinstance(error, OSError) and (durable.is_transient(error) or error.errno in _MACHINE_ERRORS):
        return disk_full.failure(error, cache, folder)
    return Failure(f"{type(error).__name__}: {error}", log=log, fault="bug")


def _with_limit(failure: Failure, limit: tuple[str, str | None] | None) -> Failure:
    """Add the limit that was reached to a step's own failure, which a retry cannot help then."""
    if limit is None or not failure.transient:
        return failure
    return replaced(failure, message=f"{failure.message}: {limit[0]}", hint=limit[1], transient=False)


def _warnings(warnings: list[Any]) -> list[list[Any]]:
    return [[warning.message, warning.field, warning.hint, warning.code] for warning in warnings]


def _leave(folder: Path) -> None:
    with contextlib.suppress(OSError):
        os.chdir(folder.parent)
    durable.remove_folder(folder)
