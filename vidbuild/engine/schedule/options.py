"""How to build; none of it can change a result."""

from __future__ import annotations

import os
from collections.abc import Sequence

from vidbuild.engine.store.store import DEFAULT_LIMIT
from vidbuild.frozen import dataclass, field


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often to attempt a step that fails for a transient reason, and how long to wait before each attempt.

    attempts: attempts in all.
    base, cap: a wait is random, up to base * 2 ** (failures - 1) seconds and at most cap seconds, so that builds that
        failed together do not all retry at the same moment.
    seed: of the random waits; None for any.
    """

    attempts: int = 3
    base: float = 0.5
    cap: float = 10.0
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class PollIntervals:
    """How long the scheduler waits for messages of workers, in seconds, before it checks everything else.

    usual: while steps run.
    soon: while a step waits for a key that another step or build makes, or for a remote tier.
    paused: while the run is paused and no step runs.
    """

    usual: float = 0.1
    soon: float = 0.03
    paused: float = 0.2


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to build; every default is declared here and nowhere else.

    jobs: steps that run in parallel; None for one per processor.
    keep_going: after a failure, keep building steps that do not depend on it, in every target.
    fresh: ids or patterns (`speak:*`) of steps to run even if they are cached.
    shuffle: start ready steps in a random order with this seed; None for the longest work first.
    retry: how often and how soon to attempt a step again.
    grace: seconds in which running steps may finish after the run was cancelled.
    cache_limit: bytes to which the store is trimmed after the build; what the build used is kept.
    poll: how often the scheduler checks for everything that sends no message.
    """

    jobs: int | None = None
    keep_going: bool = False
    fresh: Sequence[str] = ()
    shuffle: int | None = None
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    grace: float = 10.0
    cache_limit: int = DEFAULT_LIMIT
    poll: PollIntervals = field(default_factory=PollIntervals)

    @property
    def workers(self) -> int:
        """The number of steps that may run in parallel on this machine."""
        return self.jobs or os.cpu_count() or 1

    @property
    def known_jobs(self) -> int:
        """The number of steps that may run in parallel, as far as it is known before the first one; 0 if it is not."""
        return self.workers
