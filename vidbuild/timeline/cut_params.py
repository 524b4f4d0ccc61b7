"""The parameters of a `timeline` step about clips that a scene shows one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vidbuild.frozen import dataclass


def cut_layer(index: int) -> str:
    """Return the layer in which this one of several clips of a scene plays."""
    return f"clip-{index}"


@dataclass(frozen=True, slots=True)
class CutParams:
    """One of the clips.

    layer: in which it plays; how it plays is in the parameters of the clips in layers (`insets`).
    field: the spec's field, for messages.
    at: when it begins, a cue's name or seconds; None: with a sentence, or when the one before has ended.
    weight: how long it is shown, compared with the others that begin with a sentence.
    holds: whether the spec asks for its last frame to stay if it is too short.
    """

    layer: str
    field: str
    at: str | float | None = None
    weight: float = 1.0
    holds: bool = False

    def to_data(self) -> dict[str, Any]:
        """As JSON values, without what is not given."""
        data: dict[str, Any] = {"layer": self.layer, "field": self.field, "weight": self.weight}
        given = {} if self.at is None else {"at": self.at}
        return {**data, **given, **({"holds": True} if self.holds else {})}


@dataclass(frozen=True, slots=True)
class CutsParams:
    """The clips in their order, and the index of the first word of each sentence; no words in a silent scene."""

    clips: tuple[CutParams, ...]
    sentences: tuple[int, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """As JSON values."""
        return {"clips": [each.to_data() for each in self.clips], "sentences": list(self.sentences)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> CutsParams:
        """The inverse of to_data."""
        return cls(tuple(CutParams(**each) for each in data["clips"]), tuple(data["sentences"]))
