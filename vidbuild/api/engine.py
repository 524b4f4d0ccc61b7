"""The engine with this project's kinds of step, its tools and the surroundings of its workers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild import __version__
from vidbuild.api.environment import FIXED, PASSED_ON
from vidbuild.api.tools import tools
from vidbuild.engine.schedule.engine import Engine
from vidbuild.engine.store.store import Store
from vidbuild.plan.kinds import KINDS

if TYPE_CHECKING:
    from vidbuild.engine.sandbox.sandbox import Sandbox


def engine_of(store: Store, env_overrides: Mapping[str, str] | None = None) -> Engine:
    """Return the engine on this store; env_overrides: variables of the steps' environment to change."""
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    if "VIDBUILD_FFMPEG" in env and os.sep in env["VIDBUILD_FFMPEG"]:
        env["VIDBUILD_FFMPEG"] = str(Path(env["VIDBUILD_FFMPEG"]).absolute())  # workers run in another folder
    steps_env = {**env, **FIXED, **(env_overrides or {})}
    made_by = f"vidbuild {__version__}"
    return Engine(store, KINDS, tools(), steps_env, made_by, tool_env=os.environ, sandbox=_sandbox)


def _sandbox() -> Sandbox | None:
    from vidbuild.api.sandbox_policy import sandbox_of

    return sandbox_of()
