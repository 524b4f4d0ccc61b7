"""The results of specs and videos that could not be built, and what there is to report about every build."""

from __future__ import annotations

import os
from collections.abc import Iterator

from vidbuild.api.environment import FILE_SIZE, MEMORY
from vidbuild.api.result import FailedStep, Notice, Result, Steps
from vidbuild.api.spec_args import SpecLike, path_of
from vidbuild.api.video import Video
from vidbuild.engine.store.store import Store
from vidbuild.errors import StoreError, UsageError, VidbuildError, os_error_text
from vidbuild.platforms import SANDBOX


def as_reported(error: Exception, store: Store) -> VidbuildError:
    """Return the error that the user sees: an OSError is a problem of the cache."""
    if isinstance(error, VidbuildError):
        return error
    if not isinstance(error, OSError):
        raise error
    return StoreError(f"the cache cannot be used: {os_error_text(error)}: '{error.filename or store.root}'")


def failed(spec: SpecLike, error: VidbuildError, run: str = "", video: Video | None = None) -> Result:
    """Return the result of a spec that could not be built, or whose outputs could not be placed."""
    path, diagnostics = path_of(spec), getattr(error, "diagnostics", ())
    fault = "spec" if isinstance(error, UsageError) else "step"
    failed = () if diagnostics else (FailedStep(path.name, error.message, error.hint, fault=fault),)
    result = Result("failed", path, run, (), Steps(0, failed=failed), 0.0, 0.0, diagnostics=diagnostics)
    return video.named(result) if video else result


def aborted(spec: SpecLike, video: Video | None = None) -> Result:
    """Return the result of a spec or video of which nothing was built, because another one failed."""
    result = Result("aborted", path_of(spec), "", (), Steps(0), 0.0, 0.0)
    return video.named(result) if video else result


def sandbox_notices() -> Iterator[Notice]:
    """Return what there is to report about the sandbox, if the user asked for another one than usual."""
    if any(os.environ.get(name) for name in (SANDBOX, MEMORY, FILE_SIZE)):
        from vidbuild.api.sandbox_policy import notices

        yield from map(Notice, notices())
