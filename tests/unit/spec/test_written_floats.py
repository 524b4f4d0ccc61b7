"""Numbers with zeros at their end: drawn as they are written, and plain numbers everywhere else."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from vidbuild.create.writing import field_text
from vidbuild.engine.graph import canonical
from vidbuild.i18n import yaml_file
from vidbuild.model import Spec
from vidbuild.plan.compile import compile_graph
from vidbuild.plan.variant import own_variant
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.spec.load import parse
from vidbuild.spec.scalars import read_plain
from vidbuild.written_float import WrittenFloat, decimals_of

SPEC = """\
vidbuild: 1
title: Prices
output: {{size: 320x180, fps: 24}}
scenes:
  - {{id: one, duration: 2, {scene}}}
"""


def spec(folder: Path, scene: str) -> Spec:
    """Load a spec with one scene."""
    return parse(SPEC.format(scene=scene), folder / "video.yaml")


def drawing(folder: Path, scene: str) -> dict[str, Any]:
    """Return what is drawn of a scene."""
    loaded = spec(folder, scene).scenes[0]
    found = SCENE_TYPES[loaded.type].drawing(loaded)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("text", "decimals"),
    [("1.50", 2), ("-3.10", 2), (".0", 1), ("2.000", 3), ("1.5", None), ("10", None), ("1e3", None), ("1.", None)],
)
def test_zeros_at_the_end_are_counted(text: str, decimals: int | None) -> None:
    """Only a number whose text would lose digits is more than its value."""
    value = read_plain(text)
    assert isinstance(value, int | float)
    assert value == float(text)
    assert decimals_of(value) == decimals


def test_it_is_its_number_in_every_other_respect() -> None:
    """Keys, JSON and texts do not see the zeros, so that no step but the one that draws them runs; copies keep them."""
    value = WrittenFloat("1.50", 2)
    assert canonical.digest({"a": [value]}) == canonical.digest({"a": [1.5]})
    assert (json.dumps(value), str(value), value == 1.5, hash(value)) == ("1.5", "1.5", True, hash(1.5))
    for made in (copy.deepcopy(value), pickle.loads(pickle.dumps(value))):  # noqa: S301 - of this test
        assert (made, decimals_of(made)) == (1.5, 2)


def test_cells_are_drawn_as_written(tmp_path: Path) -> None:
    """A price of 1.50 keeps its zero, and large ones their groups; a column with `decimals` has these."""
    rows = "[[3.10, 12500.00, 1.50], [3.9, 1.50, 2.25]]"
    scene = f"type: table, columns: [A, B, {{name: C, decimals: 1}}], rows: {rows}"
    cells = [["".join(cell) for cell in row] for row in drawing(tmp_path, scene)["rows"]]
    assert cells == [["3.10", "12,500.00", "1.5"], ["3.9", "1.50", "2.2"]]


def test_a_number_is_drawn_as_written(tmp_path: Path) -> None:
    """It has its zero, unless `decimals` says otherwise."""
    assert drawing(tmp_path, "type: number, value: 4.50")["value"]["decimals"] == 2
    assert drawing(tmp_path, "type: number, value: 4.50, decimals: 1")["value"]["decimals"] == 1


def test_labels_are_drawn_as_written(tmp_path: Path) -> None:
    """Versions can be labels without quotes."""
    found = json.dumps(drawing(tmp_path, "type: chart, labels: [3.9, 3.10], values: [1.50, 2]"), default=str)
    assert '"3.10"' in found


@pytest.mark.parametrize(
    "scene", ["type: table, columns: [A], rows: [[{}]]", "type: number, value: {}", "type: chart, labels: [{}, 9]"]
)
def test_a_zero_more_is_drawn_again(tmp_path: Path, scene: str) -> None:
    """What is drawn differently has another key."""
    scene = f"{scene}, values: [1, 2]" if "chart" in scene else scene
    steps = []
    for number in ("1.5", "1.50"):
        loaded = spec(tmp_path, scene.format(number))
        graph = compile_graph(loaded, own_variant(loaded))
        steps.append(canonical.digest(graph.steps["draw:one"].params))
    assert steps[0] != steps[1]


def test_a_time_is_no_text(tmp_path: Path) -> None:
    """A duration of 2.50 is 2.5 in the keys of all steps."""
    keys = []
    for number in ("2.5", "2.50"):
        loaded = spec(tmp_path, f"type: title, title: One, pause_after: {number}")
        graph = compile_graph(loaded, own_variant(loaded))
        keys.append({name: canonical.digest(step.params) for name, step in graph.steps.items()})
    assert keys[0] == keys[1]


def test_a_spec_that_is_written_keeps_the_zeros() -> None:
    """Both writers of YAML, that of specs and that of translations, write such a number in its own digits."""
    price = read_plain("1.50")
    assert field_text("price", price) == "price: 1.50\n"
    assert yaml_file._dumped({"price": price}) == "price: 1.50\n"
    assert read_plain("1.50".strip()) == read_plain(field_text("price", price).partition(": ")[2].strip())
