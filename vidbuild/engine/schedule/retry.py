"""Attempts at steps that failed of what may pass: which are tried again, and when; it knows nothing of why they fail.

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
    """How often each step was tried, and those that wait for their next attempt."""

    def __init__(self, policy: RetryPolicy, clock: Callable[[], float] = time.monotonic) -> None:
        self._policy = policy
        self._clock = clock
        self._failed: dict[str, int] = {}
        self._due: dict[str, float] = {}
        self._random: Random | None = None

    def __bool__(self) -> bool:
        """Whether any step waits."""
        return bool(self._due)

    def of(self, step: str) -> int:
        """Which attempt the step's next one is, from 1 on."""
        return self._failed.get(step, 0) + 1

    def again(self, step: str, failure: Failure) -> float | None:
        """Take note of a failed attempt; seconds until the next one, None where that was the last."""
        attempt = self._failed[step] = self.of(step)
        if not failure.transient or attempt >= self._policy.attempts:
            return None
        wait = self._jitter() * min(self._policy.cap, self._policy.base * 2.0 ** (attempt - 1))
        self._due[step] = self._clock() + wait
        return wait

    def forget(self, step: str) -> None:
        """The step is not tried again after all."""
        self._due.pop(step, None)

    def told(self, step: str, failure: Failure) -> Failure:
        """The failure that counts after the last attempt; it says how often the step was tried."""
        tried = self._failed.get(step, 0)
        if tried <= 1:
            return failure
        return Failure(**{**values(failure), "message": f"{failure.message} (tried {tried} times)"})

    def due(self) -> list[str]:
        """The steps whose wait is over; they no longer wait here."""
        now = self._clock()
        found = [step for step, moment in self._due.items() if moment <= now]
        for step in found:
            del self._due[step]
        return found

    def sooner(self, seconds: float) -> float:
        """So many seconds, or less where a wait is over before."""
        if not self._due:
            return seconds
        return max(0.0, min(seconds, min(self._due.values()) - self._clock()))

    def _jitter(self) -> float:
        if self._random is None:
            import random

            self._random = random.Random(self._policy.seed)  # noqa: S311 - spreads waits, guards nothing
        return self._random.random()
