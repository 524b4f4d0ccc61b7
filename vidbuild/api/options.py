"""How to build videos, from Python and from the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.engine.runs.control import Control
from vidbuild.engine.schedule.options import RetryPolicy, RunOptions
from vidbuild.engine.schedule.run_control import RunControl
from vidbuild.errors import UsageError
from vidbuild.frozen import dataclass, field, replaced, values

__all__ = ["LOCAL", "BuildOptions", "Control", "RetryPolicy", "RunControl", "options_of"]

LOCAL = "local"  # the executor that nothing is imported for


@dataclass(frozen=True, slots=True)
class BuildOptions(RunOptions):
    """How to build; none of it changes the bytes of the outputs. It begins with the fields of `RunOptions`.

    output: the folder of the outputs, or the file of the only video (NAME.mp4, or as its format ends), with the other
        outputs beside it; None for `build` beside each spec.
    name: what the names of the outputs begin with, and folders below `output` ("acme/intro"); None for the spec's name.
        Builds of one spec with different names keep histories of their own.
    only: ids of scenes; the video has these and no others.
    variables: values for the spec's vars.
    brand: the name of a brand instead of the spec's own.
    language: of `languages`, those in which videos are built; none stands for all.
    output_name: of `outputs`, the names of those that are built; none stands for all.
    draft: build drafts, NAME.draft.mp4: a quarter of the pixels, silent, with times estimated from the texts.
    dry_run: run and write nothing, report what would run.
    strict: make warnings about a spec errors, and check specs before anything is rendered.
    offline: use no online voice: a declared fallback speaks instead, or an uncached step is an error.
    allow_network_voice: allow voices on the network in CI too.
    frozen: use no voice on the network but for locked takes.
    use_remote: read the remote cache of the project, if it has one.
    remote_write: add results to the remote cache, signed with the private key of the environment.
    require_remote: raise RemoteError if the remote cache cannot be used.
    executor: what runs the steps: "local" for processes of this machine, "dask" for a Dask cluster that is started
        here, or "dask:tls://HOST:PORT" for the workers of a scheduler; without `jobs`, as many as they can run.
    insecure_executor: allow a scheduler without TLS: anyone who can reach its port can run code on it.
    resume: the id of an earlier run of the spec, or "last", that failed, was cancelled or killed and is continued.
    cache: the cache's folder; None for the project's.
    env_overrides: variables of the steps' environment to change: TZ, LC_ALL, PYTHONHASHSEED.
    """

    output: Path | None = None
    name: str | None = None
    only: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    brand: str | None = None
    language: Sequence[str] = ()
    output_name: Sequence[str] = ()
    draft: bool = False
    dry_run: bool = False
    strict: bool = False
    offline: bool = False
    allow_network_voice: bool = False
    frozen: bool = False
    use_remote: bool = True
    remote_write: bool = False
    require_remote: bool = False
    executor: str = LOCAL
    insecure_executor: bool = False
    resume: str | None = None
    cache: Path | None = None
    env_overrides: Mapping[str, str] = field(default_factory=dict)

    @property
    def known_jobs(self) -> int:
        """As for `RunOptions`; the workers of a scheduler are counted when the first step must run."""
        return self.jobs or (0 if ":" in self.executor else self.workers)


def options_of(options: BuildOptions | None, changes: Mapping[str, Any]) -> BuildOptions:
    """Return the options with changes to some of their fields; UsageError for a name that is none of them."""
    known = values(BuildOptions())
    unknown = next((name for name in changes if name not in known), None)
    if unknown is not None:
        raise UsageError(f"unknown build option '{unknown}'", hint=f"there are {', '.join(known)}")
    return replaced(options or BuildOptions(), **changes)
