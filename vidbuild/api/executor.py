"""Chooses what runs the steps of a build: `BuildOptions.executor`. A build on this machine alone does not import it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from vidbuild.api.options import LOCAL, BuildOptions
from vidbuild.api.result import Notice
from vidbuild.dask_executor.address import Scheduler, parse

if TYPE_CHECKING:
    from vidbuild.dask_executor.executor import DaskExecutor
    from vidbuild.engine.worker.executor import Executor, RunSetup

_DESCRIBE = "vidbuild.api.worker_identity"


class ChosenExecutor:
    """The cluster that runs the steps; it is reached when the first step must run.

    Raises UsageError for an executor that does not exist, is not installed, or would need --insecure-executor.
    """

    def __init__(self, options: BuildOptions) -> None:
        self._scheduler = parse(options.executor, allow_insecure=options.insecure_executor) or Scheduler()
        self._options = options
        self._last: DaskExecutor | None = None

    def __call__(self, setup: RunSetup) -> Executor:
        """Return the workers of a run, as the engine takes it. Raises ExecutorError if none can be used."""
        from vidbuild.dask_executor.connection import SHARED
        from vidbuild.dask_executor.executor import DaskExecutor, Describing

        connection = SHARED.get(self._scheduler, self._options.workers)
        self._last = DaskExecutor(connection, setup, self._options.jobs, Describing(_DESCRIBE, _plugins))
        return self._last

    def notices(self) -> Iterator[Notice]:
        """Return what the user should know about workers that were not used."""
        for label, why in (self._last.refused if self._last else {}).items():
            yield Notice(f"the worker {label} is not used: {why}", hint="install the same there", code="VB909")

    @contextlib.contextmanager
    def sharing(self) -> Iterator[None]:
        """Keep the connection to the cluster for all runs in the block."""
        from vidbuild.dask_executor.connection import SHARED

        with SHARED.sharing():
            yield


def _plugins() -> Mapping[str, str]:
    from vidbuild.api.worker_identity import plugin_identities

    return plugin_identities()


@contextlib.contextmanager
def sharing_cluster(options: BuildOptions) -> Iterator[None]:
    """Keep the connection to a cluster for all builds in the block. Raises UsageError as `ChosenExecutor` does."""
    if options.executor == LOCAL:
        yield
        return
    with ChosenExecutor(options).sharing():
        yield
