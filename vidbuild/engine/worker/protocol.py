"""What a worker says of its step, read as data and believed only in its form; it knows nothing of processes.

A line is JSON of one of four forms, and nothing else::

    {"progress": [done, total, unit]}
    {"again": [attempt, wait, message]}
    {"outputs": {name: [digest, size, mtime_ns, ctime_ns, inode]}, "sources": {digest: [size, …]},
     "warnings": [[message, field, hint]], "seconds": s}
    {"failure": {…}, "warnings": […]}
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vidbuild.engine.graph.context import StepWarning
from vidbuild.errors import Failure

_UNIT = 40
_LOG_LINES = 100
_LOG_LINE = 2000
_MESSAGE = 20_000
_FAULTS = {"step", "spec", "unreachable", "bug"}
_DIGEST = re.compile(r"[0-9a-f]{64}").fullmatch
_SIGNATURE = 4
_FORMS = ({"progress"}, {"again"}, {"outputs", "sources", "warnings", "seconds"}, {"failure", "warnings"})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the step is."""

    done: int
    total: int
    unit: str


@dataclass(frozen=True, slots=True)
class Again:
    """The step repeats by itself what may pass; failure: of which it comes, wait: seconds until this attempt."""

    attempt: int
    wait: float
    failure: Failure


@dataclass(frozen=True, slots=True)
class StepOutput:
    """The step ended; data: its answer as execute.py gives it."""

    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """The step failed, or whoever had it did."""

    failure: Failure
    warnings: tuple[StepWarning, ...] = ()


Answer = Progress | Again | StepOutput | Failed
MEANWHILE = (Progress, Again)  # what is said while the step goes on


class ProtocolError(Exception):
    """What a worker said is none of the forms."""


def read(line: bytes) -> Answer:
    """What the line says; NotUnderstoodError where it is of no known form."""
    try:
        data = json.loads(line)
        _demand(data.keys() in _FORMS)
        if "progress" in data:
            return _progress(*data["progress"])
        if "again" in data:
            return _again(*data["again"])
        if "failure" in data:
            return Failed(_failure(**data["failure"]), _warnings(data["warnings"]))
        return StepOutput(_made(data))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ProtocolError from error


def _demand(*truths: bool) -> None:
    if not all(truths):
        raise ValueError


def _whole(value: object) -> bool:
    return type(value) is int and 0 <= value < 1 << 63


def _progress(done: object, total: object, unit: object) -> Progress:
    if type(done) is int and type(total) is int and isinstance(unit, str):
        _demand(_whole(done), _whole(total), len(unit) <= _UNIT)
        return Progress(done, total, unit)
    raise ValueError


def _again(attempt: object, wait: object, message: object) -> Again:
    if type(attempt) is int and isinstance(wait, float) and isinstance(message, str):
        _demand(2 <= attempt < 1 << 31, 0 <= wait < float("inf"))  # noqa: PLR2004 - the first is none again
        return Again(attempt, wait, Failure(message[:_MESSAGE], fault="unreachable", transient=True))
    raise ValueError


def _made(data: dict[str, Any]) -> dict[str, Any]:
    for name, (digest, *numbers) in data["outputs"].items():
        _demand(isinstance(name, str), bool(_DIGEST(digest)), *_signature(numbers))
    for digest, numbers in data["sources"].items():
        _demand(bool(_DIGEST(digest)), *_signature(numbers))
    _warnings(data["warnings"])
    _demand(bool(data["outputs"]), isinstance(data["seconds"], float), 0 <= data["seconds"] < float("inf"))
    return data


def _signature(numbers: Sequence[object]) -> list[bool]:
    return [len(numbers) == _SIGNATURE, *(type(number) is int for number in numbers)]


def _warnings(data: Sequence[Sequence[Any]]) -> tuple[StepWarning, ...]:
    _demand(type(data) is list, *(type(item) is list for item in data))
    found = tuple(StepWarning(*item) for item in data)
    for each in found:
        _demand(isinstance(each.message, str), isinstance(each.field, str), isinstance(each.hint, str | None))
    return found


def _failure(
    message: str, hint: str | None, field: str, command: list[str], log: list[str], fault: str, *, transient: bool
) -> Failure:
    _demand(
        isinstance(message, str),
        isinstance(hint, str | None),
        isinstance(field, str),
        type(command) is list,
        type(log) is list,
        all(isinstance(word, str) for word in [*command, *log]),
        fault in _FAULTS,
        type(transient) is bool,
    )
    shown = tuple(line[:_LOG_LINE] for line in log[-_LOG_LINES:])
    return Failure(message[:_MESSAGE], hint, field, tuple(command), shown, fault, transient)
