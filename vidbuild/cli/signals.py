"""Signals that end or suspend a command: which came, and whether the command must stop, or stop at once.

Ctrl-Z stops only the processes of the terminal, to which a build's workers do not belong: a build that polls
`suspend_requested` stops them first, so that nothing runs, and no time limit expires, while it is suspended.
"""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import time
from types import FrameType, TracebackType
from typing import Self

from vidbuild import platforms
from vidbuild.cli.exit_codes import Exit

_ENDING = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED, platforms.SIGHUP: Exit.TERMINATED}
_ENDING.pop(0, None)  # a signal that this system does not have
_RECENT = 1.0  # seconds in which a build that polls does so again, and in which one that is interrupted ends


class Interrupt:
    """While it is entered, SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt and are recorded.

    record: the name of the record that a build with nothing to do leaves (`vidbuild.null_build`), "" for none.
    graceful: the command polls `stop_requested` and ends by itself, so a first signal does not raise. Nor does a second
        one if the command has polled `kill_requested` since the first; a third one always raises.

    While a command ends because a signal raised, others raise nothing for a second: Ctrl-C that is held down must not
    keep the end of a run out of its log.
    """

    def __init__(self) -> None:
        self.code = Exit.INTERRUPTED
        self.record = ""
        self.graceful = False
        self._times = 0
        self._raised = -_RECENT
        self._polled = 0.0
        self._kill_polled = False
        self._suspend_requested = False

    def stop_requested(self) -> bool:
        """Return whether a signal has come."""
        self._polled = time.monotonic()
        return self._times > 0

    def kill_requested(self) -> bool:
        """Return whether a second signal has come."""
        self._kill_polled = self._times > 0
        return self._times > 1

    def suspend_requested(self) -> bool:
        """Return whether Ctrl-Z came and the command was not suspended since."""
        return self._suspend_requested

    def suspend(self) -> None:
        """Stop this process as Ctrl-Z does by itself, until it is continued."""
        self._suspend_requested = False
        signal.signal(platforms.SIGTSTP, signal.SIG_DFL)
        try:
            os.kill(os.getpid(), platforms.SIGTSTP)
        finally:
            signal.signal(platforms.SIGTSTP, self._on_suspend)

    def __enter__(self) -> Self:
        # A signal that was ignored at the start stays ignored: SIGHUP under nohup, SIGINT for a shell's `&`.
        numbers = [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]
        self._before = {number: signal.signal(number, self._receive) for number in numbers}
        if platforms.SIGTSTP:
            self._before[platforms.SIGTSTP] = signal.signal(platforms.SIGTSTP, self._on_suspend)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        self.code = _ENDING[number]
        self._times += 1
        if number == platforms.SIGHUP:
            _forget_terminal()
        left_to_command = self.graceful and (self._times == 1 or (self._times == 2 and self._kill_polled))  # noqa: PLR2004 - the second
        if not left_to_command and time.monotonic() - self._raised >= _RECENT:
            self._raised = time.monotonic()
            raise KeyboardInterrupt

    def _on_suspend(self, _number: int, _frame: FrameType | None) -> None:
        if self.graceful and time.monotonic() - self._polled < _RECENT:
            self._suspend_requested = True
        else:
            self.suspend()


def _forget_terminal() -> None:
    """Discard what is written to a terminal that is gone, instead of failing."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        with contextlib.suppress(OSError):
            if stat.S_ISCHR(os.fstat(stream).st_mode):
                os.dup2(nothing, stream)
    os.close(nothing)
