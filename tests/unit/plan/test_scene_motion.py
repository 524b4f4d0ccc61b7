"""How a scene's own fields change the entrances of its type."""

from __future__ import annotations

import pytest

from tests.support.scene_samples import scene
from vidbuild.frozen import replaced
from vidbuild.model import Scene
from vidbuild.plan import scene_motion
from vidbuild.transitions import Effects


def listed(effects: Effects) -> Scene:
    """A list with a heading and one item."""
    return replaced(scene("list", title="One", items=["two"]), effects=effects)


def test_enter_replaces_what_rises() -> None:
    """The heading and the item get the scene's entrance; what lies under the item appears as before."""
    found = listed(Effects("wipe"))
    assert scene_motion.entrances(found) == {"heading": "wipe"}
    assert scene_motion.reveals(found)[0].enter == {"item-0": "wipe", "item-0-past": "under"}
    assert scene_motion.is_painted(found)
    assert not scene_motion.is_painted(listed(Effects()))


def test_none_is_at_once() -> None:
    """Without an entrance all layers are cut, but a terminal still types."""
    assert scene_motion.reveals(listed(Effects("none")))[0].enter == {"item-0": "cut", "item-0-past": "cut"}
    typed = replaced(scene("command", commands=[{"run": "make"}]), effects=Effects("none"))
    assert "type" in scene_motion.reveals(typed)[0].enter.values()


@pytest.mark.parametrize(
    ("before", "enter", "expected"),
    [
        ("cut", "", "rise"),
        ("dip", "scale", "scale"),
        ("fade", "", None),
        ("fade", "scale", "scale"),
        ("morph", "scale", None),
        ("push", "", None),
    ],
)
def test_a_transition_is_an_entrance(before: str, enter: str, expected: str | None) -> None:
    """After most transitions the heading is there already; after a fade it enters if the spec says how."""
    assert scene_motion.entrances(listed(Effects(enter)), before).get("heading") == expected
