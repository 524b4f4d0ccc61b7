"""The errors a user can meet; it knows nothing of where they are shown.

::

    VidbuildError                 anything vidbuild tells a user about
    ├── UsageError                exit 2: the command line asks for what cannot be
    ├── SpecError                 exit 2: the spec is wrong; carries diagnostics (vidbuild.spec.diagnostics)
    ├── StepError                 exit 1: a step failed; carries the tool's last lines
    │   ├── SpecProblem           exit 2: what a step found out is the spec's fault (a scene over max_duration)
    │   └── UnreachableError      exit 1 (4 where the user asked for it to be fatal): network or remote store
    └── StoreError                exit 1: the cache folder cannot be used at all

Everything else is a bug in vidbuild: exit 3 and a saved report.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from vidbuild.frozen import dataclass

_BUG = 3
_GRAVITY = (143, 130, _BUG, 2, 4, 1, 0)  # of several exit codes the one that must be dealt with first decides
_FAULTS = {"step": 1, "unreachable": 1, "spec": 2, "bug": _BUG}


class VidbuildError(Exception):
    """A message for the user: lower case, no full stop, values quoted; a hint where there is a way out.

    code: the exit code of a command that it ends.
    """

    code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(VidbuildError):
    """The command line, or a call of the API, asks for what cannot be."""

    code = 2


class StoreError(VidbuildError):
    """The cache folder cannot be used; nothing in it was changed."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed step as plain data: what crosses the process border and lands in events and JSON.

    field: the scene's field (dotted path, "" for the scene) that the message is about, for its place in the spec.
    command: the argument list that failed, saved so that it can be run by hand.
    log: the tool's last lines.
    """

    message: str
    hint: str | None = None
    field: str = ""
    command: tuple[str, ...] = ()
    log: tuple[str, ...] = ()
    fault: str = "step"  # step | spec | unreachable | bug
    transient: bool = False


class StepError(VidbuildError):
    """A step could not make its outputs."""

    fault = "step"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        field: str = "",
        command: tuple[str, ...] = (),
        log: tuple[str, ...] = (),
        transient: bool = False,
    ) -> None:
        super().__init__(message, hint=hint)
        self.failure = Failure(message, hint, field, command, log, self.fault, transient)


class SpecProblem(StepError):  # noqa: N818 - it is the spec that is wrong, not the step
    """The spec asks for something that only became known while building, such as a scene over max_duration."""

    fault = "spec"
    code = 2


class UnreachableError(StepError):
    """A service on the network did not answer as it should."""

    fault = "unreachable"


def of_fault(fault: str) -> int:
    """The exit code for a failed step's fault."""
    return _FAULTS.get(fault, 1)


def code_of(error: BaseException) -> int:
    """The exit code for an error that ends a build."""
    if isinstance(error, VidbuildError):
        return error.code
    if isinstance(error, BrokenPipeError):  # whoever was told has gone, and wants no more
        return 0
    return 1 if isinstance(error, OSError) else _BUG


def gravest(codes: Iterable[int]) -> int:
    """The one exit code that several ends of one command come to."""
    return min(codes, key=_GRAVITY.index, default=0)
