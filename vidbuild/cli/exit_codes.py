"""Exit codes: what each means, and which error leads to which."""

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
    UNREACHABLE = 4
    INTERRUPTED = 130
    TERMINATED = 143


MEANINGS: dict[Exit, str] = {
    Exit.DONE: "done, or nothing to do",
    Exit.FAILED: "a step failed, --verify found a difference, or inspect something beyond a limit",
    Exit.WRONG: "the command line or the spec is wrong",
    Exit.BUG: "a bug in vidbuild; a report that you can paste is saved, and its path printed",
    Exit.UNREACHABLE: "a service on the network, such as an online voice, could not be used",
    Exit.INTERRUPTED: "interrupted (SIGINT, Ctrl-C)",
    Exit.TERMINATED: "terminated (SIGTERM, or the terminal was closed)",
}


def of_error(error: errors.VidbuildError) -> Exit:
    """Return the exit code for an error that reached the command line."""
    return Exit(errors.code_of(error))


def of_fault(fault: str) -> Exit:
    """Return the exit code for a failed step's fault (vidbuild.errors.Failure.fault)."""
    return Exit(errors.of_fault(fault))


def most_severe(codes: Iterable[Exit]) -> Exit:
    """Return the most severe of several exit codes; DONE for none."""
    return Exit(errors.most_severe(codes))
