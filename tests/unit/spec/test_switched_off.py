"""Which lints a spec switches off, for all of it and for each scene, in time proportional to the number of scenes."""

from __future__ import annotations

from typing import Any

import pytest

from vidbuild.spec import switched_off


class Counted(dict[str, Any]):
    """A scene that counts how often a field of it is read."""

    reads = 0

    def get(self, key: str, default: Any = None) -> Any:
        """Count, and read."""
        self.reads += 1
        return super().get(key, default)


def test_what_a_scene_switches_off_is_read_from_that_scene_alone() -> None:
    """A spec of a thousand scenes is not read a thousand times as a whole."""
    scenes = [Counted(id=f"s{index}", lint={"VB306": "off"} if index == 3 else None) for index in range(20)]
    data = {"scenes": scenes, "lint": {"VB101": "off", "VB102": "on"}}
    found = [switched_off.codes(data, index) for index in range(len(scenes))]
    assert found == [("VB306",) if index == 3 else () for index in range(len(scenes))]
    assert switched_off.codes(data) == ("VB101",)
    assert [scene.reads for scene in scenes] == [1] * len(scenes)


@pytest.mark.parametrize(
    "data",
    [None, [], {}, {"scenes": 3}, {"scenes": []}, {"scenes": [1]}, {"scenes": [{"lint": "off"}]}, {"lint": ["VB306"]}],
)
def test_an_invalid_spec_switches_nothing_off(data: object) -> None:
    """What is invalid is reported elsewhere."""
    assert switched_off.codes(data) == switched_off.codes(data, 0) == ()
