"""What a step receives while it runs: its parameters, its inputs, a folder to write to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from vidbuild.frozen import dataclass, field

THIS_STEP = "{step}"
"""In a warning's hint: the step, which another spec with the same result can name otherwise."""


@dataclass(frozen=True, slots=True)
class StepWarning:
    """A message for the user that does not fail the step; kept in the trace and shown again when the step is cached.

    field: the scene's field (dotted, "" for the scene) that it is about, for its location in the spec.
    hint: how to act on it, with THIS_STEP for the step.
    code: by which the spec can switch it off; "" if it is from a trace of an earlier version.
    """

    message: str
    field: str = ""
    hint: str | None = None
    code: str = ""


def is_silenced(warning: StepWarning, silenced: Mapping[str, Sequence[str]]) -> bool:
    """Return whether the spec switches a warning off. silenced: that of its step."""
    return any(
        warning.code in codes and (not field_ or f"{warning.field}.".startswith(f"{field_}."))
        for field_, codes in silenced.items()
    )


class ProgressCallback(Protocol):
    """Receives how much of a step is done.

    total: 0 if unknown.
    unit: what is counted, such as "frames".
    """

    def __call__(self, done: int, total: int, unit: str = "") -> None: ...  # noqa: D102 - see the class


class RetryCallback(Protocol):
    """Receives that something failed for a transient reason and is repeated.

    attempt: the number of the next attempt.
    wait: seconds until then.
    message: why the last attempt failed.
    """

    def __call__(self, attempt: int, wait: float, message: str) -> None: ...  # noqa: D102 - see the class


def ignore_retry(attempt: int, wait: float, message: str) -> None:
    """Do nothing."""


def ignore_progress(done: int, total: int, unit: str = "") -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Context:
    """One run of one step, in a private folder that is also the working directory.

    inputs: role -> a read-only file, or a folder of them if the input is the whole product of a step. A mapping may
        have a method `read`, which returns the content of a file.
    out: the folder in which every regular file becomes an output, by its relative name.
    scratch: a folder for anything else; removed afterwards.
    env: the scrubbed environment that child processes must receive.
    on_retry: must be called before the step itself repeats something, such as a request to a service.
    """

    step: str
    params: Mapping[str, Any]
    inputs: Mapping[str, Path]
    out: Path
    scratch: Path
    env: Mapping[str, str]
    progress: ProgressCallback = ignore_progress
    on_retry: RetryCallback = ignore_retry
    warnings: list[StepWarning] = field(default_factory=list)

    def read(self, role: str) -> bytes:
        """Return the content of an input that is one file, without its path, which costs more if there are many."""
        read: Callable[[str], bytes] | None = getattr(self.inputs, "read", None)
        return self.inputs[role].read_bytes() if read is None else read(role)

    def warn(self, code: str, message: str, *, field: str = "", hint: str | None = None) -> None:
        """Give the user a warning."""
        self.warnings.append(StepWarning(message, field, hint, code))
