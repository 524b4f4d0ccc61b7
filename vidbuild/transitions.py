"""How a scene and its layers come and go, as a spec has it."""

from __future__ import annotations

from vidbuild.frozen import dataclass

DIRECTED = ("slide", "push", "wipe")  # the types that have a direction


@dataclass(frozen=True, slots=True)
class Transition:
    """A transition into the next scene.

    type: "cut" or another name of the schema. seconds: half of them in each scene.
    direction: "left", "right", "up" or "down"; "" for the default.
    color: of a dip; "" for the default.
    """

    type: str = "cut"
    seconds: float = 0.0
    direction: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True)
class Effects:
    """How a scene's layers enter and leave.

    enter: the effect in place of the type's own; "" for the type's own, "none" if they are there at once.
    exit: the effect with which all of them leave before the scene's end; "none" if they stay.
    still: whether nothing moves, and everything appears at once.
    """

    enter: str = ""
    exit: str = "none"
    still: bool = False
