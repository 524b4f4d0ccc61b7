"""The regions between which the view of an image moves."""

from __future__ import annotations

from typing import Any

import pytest

from vidbuild.scenes.image import views


def fields(**own: Any) -> dict[str, Any]:
    """Return the fields of an image of 1000 x 500 pixels."""
    return {"image_size": [1000, 500], "motion": "pan", **own}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({}, [[0, 75, 700, 350], [300, 75, 700, 350]]),
        ({"image_size": [500, 1000]}, [[75, 0, 350, 700], [75, 300, 350, 700]]),
        ({"motion": "ken-burns"}, [[0, 0, 1000, 500], [100, 50, 800, 400]]),
        ({"motion": "ken-burns", "to": [1, 2, 30, "10%"]}, [[0, 0, 1000, 500], [1, 2, 30, 50]]),
        ({"from": [100, 20, 400, 200]}, [[100, 20, 400, 200], [500, 20, 400, 200]]),
        ({"to": [100, 20, 400, 200]}, [[500, 20, 400, 200], [100, 20, 400, 200]]),
        ({"image_size": [500, 1000], "from": [10, 20, 400, 200]}, [[10, 20, 400, 200], [10, 780, 400, 200]]),
    ],
)
def test_what_is_seen_first_and_last(own: dict[str, Any], expected: list[list[float]]) -> None:
    """Regions are in pixels of the image; a pan that names one goes to the image's other end at the same size."""
    assert views.boxes(fields(**own)) == expected


@pytest.mark.parametrize(
    ("own", "problem"),
    [
        ({"from": [0, 0, 1000, 500], "to": [0, 0, 1000, 500]}, ""),
        ({"motion": "none", "to": [0, 0, 9, 9]}, "'to' is for a view that moves"),
        ({"motion": "zoom-in", "from": [0, 0, 9, 9]}, "'from' is for a view that moves"),
        ({"to": [900, 0, 101, 100]}, "region [900, 0, 101, 100] is outside its picture of 1000x500 pixels"),
        ({"to": ["50%", 0, "51%", 100]}, "region [50%, 0, 51%, 100] is outside its picture"),
        ({"to": [0, 0, 15, 100]}, "region [0, 0, 15, 100] is too small"),
        ({"from": [0, 0, 100, 100], "to": [0, 0, 200, 100]}, "'from' and 'to' have different sizes"),
        ({"motion": "ken-burns", "from": [0, 0, 100, 100], "to": [0, 0, 200, 100]}, ""),
    ],
)
def test_regions_that_cannot_be_shown(own: dict[str, Any], problem: str) -> None:
    """Regions outside of the image, too small ones, and two sizes in a pan are errors."""
    found = [each.message for each in views.problems(fields(**own))]
    assert [message[: len(problem)] for message in found] == ([problem] if problem else [])
