"""What a diagram looks like: labels in line with their edges, whole titles, and type that fills the frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from tests.support import scene_samples
from tests.support.drawing import Drawn, drawn
from vidbuild.scenes import diagram
from vidbuild.scenes.diagram.layering import layering

SURFACE = (0x0C, 0x12, 0x28)  # of the theme that the tests draw with
LONG = ["Bezirksschornsteinfegermeister", "Lebensversicherungsgesellschaft", "Straßenverkehrszulassungsordnung"]


def made(folder: Path, text: str, size: tuple[int, int] = (640, 360), language: str = "en", **fields: Any) -> Drawn:
    """Draw a diagram."""
    drawing = diagram.SCENE.drawing(scene_samples.scene("diagram", diagram=text, **fields))
    return drawn(folder, "diagram", drawing, size=size, language=language)


def surface_box(image: Image.Image) -> tuple[int, int, int, int]:
    """Return the box around the solid pixels in the color of nodes and labels."""
    solid = image.getchannel("A").point([0] * 250 + [255] * 6)
    same = ImageChops.difference(image.convert("RGB"), Image.new("RGB", image.size, SURFACE)).convert("L")
    box = ImageChops.multiply(solid, same.point([255] * 2 + [0] * 254)).getbbox()
    assert box is not None
    return box


@pytest.mark.parametrize("size", [(640, 360), (360, 640)])
def test_the_way_from_a_label_to_its_node_is_straight(tmp_path: Path, size: tuple[int, int]) -> None:
    """The labels of edges that one node sends out are in line with the nodes that these lead to."""
    text = "hub -> a: one\nhub -> b: two\nhub -> c: three\n"
    shown = made(tmp_path, text, size, reveal="edges", direction="right" if size[0] > size[1] else "down")
    for index in range(3):
        image = shown.image(f"part-{index}")
        box = surface_box(image)
        if size[0] > size[1]:
            tip = image.crop((image.width - 24, 0, image.width - 14, image.height)).getchannel("A").getbbox()
            assert tip is not None
            assert (tip[1] + tip[3]) / 2 == pytest.approx((box[1] + box[3]) / 2, abs=2)
        else:
            tip = image.crop((0, image.height - 24, image.width, image.height - 14)).getchannel("A").getbbox()
            assert tip is not None
            assert (tip[0] + tip[2]) / 2 == pytest.approx((box[0] + box[2]) / 2, abs=2)


def test_a_chain_is_a_straight_line(tmp_path: Path) -> None:
    """Nodes and labels that follow each other are in one line, whatever is beside them."""
    text = "x -> a: one\na -> b: two\nb -> c\nb -> d\nb -> e\nc -> y\nd -> y\n"
    shown = made(tmp_path, text, reveal=[{"edge": "x -> a"}, {"edge": "a -> b"}], direction="right")
    middles = [(surface_box(shown.image(name)), shown[name]) for name in ("part-0", "part-1")]
    centers = [layer.y + (box[1] + box[3]) / 2 for box, layer in middles]
    assert centers[0] == pytest.approx(centers[1], abs=1)
    assert all(shown[name].height < 40 for name in ("part-0", "part-1"))  # no bends


@pytest.mark.parametrize("direction", ["right", "down"])
def test_the_title_of_a_group_is_whole(tmp_path: Path, direction: str) -> None:
    """The frame of a group is at least as wide as its title, and has room for it beside other nodes."""
    text = "flowchart TD\n a --> b\n a --> c\n a --> d\n subgraph g [What is behind the wall of our own]\n b\n end\n"
    shown = made(tmp_path, text, direction=direction)
    assert shown.warnings == []
    cut = made(tmp_path / "cut", text.replace("wall", "wall " * 60), direction=direction)
    assert [each.message[:40] for each in cut.warnings if "cut after" in each.message] == [
        "text is too long to fit: cut after 'wall"
    ]


def test_a_group_of_one_rank_stays_with_its_edges() -> None:
    """Only a group that spans ranks with other nodes has a lane; one rank keeps its nodes together without one."""
    edges = [(0, 1), (0, 2), (1, 3), (2, 4)]
    single = layering(5, edges, [False] * 4, [None, 0, None, None, None])
    assert {item.lane for item in single.items} == {0}
    several = layering(5, edges, [False] * 4, [None, 0, None, 0, None])
    assert {item.lane for item in several.items if item.node in {1, 3}} == {1}


@pytest.mark.parametrize("size", [(640, 360), (360, 640)])
def test_long_words_are_divided_rather_than_too_small_to_read(tmp_path: Path, size: tuple[int, int]) -> None:
    """Participants, nodes and messages of long words are hyphenated if they would make the type tiny."""
    sequence = "sequenceDiagram\n" + "".join(f" participant p{n} as {word}\n" for n, word in enumerate(LONG))
    sequence += f" p0->>p1: {LONG[2]}\n p1->>p2: {LONG[0]}\n"
    assert made(tmp_path / "s", sequence, size, "de").warnings == []
    graph = "".join(f"a -> n{n}: {word}\nn{n}: {word}\n" for n, word in enumerate(LONG))
    assert made(tmp_path / "g", graph, size, "de").warnings == []


def test_a_net_of_small_type_is_a_warning(tmp_path: Path) -> None:
    """Type below the least size is a warning at the diagram."""
    pairs = [(n, (n * step + shift) % 40) for step, shift in ((7, 3), (3, 1)) for n in range(29)]
    edges = "".join(f"number {a} of many -> number {b} of many\n" for a, b in pairs)
    shown = made(tmp_path, edges, (1280, 720))
    assert [(each.code, each.field) for each in shown.warnings] == [("VB302", "nodes")]


def test_a_text_that_is_cut_is_a_warning(tmp_path: Path) -> None:
    """A label that is longer than its lines is cut, which is reported."""
    shown = made(tmp_path, "a -> b\na: " + "many words about it " * 30)
    assert any(each.message.startswith("text is too long to fit: cut after") for each in shown.warnings)


def test_few_messages_fill_a_tall_frame(tmp_path: Path) -> None:
    """Two messages take half of a vertical frame, in larger type than many."""
    two = made(tmp_path / "two", "sequenceDiagram\n a->>b: get\n b-->>a: ok\n", (360, 640), title="")
    left, top, right, bottom = two.ink("rest")
    assert bottom - top > 640 * 0.45
    assert right - left > 360 * 0.6
    many = "sequenceDiagram\n" + " a->>b: get\n b-->>a: ok\n" * 5
    heads = [layer.ink("rest")[1] for layer in (two, made(tmp_path / "many", many, (360, 640), title=""))]
    assert len(set(heads)) == 2
