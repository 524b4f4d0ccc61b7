"""The regions of an image between which the view moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vidbuild.scenes.protocol import SceneProblem

# Motion -> the regions that it shows first and last unless the spec names others.
DEFAULTS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "pan": {"from": ("0%", "15%", "70%", "70%"), "to": ("30%", "15%", "70%", "70%")},
    "ken-burns": {"from": ("0%", "0%", "100%", "100%"), "to": ("10%", "10%", "80%", "80%")},
}
DOWN = {"from": ("15%", "0%", "70%", "70%"), "to": ("15%", "30%", "70%", "70%")}  # a pan over a tall image
SMALLEST = 16  # pixels of a side
SLACK = 0.5  # pixels by which rounding may exceed the image


def problems(fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
    """Yield what is wrong with `from` and `to`."""
    given = [name for name in ("from", "to") if name in fields]
    if given and fields["motion"] not in DEFAULTS:
        message = f"'{given[0]}' is for a view that moves: expected 'motion: pan' or 'motion: ken-burns'"
        yield SceneProblem(given[0], message, f"remove '{given[0]}'")
        return
    size = fields["image_size"]
    wrong = False
    for name in given:
        x, y, width, height = _pixels(fields[name], size)
        shown = "[" + ", ".join(map(str, fields[name])) + "]"
        if x + width > size[0] + SLACK or y + height > size[1] + SLACK:
            wrong = True
            yield SceneProblem(name, f"region {shown} is outside its picture of {size[0]}x{size[1]} pixels")
        elif min(width, height) < min(SMALLEST, *size):
            wrong = True
            yield SceneProblem(name, f"region {shown} is too small: expected {SMALLEST} pixels or more on each side")
    if not wrong and fields["motion"] == "pan":
        first, last = boxes(fields)
        if abs(first[2] - last[2]) > 0.02 * size[0] or abs(first[3] - last[3]) > 0.02 * size[1]:
            message = "'from' and 'to' have different sizes: expected 'motion: ken-burns', or regions of one size"
            yield SceneProblem(given[-1] if given else "motion", message)


def boxes(fields: Mapping[str, Any]) -> list[list[float]]:
    """Return the first and the last region in pixels of the image; a pan that names one of them keeps its size."""
    size, default = fields["image_size"], DEFAULTS[fields["motion"]]
    if fields["motion"] == "pan" and size[1] > size[0]:
        default = DOWN
    first, last = (_pixels(fields.get(name, default[name]), size) for name in ("from", "to"))
    if fields["motion"] == "pan" and "from" in fields and "to" not in fields:
        last = _opposite(first, size)
    if fields["motion"] == "pan" and "to" in fields and "from" not in fields:
        first = _opposite(last, size)
    return [first, last]


def _opposite(box: Sequence[float], size: Sequence[int]) -> list[float]:
    """Return the region of the same size at the other end of the image's longer side."""
    axis = int(size[1] > size[0])
    return [size[axis] - each - box[axis + 2] if index == axis else each for index, each in enumerate(box)]


def _pixels(region: Sequence[float | str], size: Sequence[int]) -> list[float]:
    return [
        round(float(each.removesuffix("%")) / 100 * size[axis % 2], 3) if isinstance(each, str) else float(each)
        for axis, each in enumerate(region)
    ]
