"""Signals that end a command."""

from __future__ import annotations

import os
import signal

import pytest

from vidbuild.cli import signals as module
from vidbuild.cli.exit_codes import Exit
from vidbuild.cli.signals import Interrupt


def send(number: signal.Signals) -> None:
    """Send this process a signal; Python runs its handler before the call returns."""
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.TERMINATED)])
def test_a_signal_interrupts_and_is_recorded(number: signal.Signals, code: Exit) -> None:
    """P41: either signal ends the command and sets its exit code."""
    with Interrupt() as interrupt, pytest.raises(KeyboardInterrupt):
        send(number)
    assert interrupt.code == code
    assert interrupt.stop_requested()


def test_a_build_that_polls_ends_by_itself() -> None:
    """P41: a build that polls sees the first signal as a request to stop, the second to kill; the third raises."""
    with Interrupt() as interrupt:
        interrupt.graceful = True
        assert not interrupt.stop_requested()
        send(signal.SIGTERM)
        assert interrupt.stop_requested()
        assert not interrupt.kill_requested()
        send(signal.SIGTERM)
        assert interrupt.kill_requested()
        with pytest.raises(KeyboardInterrupt):
            send(signal.SIGTERM)
    assert interrupt.code == Exit.TERMINATED


def test_a_second_signal_ends_a_build_that_does_not_poll() -> None:
    """P41: if `kill_requested` was not polled since the first signal, the second one raises."""
    with Interrupt() as interrupt:
        interrupt.graceful = True
        assert not interrupt.kill_requested()
        send(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            send(signal.SIGINT)


def test_a_terminal_that_closes_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """P41: SIGHUP ends a command as SIGTERM does, and discards what it still writes to the terminal."""
    forgotten: list[bool] = []
    monkeypatch.setattr(module, "_forget_terminal", lambda: forgotten.append(True))
    with Interrupt() as interrupt, pytest.raises(KeyboardInterrupt):
        send(signal.SIGHUP)
    assert interrupt.code == Exit.TERMINATED
    assert forgotten == [True]


def test_ctrl_z_waits_for_a_build_that_polls() -> None:
    """A build that polls is asked to suspend, so that it stops its workers first."""
    with Interrupt() as interrupt:
        interrupt.graceful = True
        interrupt.stop_requested()
        assert not interrupt.suspend_requested()
        send(signal.SIGTSTP)
        assert interrupt.suspend_requested()


def test_the_earlier_handlers_are_restored() -> None:
    """After the command the process handles the signals as it did before."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP)
    before = [signal.getsignal(number) for number in numbers]
    with Interrupt():
        assert signal.getsignal(signal.SIGTERM) not in before
    assert [signal.getsignal(number) for number in numbers] == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_ignored_signal_stays_ignored(number: signal.Signals) -> None:
    """P41: a build started with `&` survives a Ctrl-C that is meant for the program in the foreground."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with Interrupt() as interrupt:
            send(number)
            assert not interrupt.stop_requested()
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)
