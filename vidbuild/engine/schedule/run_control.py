"""How a run is cancelled, paused and suspended: what its caller asks for, and what others leave in its folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from math import inf
from pathlib import Path

from vidbuild.engine.runs.control import Control, read_request


class RunControl:
    """What the caller of a run asks of it; the run polls it several times a second. Each default asks for nothing."""

    def requested(self) -> Control:
        """Return RUN, PAUSE (start nothing new until RUN again) or CANCEL (start nothing new, then end)."""
        return Control.RUN

    def kill_now(self) -> bool:
        """Return whether running steps must be killed at once; polled while a cancelled run waits for them."""
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
    while_suspended: calls a function, and records that everything is stopped meanwhile.
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

    def poll(self) -> Control:
        """Return what counts now: CANCEL before PAUSE before RUN."""
        if self.state is not Control.CANCEL:
            requests = {self._control.requested(), read_request(self._folder)}
            self.state = next((each for each in (Control.CANCEL, Control.PAUSE) if each in requests), Control.RUN)
            if self.state is Control.CANCEL:
                self._deadline = self._clock() + self._grace
        return self.state

    @property
    def may_finish(self) -> bool:
        """Whether running steps may run to their end."""
        if self.state is not Control.CANCEL:
            return True
        return self._clock() < self._deadline and not self._control.kill_now()

    def suspension(self) -> Callable[[], None] | None:
        """Return what to call while every worker is stopped, if anything."""
        meanwhile = self._control.suspend()
        return None if meanwhile is None else partial(self._while_suspended, meanwhile)

    def suspended(self, seconds: float) -> None:
        """Extend the grace period by the time in which nothing could run."""
        self._deadline += seconds
