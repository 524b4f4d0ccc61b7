"""How to build, as plain data of which nothing can change a result; it knows nothing of who goes by it."""

from __future__ import annotations

from collections.abc import Mapping

from vidbuild.frozen import dataclass, field


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a step that failed of what may pass is tried, and how long after.

    attempts: how many in all. A wait is anything up to base * 2 ** (failures - 1) seconds, but at most cap, so that
    builds that met the same trouble do not come back at the same moment. seed: of these waits, None for any.
    """

    attempts: int = 3
    base: float = 0.5
    cap: float = 10.0
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How to build; none of it can change a result.

    entry: the name under which the project's steps are remembered, for explain and for expected times.
    jobs: how many steps run side by side. keep_going: after a failure, go on with what does not need it.
    fresh: ids of steps to run whatever the store holds.
    limits: resource -> how many of its steps may run side by side. made_by: the program, for traces.
    weights: step -> how much work it is beside others, where that is not 1.
    continues: the id of an earlier run that this one goes on with.
    shuffle: start ready steps in a random order that follows from this number, None for the longest work first.
    """

    entry: str = ""
    jobs: int = 1
    keep_going: bool = False
    fresh: frozenset[str] = frozenset()
    limits: Mapping[str, int] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    made_by: str = ""
    shuffle: int | None = None
    continues: str = ""
    retry: Retry = field(default_factory=Retry)


def not_halted() -> None:
    """Nobody asks for all to stand still."""
