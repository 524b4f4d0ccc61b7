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

from vidbuild.record import dataclass


class VidbuildError(Exception):
    """A message for the user: lower case, no full stop, values quoted; a hint where there is a way out."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(VidbuildError):
    """The command line, or a call of the API, asks for what cannot be."""


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


class UnreachableError(StepError):
    """A service on the network did not answer as it should."""

    fault = "unreachable"
