"""Exit codes: what each means and which error leads to which. It knows no command."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from vidbuild.errors import SpecProblem, StepError, StoreError, UnreachableError, UsageError, VidbuildError


class Exit(IntEnum):
    """How a command ended."""

    DONE = 0
    FAILED = 1
    WRONG = 2
    BUG = 3
    INFRASTRUCTURE = 4
    INTERRUPTED = 130
    TERMINATED = 143


MEANINGS: dict[Exit, str] = {
    Exit.DONE: "done, or nothing to do",
    Exit.FAILED: "a step failed",
    Exit.WRONG: "the command line or the spec is wrong",
    Exit.BUG: "a bug in vidbuild; a report to paste is saved and its path printed",
    Exit.INFRASTRUCTURE: "a network voice or remote store failed where that was asked to be fatal",
    Exit.INTERRUPTED: "interrupted (SIGINT)",
    Exit.TERMINATED: "terminated (SIGTERM)",
}

# The first class that fits decides, so a class stands before those it derives from.
_ERRORS: tuple[tuple[type[VidbuildError], Exit], ...] = (
    (UsageError, Exit.WRONG),
    (SpecProblem, Exit.WRONG),
    (UnreachableError, Exit.FAILED),
    (StepError, Exit.FAILED),
    (StoreError, Exit.FAILED),
)

_FAULTS: dict[str, Exit] = {
    "step": Exit.FAILED,
    "unreachable": Exit.FAILED,
    "spec": Exit.WRONG,
    "bug": Exit.BUG,
}

# Of several failures the one that must be dealt with first decides.
_GRAVITY = (Exit.TERMINATED, Exit.INTERRUPTED, Exit.BUG, Exit.WRONG, Exit.INFRASTRUCTURE, Exit.FAILED, Exit.DONE)


def of_error(error: VidbuildError) -> Exit:
    """Return the exit code for an error that reached the command line."""
    for kind, code in _ERRORS:
        if isinstance(error, kind):
            return code
    return Exit.WRONG if getattr(error, "diagnostics", ()) else Exit.FAILED


def of_fault(fault: str) -> Exit:
    """Return the exit code for a failed step's fault (vidbuild.errors.Failure.fault)."""
    return _FAULTS.get(fault, Exit.FAILED)


def gravest(codes: Iterable[Exit]) -> Exit:
    """Return the one exit code that several ends of one command come to."""
    return min(codes, key=_GRAVITY.index, default=Exit.DONE)
