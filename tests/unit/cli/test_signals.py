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
def test_a_signal_interrupts_and_is_remembered(number: signal.Signals, code: Exit) -> None:
    """P41: either signal ends the command, and which it was decides on the exit code."""
    with Interrupt() as interrupt, pytest.raises(KeyboardInterrupt):
        send(number)
    assert interrupt.code == code
    assert interrupt.asked()


def test_who_looks_for_himself_is_not_torn_out() -> None:
    """P41: a build that looks at `asked` and `hurried` hears of the first and the second signal; the third raises."""
    with Interrupt() as interrupt:
        interrupt.gentle = True
        assert not interrupt.asked()
        send(signal.SIGTERM)
        assert interrupt.asked()
        assert not interrupt.hurried()
        send(signal.SIGTERM)
        assert interrupt.hurried()
        with pytest.raises(KeyboardInterrupt):
            send(signal.SIGTERM)
    assert interrupt.code == Exit.TERMINATED


def test_who_does_not_look_is_made_to_end() -> None:
    """P41: where nobody has looked since the first signal, the second one raises: it is meant at once."""
    with Interrupt() as interrupt:
        interrupt.gentle = True
        assert not interrupt.hurried()
        send(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            send(signal.SIGINT)


def test_a_terminal_that_closes_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """P41: SIGHUP ends like SIGTERM, and what was going to the terminal goes nowhere."""
    forgotten: list[bool] = []
    monkeypatch.setattr(module, "_forget_terminal", lambda: forgotten.append(True))
    with Interrupt() as interrupt, pytest.raises(KeyboardInterrupt):
        send(signal.SIGHUP)
    assert interrupt.code == Exit.TERMINATED
    assert forgotten == [True]


def test_ctrl_z_waits_for_a_build_that_looks() -> None:
    """Who looks often is asked to stand still, when all that it started does as well."""
    with Interrupt() as interrupt:
        interrupt.gentle = True
        interrupt.asked()
        assert not interrupt.stand_still_asked()
        send(signal.SIGTSTP)
        assert interrupt.stand_still_asked()


def test_the_handlers_that_were_there_come_back() -> None:
    """After the command the process treats both signals as it did before."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP)
    before = [signal.getsignal(number) for number in numbers]
    with Interrupt():
        assert signal.getsignal(signal.SIGTERM) not in before
    assert [signal.getsignal(number) for number in numbers] == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_was_ignored_before_stays_ignored(number: signal.Signals) -> None:
    """P41: a build behind `&` is not ended by a Ctrl-C that is meant for what runs in front of it."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with Interrupt() as interrupt:
            send(number)
            assert not interrupt.asked()
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)
