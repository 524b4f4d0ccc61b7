"""The errors that vidbuild reports to a user, with their exit codes.

::

    VidbuildError                 any error that is reported
    ├── UsageError                exit 2: the command line or a call of the API is wrong
    │   ├── SourceError           exit 2: a source to create a spec from is wrong (vidbuild.create.source.protocol)
    │   ├── CatalogError          exit 2: a file of translations is wrong (vidbuild.i18n.catalog)
    │   └── PluginError           exit 2: a plug-in cannot be used, or failed; in a step, the step failed
    ├── SpecError                 exit 2: the spec is wrong; has diagnostics (vidbuild.spec.diagnostics)
    │   ├── RecordingError        exit 1: commands cannot be recorded, or print something else (vidbuild.api.record)
    │   └── LockError             exit 2: stock media cannot be locked (vidbuild.api.lock)
    │       └── UnreachableLockError  exit 4: a site does not answer, or refuses the request
    ├── RemoteError               exit 4: a place for files cannot be used (vidbuild.remote.errors)
    ├── ExecutorError             exit 4: no cluster can run steps (vidbuild.dask_executor.errors)
    ├── StepError                 exit 1: a step failed; has the last lines of the tool's log
    │   ├── SpecProblem           exit 2: a step found an error in the spec (a scene over max_duration)
    │   ├── FontError             exit 1: a font is damaged (vidbuild.media.text.fonts)
    │   └── UnreachableError      exit 4: a service on the network did not answer
    └── StoreError                exit 1: the cache folder cannot be used

Any other exception is a bug in vidbuild: exit 3 and a saved report.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from vidbuild.frozen import dataclass

_BUG = 3
_UNREACHABLE = 4
# A user must deal with the first of them before the others.
_BY_SEVERITY = (143, 130, _BUG, 2, 1, _UNREACHABLE, 0)
_FAULTS = {"step": 1, "unreachable": _UNREACHABLE, "spec": 2, "bug": _BUG}


class VidbuildError(Exception):
    """An error with a message for the user: lower case, no full stop, values in quotes.

    hint: how to fix it, None if unknown.
    code: the exit code of a command that ends with it.
    """

    code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(VidbuildError):
    """The command line or a call of the API is wrong."""

    code = 2


class PluginError(UsageError):
    """A plug-in that cannot be used, or whose code raised what it must not: no fault of vidbuild.

    group, name: of its entry point, to find what uses it; "" if unknown.
    """

    def __init__(self, message: str, *, hint: str | None = None, group: str = "", name: str = "") -> None:
        super().__init__(message, hint=hint)
        self.group, self.name = group, name


class StoreError(VidbuildError):
    """The cache folder cannot be used; nothing in it was changed."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed step as plain data, for the worker protocol, events and JSON.

    field: the scene's field (dotted path, "" for the scene) that the message is about, for its location in the spec.
    command: the argument list that failed, saved so that it can be run by hand.
    log: the last lines of the tool's log.
    fault: step, spec, unreachable or bug; it decides the exit code.
    transient: whether another attempt may succeed.
    """

    message: str
    hint: str | None = None
    field: str = ""
    command: tuple[str, ...] = ()
    log: tuple[str, ...] = ()
    fault: str = "step"
    transient: bool = False


class StepError(VidbuildError):
    """A step failed."""

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


class SpecProblem(StepError):  # noqa: N818 - the spec is wrong, not the step
    """An error in the spec that only a step can find, such as a scene over max_duration."""

    fault = "spec"
    code = 2


class UnreachableError(StepError):
    """A service on the network did not answer, or refused the request."""

    fault = "unreachable"
    code = _UNREACHABLE


def class_of(fault: str) -> type[StepError]:
    """Return the class of the error for a failed step's fault."""
    return next((each for each in (SpecProblem, UnreachableError) if each.fault == fault), StepError)


def of_fault(fault: str) -> int:
    """Return the exit code for a failed step's fault."""
    return _FAULTS.get(fault, 1)


def fault_of(error: VidbuildError) -> str:
    """Return the fault of an error that ended a build outside of its steps, as `Failure.fault` has it."""
    return next((fault for fault, code in _FAULTS.items() if code == error.code), "step")


def code_of(error: BaseException) -> int:
    """Return the exit code for an error that ends a build."""
    if isinstance(error, VidbuildError):
        return error.code
    if isinstance(error, BrokenPipeError):  # the reader of the output is gone and needs no more of it
        return 0
    return 1 if isinstance(error, OSError) else _BUG


def most_severe(codes: Iterable[int]) -> int:
    """Return the most severe of several exit codes; 0 for none."""
    return min(codes, key=_BY_SEVERITY.index, default=0)


def os_error_text(error: OSError) -> str:
    """Return what went wrong, for a message: lower case, without numbers and names."""
    return (error.strerror or str(error)).lower()
