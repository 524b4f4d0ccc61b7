"""The record of a step that ran: which material gave which blobs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from vidbuild.engine.graph.canonical import Line
from vidbuild.engine.graph.context import StepWarning
from vidbuild.engine.store.blobs import Blob
from vidbuild.frozen import dataclass

_DIGEST = re.compile(r"[0-9a-f]{64}").fullmatch
_LEADS_OUT = re.compile(r"/|(.*/)?\.\.?(/|\Z)|\Z|.*[\0\\]", re.DOTALL).match


@dataclass(frozen=True, slots=True)
class Trace:
    """One run of one step.

    material: what the key is the hash of; digest_lines(material) == key.
    inputs: role -> digest of what was read.
    outputs: name -> blob.
    tools: name -> identity, as in the material, for human readers.
    seconds: how long the step ran.
    created: Unix time in seconds.
    made_by: the program and its version.
    """

    key: str
    step: str
    material: Sequence[Line]
    inputs: Mapping[str, str]
    outputs: Mapping[str, Blob]
    tools: Mapping[str, str]
    warnings: Sequence[StepWarning] = ()
    seconds: float = 0.0
    created: float = 0.0
    made_by: str = ""

    def to_data(self) -> dict[str, Any]:
        """Return the trace as JSON values."""
        return {
            "key": self.key,
            "step": self.step,
            "material": [list(line) for line in self.material],
            "inputs": dict(self.inputs),
            "outputs": outputs_to_data(self.outputs),
            "tools": dict(self.tools),
            "warnings": warnings_to_data(self.warnings),
            "seconds": self.seconds,
            "created": self.created,
            "made_by": self.made_by,
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Trace:
        """Return the inverse of to_data; KeyError, TypeError or ValueError if it is no trace of this version."""
        return cls(
            data["key"],
            data["step"],
            tuple(Line(*line) for line in data["material"]),
            data["inputs"],
            outputs_from_data(data["outputs"]),
            data["tools"],
            warnings_from_data(data["warnings"]),
            data["seconds"],
            data["created"],
            data["made_by"],
        )


def outputs_to_data(outputs: Mapping[str, Blob]) -> dict[str, Any]:
    """Return name -> [digest, size]."""
    return {name: [blob.digest, blob.size] for name, blob in outputs.items()}


def outputs_from_data(data: Mapping[str, Any]) -> dict[str, Blob]:
    """Return the inverse of outputs_to_data; ValueError for a name or digest that is unsafe as a path."""
    outputs = {}
    for name, (digest, size) in data.items():
        if not _DIGEST(digest) or _LEADS_OUT(name):
            raise ValueError(name)
        outputs[name] = Blob(digest, size)
    return outputs


def warnings_to_data(warnings: Sequence[StepWarning]) -> list[list[str | None]]:
    """Return each warning as [message, field, hint, code]."""
    return [[warning.message, warning.field, warning.hint, warning.code] for warning in warnings]


def warnings_from_data(data: Sequence[Sequence[Any]]) -> tuple[StepWarning, ...]:
    """Return the inverse of warnings_to_data."""
    return tuple(StepWarning(*item) for item in data)
