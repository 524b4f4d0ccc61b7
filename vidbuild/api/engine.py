"""The engine with this project's kinds of step, its tools and the surroundings of its workers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild import __version__
from vidbuild.api.environment import FIXED, PASSED_ON
from vidbuild.api.tools import tools
from vidbuild.engine.keys.cache import Cache
from vidbuild.engine.schedule.engine import Engine
from vidbuild.engine.store.store import Store
from vidbuild.plan.kinds import KINDS
from vidbuild.voices.protocol import OFFLINE, PLUGIN, SETTINGS

if TYPE_CHECKING:
    from vidbuild.engine.sandbox.sandbox import Sandbox
    from vidbuild.engine.worker.executor import NewExecutor
    from vidbuild.engine.worker.kept_pool import KeptPool

_KEPT: list[NewExecutor] = []  # what runs the steps of this process's builds, if its workers are kept


def engine_of(
    store: Store,
    env_overrides: Mapping[str, str] | None = None,
    *,
    offline: bool = False,
    remote: Sequence[Cache] = (),
    new_executor: NewExecutor | None = None,
) -> Engine:
    """Return the engine on this store.

    env_overrides: variables of the steps' environment to change.
    offline: use no online voice.
    remote: slower tiers of the cache.
    new_executor: what runs the steps; None for processes on this machine.
    """
    steps_env = {**machine_env(), **FIXED, **(env_overrides or {}), **({OFFLINE: "1"} if offline else {})}
    made_by = f"vidbuild {__version__}"
    return Engine(
        store,
        KINDS,
        tools(),
        steps_env,
        made_by,
        tool_env=Variables(),
        sandbox=_sandbox,
        remote=remote,
        new_executor=new_executor or (_KEPT[-1] if _KEPT else None),
    )


def machine_env() -> dict[str, str]:
    """Return the variables of this machine that every step receives."""
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    if "VIDBUILD_FFMPEG" in env and os.sep in env["VIDBUILD_FFMPEG"]:
        env["VIDBUILD_FFMPEG"] = str(Path(env["VIDBUILD_FFMPEG"]).absolute())  # workers run in another folder
    return env


def keep_workers() -> KeptPool:
    """Keep the workers of this thread's runs for its next ones, until the pool that this returns is closed.

    For a process that builds again and again; the runs of other threads start and end their own workers.
    """
    from vidbuild.engine.worker.kept_pool import KeptPool

    kept = KeptPool()
    kept.keep_in_this_thread()
    _KEPT[:] = [kept.executor]
    return kept


class Variables(Mapping[str, str]):
    """The variables of this process, and those by which steps receive the user's settings and plug-ins of a voice."""

    def __getitem__(self, name: str) -> str:
        """Return a variable's value; raise KeyError if it is not set."""
        if name.startswith(PLUGIN):
            from vidbuild.voices.registry import plugins

            return plugins().variable(name.removeprefix(PLUGIN))
        if not name.startswith(SETTINGS):
            return os.environ[name]
        import json

        from vidbuild.voices.registry import settings_of

        settings = settings_of(name.removeprefix(SETTINGS))
        if settings is None:
            raise KeyError(name)
        return json.dumps(settings)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the variables of this process."""
        return iter(os.environ)

    def __len__(self) -> int:
        """Return the number of the variables of this process."""
        return len(os.environ)


def _sandbox() -> Sandbox | None:
    from vidbuild.api.sandbox_policy import sandbox_of

    return sandbox_of()
