"""The messages of a worker about its step: parsed as data, and accepted only if every part has its form.

A message is a line of JSON in one of four forms::

    {"progress": [done, total, unit]}
    {"retry": [attempt, wait, message]}
    {"outputs": {name: [digest, size, mtime_ns, ctime_ns, inode]}, "sources": {digest: [size, …]},
     "warnings": [[message, field, hint, code]], "seconds": s}
    {"failure": {…}, "warnings": […]}
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from vidbuild.engine.graph.context import StepWarning
from vidbuild.errors import Failure
from vidbuild.frozen import dataclass, values

_UNIT = 40
_LOG_LINES = 100
_LOG_LINE = 2000
_MESSAGE = 20_000
_FAULTS = {"step", "spec", "unreachable", "bug"}
_DIGEST = re.compile(r"[0-9a-f]{64}").fullmatch
_SIGNATURE = 4
_FORMS = ({"progress"}, {"retry"}, {"outputs", "sources", "warnings", "seconds"}, {"failure", "warnings"})


@dataclass(frozen=True, slots=True)
class ProgressUpdate:
    """How much of the step is done."""

    done: int
    total: int
    unit: str


@dataclass(frozen=True, slots=True)
class StepRetry:
    """The step itself repeats something that failed for a transient reason.

    attempt: the number of the next attempt.
    wait: seconds until then.
    failure: why the last attempt failed.
    """

    attempt: int
    wait: float
    failure: Failure


@dataclass(frozen=True, slots=True)
class StepOutput:
    """The step succeeded; data: the result of execute.py."""

    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StepFailure:
    """The step failed, or its worker died."""

    failure: Failure
    warnings: tuple[StepWarning, ...] = ()


Answer = ProgressUpdate | StepRetry | StepOutput | StepFailure
INTERIM = (ProgressUpdate, StepRetry)  # sent while the step runs; the others end it


class ProtocolError(Exception):
    """A message has none of the forms."""


def read(line: bytes) -> Answer:
    """Parse one line; ProtocolError if it has none of the forms."""
    try:
        data = json.loads(line)
        _require(data.keys() in _FORMS)
        if "progress" in data:
            return _progress(*data["progress"])
        if "retry" in data:
            return _retry(*data["retry"])
        if "failure" in data:
            return StepFailure(_failure(**data["failure"]), _warnings(data["warnings"]))
        return StepOutput(_output(data))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ProtocolError from error


def line_of(answer: Answer) -> bytes:
    """Return the message as `read` parses it, to send it on."""
    match answer:
        case ProgressUpdate(done, total, unit):
            data: dict[str, Any] = {"progress": [done, total, unit]}
        case StepRetry(attempt, wait, failure):
            data = {"retry": [attempt, wait, failure.message]}
        case StepOutput(data):
            pass
        case StepFailure(failure, warnings):
            listed = [[each.message, each.field, each.hint, each.code] for each in warnings]
            data = {"failure": values(failure), "warnings": listed}
    return json.dumps(data).encode()


def _require(*conditions: bool) -> None:
    if not all(conditions):
        raise ValueError


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 1 << 63


def _progress(done: object, total: object, unit: object) -> ProgressUpdate:
    if type(done) is int and type(total) is int and isinstance(unit, str):
        _require(_is_count(done), _is_count(total), len(unit) <= _UNIT)
        return ProgressUpdate(done, total, unit)
    raise ValueError


def _retry(attempt: object, wait: object, message: object) -> StepRetry:
    if type(attempt) is int and isinstance(wait, float) and isinstance(message, str):
        _require(1 < attempt < 1 << 31, 0 <= wait < float("inf"))  # the first is no retry
        return StepRetry(attempt, wait, Failure(message[:_MESSAGE], fault="unreachable", transient=True))
    raise ValueError


def _output(data: dict[str, Any]) -> dict[str, Any]:
    for name, (digest, *numbers) in data["outputs"].items():
        _require(isinstance(name, str), bool(_DIGEST(digest)), *_signature(numbers))
    for digest, numbers in data["sources"].items():
        _require(bool(_DIGEST(digest)), *_signature(numbers))
    _warnings(data["warnings"])
    _require(bool(data["outputs"]), isinstance(data["seconds"], float), 0 <= data["seconds"] < float("inf"))
    return data


def _signature(numbers: Sequence[object]) -> list[bool]:
    return [len(numbers) == _SIGNATURE, *(type(number) is int for number in numbers)]


def _warnings(data: Sequence[Sequence[Any]]) -> tuple[StepWarning, ...]:
    _require(type(data) is list, *(type(item) is list for item in data))
    warnings = tuple(StepWarning(*item) for item in data)
    for each in warnings:
        _require(*(isinstance(text, str) for text in (each.message, each.field, each.code)))
        _require(isinstance(each.hint, str | None))
    return warnings


def _failure(
    message: str, hint: str | None, field: str, command: list[str], log: list[str], fault: str, *, transient: bool
) -> Failure:
    _require(
        isinstance(message, str),
        isinstance(hint, str | None),
        isinstance(field, str),
        type(command) is list,
        type(log) is list,
        all(isinstance(word, str) for word in [*command, *log]),
        fault in _FAULTS,
        type(transient) is bool,
    )
    log_tail = tuple(line[:_LOG_LINE] for line in log[-_LOG_LINES:])
    return Failure(message[:_MESSAGE], hint, field, tuple(command), log_tail, fault, transient)
