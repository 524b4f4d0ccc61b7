"""How a build may be asked for from Python and by the command line; it knows nothing of how it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from vidbuild.api.listeners import Listeners


class Options(TypedDict, total=False):
    """How to build; none of it changes what the outputs are.

    jobs: steps side by side (default: one per processor). keep_going: after a failure go on with what does not need
    it. output: the folder for outputs instead of `build` beside the spec. only: ids of scenes to build a video of by
    themselves. variables: values for the spec's vars. fresh: ids or patterns of steps to run whatever the cache holds.
    dry_run: run and write nothing, tell what would run. offline: fail where a step would need the network.
    allow_network_voice: let specs use voices on the network also in CI. cache: the cache's folder.
    on_event: called with each event in order; a function, a coroutine function that is awaited, or a
    mapping from types of event, which may be patterns such as "step_*", to such functions.
    cancelled: asked while building; once true, nothing new is started, what runs may end, and it is kept.
    hurried: asked from then on; once true, what still runs is killed. code_if_cancelled: told in the last event then.
    halted: asked while building for something to do while all that the build started stands still, None for nothing.
    resume: the id of an earlier run of the spec, or "last", that failed, was cancelled or killed and is continued.
    shuffle: start steps in a random order that follows from this number.
    surroundings: the steps' environment where it is to be another than usual: TZ, LC_ALL, PYTHONHASHSEED.
    """

    jobs: int | None
    keep_going: bool
    output: Path | None
    only: Sequence[str]
    variables: Mapping[str, str] | None
    fresh: Sequence[str]
    dry_run: bool
    offline: bool
    allow_network_voice: bool
    cache: Path | None
    on_event: Listeners | None
    cancelled: Callable[[], bool]
    hurried: Callable[[], bool]
    code_if_cancelled: Callable[[], int]
    halted: Callable[[], Callable[[], None] | None]
    resume: str | None
    shuffle: int | None
    surroundings: Mapping[str, str]
