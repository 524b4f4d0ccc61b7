"""Decides which failed steps are attempted again, and when.

Between two attempts a step holds nothing: no worker, no slot of a tool, and not its key, which another build may make.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from vidbuild.engine.schedule.options import RetryPolicy
from vidbuild.errors import Failure
from vidbuild.frozen import values

if TYPE_CHECKING:
    from random import Random


class RetryQueue:
    """The number of failed attempts of each step, and the steps that wait for their next attempt."""

    def __init__(self, policy: RetryPolicy, clock: Callable[[], float] = time.monotonic) -> None:
        self._policy = policy
        self._clock = clock
        self._failed: dict[str, int] = {}
        self._due: dict[str, float] = {}
        self._random: Random | None = None

    def __bool__(self) -> bool:
        """Whether any step waits."""
        return bool(self._due)

    def next_attempt(self, step: str) -> int:
        """Return the number of the step's next attempt, counted from 1."""
        return self._failed.get(step, 0) + 1

    def add(self, step: str, failure: Failure) -> float | None:
        """Count a failed attempt; return the seconds until the next one, or None if it was the last."""
        attempt = self._failed[step] = self.next_attempt(step)
        if not failure.transient or attempt >= self._policy.attempts:
            return None
        wait = self._jitter() * min(self._policy.cap, self._policy.base * 2.0 ** (attempt - 1))
        self._due[step] = self._clock() + wait
        return wait

    def discard(self, step: str) -> None:
        """Attempt the step no further."""
        self._due.pop(step, None)

    def with_attempts(self, step: str, failure: Failure) -> Failure:
        """Return the failure of the last attempt with the number of attempts in its message."""
        attempts = self._failed.get(step, 0)
        if attempts <= 1:
            return failure
        return Failure(**{**values(failure), "message": f"{failure.message} (tried {attempts} times)"})

    def pop_due(self) -> list[str]:
        """Remove and return the steps whose wait is over."""
        now = self._clock()
        steps = [step for step, moment in self._due.items() if moment <= now]
        for step in steps:
            del self._due[step]
        return steps

    def limit_wait(self, seconds: float) -> float:
        """Return these seconds, or those until the next attempt is due if they are fewer."""
        if not self._due:
            return seconds
        return max(0.0, min(seconds, min(self._due.values()) - self._clock()))

    def _jitter(self) -> float:
        if self._random is None:
            import random

            self._random = random.Random(self._policy.seed)  # noqa: S311 - spreads waits, guards nothing
        return self._random.random()
