"""Reads media files in a process of its own, which has the sandbox, the limits and the ffmpeg of steps."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vidbuild.api.environment import FIXED, PASSED_ON
from vidbuild.api.sandbox_policy import sandbox_of
from vidbuild.create.source import contained


def contained_call(function: Any, file: Path, others: Sequence[Path], seconds: float, *arguments: str) -> Any:  # noqa: ANN401 - JSON values of any function
    """Call a function on media files in a sandboxed process, with the limits and the ffmpeg of steps."""
    env = {**{name: os.environ[name] for name in PASSED_ON if name in os.environ}, **FIXED}
    sandbox = sandbox_of()
    memory, programs = (sandbox.memory, sandbox.programs) if sandbox else (contained.MEMORY, ())
    return contained.call(
        function, file, *arguments, others=others, seconds=seconds, memory=memory, programs=programs, env=env
    )
