"""What each type of scene, callout, overlay and exit costs, beside scenes as long that do without: as CPU time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.support.scene_samples import IMAGE

from . import measure
from .cases import CAST, TYPES, Case, edited
from .table import Row

if TYPE_CHECKING:
    from .aims import Bench

TURNS = 3
TWO = Case(scenes=2)
ONE = Case(scenes=1)
IMAGES = replace(TWO, types=("image",), fields={"motion": None})
APART = ("clip",)  # every frame of it is its own

BOX, FAR = [300, 200, 500, 300], [1500, 900, 300, 200]  # pixels of the image
TIMES: dict[str, Any] = {"at": 3, "until": 7}
CALLOUTS: Mapping[str, list[dict[str, Any]]] = {
    "rect": [{"rect": BOX, "text": "Here", **TIMES}],
    "arrow": [{"arrow": BOX, "text": "Here", **TIMES}],
    "circle": [{"circle": BOX, **TIMES}],
    "label": [{"label": BOX, "text": "Here", **TIMES}],
    "rect, arrow and label": [
        {"rect": BOX, "text": "Here", "at": 2, "until": 4},
        {"arrow": FAR, "text": "There", "at": 4, "until": 6},
        {"label": BOX, "text": "Again", "at": 6, "until": 8},
    ],
    "spotlight": [{"spotlight": BOX, **TIMES}],
    "blur": [{"blur": BOX}],
    "cursor": [{"cursor": [BOX, FAR], "click": True, **TIMES}],
    "zoom": [{"zoom": [300, 200, 640, 360], **TIMES}],
}
OVERLAYS: Mapping[str, list[dict[str, Any]]] = {
    "lower_third": [{"lower_third": {"name": "Ada", "role": "The author"}, "at": 1, "until": 5}],
    "badge": [{"badge": "New"}],
    "watermark": [{"watermark": "www.example.org"}],
}
EXITS = ("fade", "slide", "rise", "wipe", "scale")
DRIFT = {"image": IMAGE, "drift": "slow"}
MARKED = {"callouts": CALLOUTS["rect, arrow and label"], "overlays": OVERLAYS["lower_third"]}
EDITED = replace(IMAGES, scenes=20)
EDITS = 5


def types(bench: Bench) -> Iterator[Row]:
    """Two scenes of each type, beside two lists."""
    cases = {kind: replace(TWO, types=(kind,), fields={"motion": None}) for kind in TYPES if kind != "list"}
    found = _beside(bench, "types", TWO, cases)
    yield _row("types", "at most 3 x a list, except clips", 3.0, found)


def callouts(bench: Bench) -> Iterator[Row]:
    """Two images with each kind of callout, beside the same without."""
    found = _beside(bench, "callouts", IMAGES, {kind: _with(IMAGES, callouts=each) for kind, each in CALLOUTS.items()})
    yield _row("callouts", "at most 1.3 x the same without", 1.3, found)


def overlays(bench: Bench) -> Iterator[Row]:
    """Two lists with each kind of overlay, beside the same without."""
    found = _beside(bench, "overlays", TWO, {kind: _with(TWO, overlays=each) for kind, each in OVERLAYS.items()})
    yield _row("overlays", "at most 1.3 x the same without", 1.3, found)


def exits(bench: Bench) -> Iterator[Row]:
    """Two lists with each exit, beside the same without."""
    found = _beside(bench, "exits", TWO, {name: _with(TWO, exit=name) for name in EXITS})
    yield _row("exits", "at most 1.3 x the same without", 1.3, found)


def casts(bench: Bench) -> Iterator[Row]:
    """Two recordings of a terminal, beside two typed commands."""
    typed = replace(TWO, types=("command",))
    found = _beside(bench, "casts", typed, {"cast": _with(typed, cast=CAST, commands=None)})
    yield _row("cast", "at most 2 x a typed command", 2.0, found)


def backgrounds(bench: Bench) -> Iterator[Row]:
    """A title before an image that drifts, beside the same image with a zoom: both fill the frame."""
    zoom = replace(ONE, types=("image",), fields={"motion": "zoom-in", "fit": "cover", "frame": None, "caption": None})
    drift = replace(ONE, types=("title",), fields={"background": DRIFT, "subtitle": None})
    yield _row("drift", "at most 1 x a zoom", 1.0, _beside(bench, "backgrounds", zoom, {"drift": drift}))


def edit_with_marks(bench: Bench) -> Iterator[Row]:
    """One word of one scene in twenty changed, with callouts and overlays beside without: as a share of all scenes."""
    plain, marked = bench.project("edited-plain", EDITED), bench.project("edited-marked", _with(EDITED, **MARKED))
    wholes = measure.alternately(1, plain.cold, marked.cold)
    costs: list[list[measure.Cost]] = [[], []]
    for scene in range(EDITS):
        for project, found in zip((plain, marked), costs, strict=True):
            found.append(project.edit(scene))
            project.case = edited(project.case, scene)
    without, share = (measure.median(own).cpu / whole.cpu for own, (whole,) in zip(costs, wholes, strict=True))
    measured = f"{share / without:.2f} x (1/{1 / share:.0f} of all scenes against 1/{1 / without:.0f})"
    yield Row("edit with marks", "at most 1.1 x the same without", 1.1, share / without, measured, "1 x")


CASES = {
    "types": types,
    "callouts": callouts,
    "overlays": overlays,
    "exits": exits,
    "cast": casts,
    "drift": backgrounds,
    "edit-marks": edit_with_marks,
}


def _with(case: Case, **fields: Any) -> Case:
    return replace(case, fields={**case.fields, **fields})


def _beside(bench: Bench, name: str, plain: Case, cases: Mapping[str, Case]) -> dict[str, float]:
    """Return the CPU time of a cold build of each case, as a multiple of the plain one's in the same turn."""
    projects = [bench.project(f"{name}-{number}", each) for number, each in enumerate([plain, *cases.values()])]
    reference, *others = measure.alternately(TURNS, *(project.cold for project in projects))
    return {kind: measure.ratio(costs, reference)[1] for kind, costs in zip(cases, others, strict=True)}


def _row(case: str, aim: str, limit: float, ratios: Mapping[str, float]) -> Row:
    """Return the row of ratios, the dearest first, which is to meet the aim."""
    dearest = sorted(ratios.items(), key=lambda item: -item[1])
    most = next(ratio for name, ratio in dearest if name not in APART)
    return Row(case, aim, limit, most, ", ".join(f"{ratio:.2f} x {name}" for name, ratio in dearest), "1 x")
