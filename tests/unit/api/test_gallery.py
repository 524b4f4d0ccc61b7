"""The samples of all scene types, and what a gallery is made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.paths import ROOT
from vidbuild.api.gallery import COLUMNS, SHAPES, SHOWN, Look, gallery, samples
from vidbuild.errors import UsageError
from vidbuild.scenes.registry import NAMES
from vidbuild.spec.load import load
from vidbuild.spec.output import SIZES


def test_the_samples_show_every_scene_type() -> None:
    """The gallery has a scene of each type, whose id is the type's name, and the documentation a picture of each."""
    spec = load(samples())
    assert samples() == ROOT / "examples/gallery.yaml"
    types = {scene.id: scene.type for scene in spec.scenes}
    assert [name for name in NAMES if types.get(name) != name] == []
    assert [name for name in NAMES if not (ROOT / "docs/pictures" / f"{name}.jpg").is_file()] == []


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_is_that_of_a_named_size(shape: str) -> None:
    """Frames have the proportions of a video of that size, and even sides."""
    width, height = SHAPES[shape]
    full = SIZES[shape]
    assert width * full[1] == height * full[0]
    assert (width % 2, height % 2) == (0, 0)
    assert SHOWN[shape] <= width
    assert COLUMNS[shape] > 1


@pytest.mark.parametrize("name", ["sheet.jpg", "sheet", "folder.png", "file/sheet.png"])
def test_a_path_that_is_no_png_is_refused(tmp_path: Path, name: str) -> None:
    """A sheet is a PNG; a folder of that name, one in a file, or another suffix, is refused before any drawing."""
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot write"):
        gallery([Look("paper", "1080p")], lambda _: tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.png"]
