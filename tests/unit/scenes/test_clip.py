"""The fields of clips."""

from __future__ import annotations

import pytest

from vidbuild.scenes.clip import SCENE


@pytest.mark.parametrize(("at", "places"), [(0, ["clips.1.at"]), (0.5, []), ("river", []), (None, [])])
def test_a_clip_does_not_begin_with_the_first(at: str | float | None, places: list[str]) -> None:
    """A second clip at 0 s would replace the first; without a check, it would begin with a sentence instead."""
    own = {} if at is None else {"at": at}
    fields = {"clips": [{"src": "a.mp4"}, {"src": "b.mp4", **own}], "fit": "cover", "start": 0, "freeze": []}
    assert [each.field for each in SCENE.check(fields)] == places
