"""Exit codes and texts of errors, and the errors of locks."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest

from vidbuild import errors, flock


@pytest.mark.parametrize(
    ("fault", "code"), [("step", 1), ("spec", 2), ("bug", 3), ("unreachable", 4), ("of tomorrow", 1)]
)
def test_each_fault_has_its_exit_code(fault: str, code: int) -> None:
    """P41: a failed step's fault decides the exit code; an unknown one is that of a failed step."""
    assert errors.of_fault(fault) == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError("x"), 2),
        (errors.SpecProblem("x"), 2),
        (errors.UnreachableError("x"), 4),
        (errors.StoreError("x"), 1),
        (BrokenPipeError(), 0),
        (OSError(errno.ENOSPC, "no space left on device"), 1),
        (ValueError("a bug"), 3),
    ],
)
def test_each_error_has_its_exit_code(error: BaseException, code: int) -> None:
    """P41: an error that ends a build decides the exit code; a closed pipe is none, and anything unknown is a bug."""
    assert errors.code_of(error) == code


@pytest.mark.parametrize(
    ("codes", "code"), [([], 0), ([0, 0], 0), ([0, 4], 4), ([4, 1], 1), ([1, 2], 2), ([2, 3], 3), ([3, 130, 143], 143)]
)
def test_the_most_severe_code_counts(codes: list[int], code: int) -> None:
    """P41: of several exit codes the one that a user must deal with first is used."""
    assert errors.most_severe(codes) == code


@pytest.mark.parametrize(("number", "expected"), [(errno.EWOULDBLOCK, errno.EWOULDBLOCK), (None, errno.EIO)])
def test_a_failed_lock_has_an_error_number(
    number: int | None, expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel's number is kept, and an error without one is no success."""

    def fail(*_: int) -> None:
        raise OSError(number, "no") if number else OSError("no number")

    monkeypatch.setattr(fcntl, "flock", fail)
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        assert flock.lock(descriptor, shared=False) == expected
    finally:
        os.close(descriptor)


def test_an_error_has_its_message_and_hint() -> None:
    """An error reads as its message, and has a hint if it was given one."""
    error = errors.UsageError("no such spec", hint="use another")
    assert (str(error), error.message, error.hint) == ("no such spec", "no such spec", "use another")
    assert errors.StoreError("no room").hint is None


@pytest.mark.parametrize(
    ("kind", "fault"),
    [(errors.StepError, "step"), (errors.SpecProblem, "spec"), (errors.UnreachableError, "unreachable")],
)
def test_a_step_error_has_its_failure_as_data(kind: type[errors.StepError], fault: str) -> None:
    """The failure of a step has all that the error was given, and by its fault the error's class is found again."""
    error = kind("no", hint="h", field="title", command=("a",), log=("b",), transient=True)
    assert error.failure == errors.Failure("no", "h", "title", ("a",), ("b",), fault, transient=True)
    assert (str(error), error.message, error.hint) == ("no", "no", "h")
    assert errors.class_of(fault) is kind
    assert kind("no").failure == errors.Failure("no", None, "", (), (), fault, transient=False)
    assert errors.Failure("no") == errors.StepError("no").failure


def test_an_unknown_fault_is_one_of_a_step() -> None:
    """A fault that this version does not know, or a bug, has the general class."""
    assert errors.class_of("bug") is errors.class_of("of tomorrow") is errors.StepError


def test_the_text_of_a_system_error_has_no_number() -> None:
    """The system's words are used, in lower case, and the error's own if it has none."""
    assert errors.os_error_text(OSError(errno.ENOSPC, "No space left on device", "x")) == "no space left on device"
    assert errors.os_error_text(OSError("Odd thing")) == "odd thing"
