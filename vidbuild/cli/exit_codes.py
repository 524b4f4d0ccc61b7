"""Exit codes: what each means and which error leads to which. It knows no command."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from vidbuild import errors


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
    Exit.FAILED: "a step failed, or --verify found a difference",
    Exit.WRONG: "the command line or the spec is wrong",
    Exit.BUG: "a bug in vidbuild; a report to paste is saved and its path printed",
    Exit.INFRASTRUCTURE: "a network voice or remote store failed where that was asked to be fatal",
    Exit.INTERRUPTED: "interrupted (SIGINT)",
    Exit.TERMINATED: "terminated (SIGTERM)",
}


def of_error(error: errors.VidbuildError) -> Exit:
    """Return the exit code for an error that reached the command line."""
    return Exit(errors.code_of(error))


def of_fault(fault: str) -> Exit:
    """Return the exit code for a failed step's fault (vidbuild.errors.Failure.fault)."""
    return Exit(errors.of_fault(fault))


def gravest(codes: Iterable[Exit]) -> Exit:
    """Return the one exit code that several ends of one command come to."""
    return Exit(errors.gravest(codes))
