"""Cancels, pauses and suspends a run, on requests of its caller or of other processes."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from math import inf
from pathlib import Path

from vidbuild.engine.runs.control import Control, read_request

_PRECEDENCE = (Control.RUN, Control.PAUSE, Control.CANCEL)  # the later one counts
_BETWEEN_LOOKS = 0.05  # s, of a loop that turns for each of hundreds of steps a second


class RunControl:
    """The requests of a run's caller, polled several times a second; each default requests nothing."""

    def requested(self) -> Control:
        """Return RUN, PAUSE (start no further steps until RUN) or CANCEL (start no further steps, then end)."""
        return Control.RUN

    def kill_now(self) -> bool:
        """Return whether to kill the running steps at once; polled while a cancelled run waits for them."""
        return False

    def suspend(self) -> Callable[[], None] | None:
        """Return a function to call while every worker is stopped, such as one that stops this process; or None."""
        return None

    def cancel_exit_code(self) -> int:
        """Return the exit code of a command whose run was cancelled."""
        return 130


class ControlMonitor:
    """Polls a run's control and its folder, and keeps the grace period; a request to cancel is final.

    folder: the run's folder, in which other processes leave requests.
    grace: seconds in which running steps may finish after CANCEL.
    while_suspended: calls a function, and records that the run is suspended meanwhile.
    state: the request that the last poll returned.
    """

    def __init__(
        self,
        control: RunControl,
        folder: Path,
        grace: float,
        while_suspended: Callable[[Callable[[], None]], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.state = Control.RUN
        self._control = control
        self._folder = folder
        self._grace = grace
        self._while_suspended = while_suspended
        self._clock = clock
        self._deadline = inf
        self._left = Control.RUN
        self._next_look = 0.0

    def poll(self) -> Control:
        """Return the request that counts now: CANCEL before PAUSE before RUN."""
        if self.state is not Control.CANCEL:
            requests = (self._control.requested(), self._left_request())
            self.state = max(requests, key=_PRECEDENCE.index)
            if self.state is Control.CANCEL:
                self._deadline = self._clock() + self._grace
        return self.state

    def _left_request(self) -> Control:
        """Return the request in the run's folder, as it was at most a moment ago: the folder may be on a network."""
        now = time.monotonic()
        if now >= self._next_look:
            self._left, self._next_look = read_request(self._folder), now + _BETWEEN_LOOKS
        return self._left

    @property
    def may_finish(self) -> bool:
        """Whether running steps may run to their end."""
        if self.state is not Control.CANCEL:
            return True
        return self._clock() < self._deadline and not self._control.kill_now()

    def suspension(self) -> Callable[[], None] | None:
        """Return the function to call while every worker is stopped, if any."""
        meanwhile = self._control.suspend()
        return None if meanwhile is None else partial(self._while_suspended, meanwhile)

    def suspended(self, seconds: float) -> None:
        """Extend the grace period by the time in which no step could run."""
        self._deadline += seconds
