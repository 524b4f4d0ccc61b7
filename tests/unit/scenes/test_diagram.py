"""The diagram scene: its ranks and order, its reveals, and a layout without overlaps."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from tests.support import scene_samples
from tests.support.drawing import Drawn, drawn
from vidbuild.model import Scene
from vidbuild.scenes import diagram
from vidbuild.scenes.diagram import notation, parts
from vidbuild.scenes.diagram.layering import crossings, layering
from vidbuild.spec.load import try_parse

Graph = tuple[int, list[tuple[int, int]], list[int | None]]
GRAPHS = st.integers(1, 9).flatmap(
    lambda count: st.tuples(
        st.just(count),
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=14),
        st.lists(st.sampled_from([None, None, 0, 1]), min_size=count, max_size=count),
    )
)


def scene(**fields: Any) -> Scene:
    """A diagram scene with the given fields."""
    return scene_samples.scene("diagram", **fields)


@given(GRAPHS, st.data())
def test_every_edge_leads_down_through_the_ranks(graph: Graph, data: Any) -> None:
    """Each route goes through every rank between its ends, each item is in one rank, and a label has one place."""
    count, edges, groups = graph
    labelled = data.draw(st.lists(st.booleans(), min_size=len(edges), max_size=len(edges)))
    made = layering(count, edges, labelled, groups)
    assert sorted(index for rank in made.ranks for index in rank) == list(range(len(made.items)))
    for edge, (route, flipped) in enumerate(zip(made.routes, made.flipped, strict=True)):
        source, target = edges[edge]
        if source == target:
            assert route == []
            continue
        assert (route[0], route[-1]) == ((target, source) if flipped else (source, target))
        ranks = [made.items[index].rank for index in route]
        assert ranks == list(range(ranks[0], ranks[0] + len(route)))
        assert len(route) > 1
        assert [made.items[index].label_of for index in route if made.items[index].label_of is not None] == [
            edge
        ] * labelled[edge]


@given(GRAPHS)
def test_groups_stay_together(graph: Graph) -> None:
    """In each rank the nodes of a group follow each other, apart from edges; with lanes, lanes are in order."""
    count, edges, groups = graph
    made = layering(count, edges, [False] * len(edges), groups)
    for rank in made.ranks:
        lanes = [made.items[index].lane for index in rank]
        assert lanes == sorted(lanes)
        found = [groups[node] for index in rank if (node := made.items[index].node) is not None]
        runs = [group for nth, group in enumerate(found) if nth == 0 or group != found[nth - 1]]
        named = [group for group in runs if group is not None]
        assert len(named) == len(set(named))


def test_crossings_are_avoided() -> None:
    """Two pairs that cross in the order of the source do not cross in the layout."""
    made = layering(4, [(0, 3), (1, 2)], [False, False], [None] * 4)
    assert crossings(made.ranks, made.items) == 0
    made = layering(6, [(0, 5), (1, 4), (2, 3), (0, 4)], [False] * 4, [None] * 6)
    assert crossings(made.ranks, made.items) == 0


def parts_of(
    count: int, edges: list[tuple[int, int]], size: tuple[int, int], **fields: Any
) -> tuple[Drawn, list[Image.Image]]:
    """Draw a graph with a layer for each edge, then for each node; return also the opacity of each in the frame."""
    lines = [f"n{index}: Node {'with words ' * (index % 3)}{index}" for index in range(count)]
    lines += [f"n{a} -> n{b}" + (": label" if nth % 3 == 0 else "") for nth, (a, b) in enumerate(edges)]
    reveal = [*({"edge": nth + 1} for nth in range(len(edges))), *({"node": nth + 1} for nth in range(count))]
    made = scene(diagram="\n".join([*lines, *fields.pop("groups", ())]), reveal=reveal, **fields)
    with TemporaryDirectory() as folder:
        result = drawn(Path(folder) / "out", "diagram", diagram.SCENE.drawing(made), size=size)
        return result, [on_canvas(result, f"part-{index}") for index in range(len(edges) + count)]


def on_canvas(made: Drawn, name: str) -> Image.Image:
    """A layer's opacity at its place in the frame."""
    canvas = Image.new("L", (made.layers.width, made.layers.height))
    canvas.paste(made.image(name).getchannel("A"), (made[name].x, made[name].y))
    return canvas.point([0] * 100 + [255] * 156)


@settings(max_examples=8, deadline=None)
@given(GRAPHS, st.sampled_from([(640, 360), (360, 640), (480, 480)]))
def test_nodes_do_not_overlap_and_edges_pass_them(graph: Graph, size: tuple[int, int]) -> None:
    """In the picture no two nodes have a pixel in common, and no edge crosses a node that it does not join."""
    count, edges, _ = graph
    made, parts = parts_of(count, edges, size)
    shown = dict(enumerate(parts[len(edges) :]))
    for a, b in combinations(shown, 2):
        assert ImageChops.multiply(shown[a], shown[b]).getbbox() is None, (edges, a, b)
    for index, ends in enumerate(edges):
        for node in set(shown) - set(ends):
            assert ImageChops.multiply(parts[index], shown[node]).getbbox() is None, (edges, index, node)
    for layer in made.layers.layers:
        assert layer.x + layer.width <= size[0]
        assert layer.y + layer.height <= size[1]


def chain(count: int) -> list[tuple[int, int]]:
    """The edges of a chain."""
    return [(n, n + 1) for n in range(count - 1)]


def middle(shown: Image.Image) -> tuple[float, float]:
    """The middle of what is opaque."""
    box = shown.getbbox()
    assert box is not None
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (480, 480)])
def test_a_long_chain_goes_on_in_the_next_row(size: tuple[int, int]) -> None:
    """A chain too long for the frame turns at its ends: each node is beside the one before it or below or above it."""
    count = 14
    made, shown = parts_of(count, chain(count), size)
    assert not made.warnings
    places = [middle(each) for each in shown[count - 1 :]]
    steps = [(abs(a[0] - b[0]) < 3, abs(a[1] - b[1]) < 3) for a, b in pairwise(places)]
    assert all(level != plumb for level, plumb in steps), places
    assert len({level for level, _ in steps}) == 2  # it does turn
    for a, b in combinations(shown[count - 1 :], 2):
        assert ImageChops.multiply(a, b).getbbox() is None


@pytest.mark.parametrize(
    ("fields", "down"),
    [({"notation": "mermaid"}, True), ({"notation": "mermaid", "direction": "right"}, False)],
)
def test_a_source_that_leads_to_the_right_is_turned_in_a_tall_frame(fields: dict[str, Any], *, down: bool) -> None:
    """`LR` leads down if the graph cannot be read otherwise, but `direction: right` stays as it is."""
    text = "flowchart LR\nA[Client request] -->|first| B[Gateway]\nB -->|then| C[Service]\nB -->|or| D[Cache]\nC --> E"
    reveal = [{"node": name} for name in "ABC"]
    with TemporaryDirectory() as folder:
        drawing = diagram.SCENE.drawing(scene(diagram=text, reveal=reveal, **fields))
        made = drawn(Path(folder) / "out", "diagram", drawing, size=(360, 640))
        first, second = middle(on_canvas(made, "part-0")), middle(on_canvas(made, "part-2"))
    assert (second[1] - first[1] > abs(second[0] - first[0])) == down


def test_lines_of_dot_labels_are_lines() -> None:
    r"""A label with \n, \l or \r is higher than the same words in one line, and a file's `<br>` is a line too."""
    heights = []
    dot, broken = 'digraph { a [label="one two"] }', r'digraph { a [label="one\ltwo\l"] }'
    for text in (dot, broken, "flowchart TB\na[one<br/>two]"):
        with TemporaryDirectory() as folder:
            made = drawn(Path(folder) / "out", "diagram", diagram.SCENE.drawing(scene(diagram=text)), size=(640, 360))
            left, top, right, bottom = made.ink("rest")
            heights.append((bottom - top, right - left))
    assert heights[1] == heights[2]
    assert heights[1][0] > heights[0][0] * 1.3
    assert heights[1][1] < heights[0][1]


def test_titles_of_groups_keep_clear_of_edges() -> None:
    """The title of a group is at that part of its upper edge at which no edge enters: here in the middle."""
    text = "group All of the storage: n1, n2\nn1: A node with words\nn2: More words to read\nn0 -> n1\nn0 -> n2"
    with TemporaryDirectory() as folder:
        drawing = diagram.SCENE.drawing(scene(diagram=text, reveal="edges", direction="down"))
        made = drawn(Path(folder) / "out", "diagram", drawing, size=(640, 360))
        titles = on_canvas(made, "titles")
        edges = [on_canvas(made, f"part-{index}") for index in range(2)]
    assert titles.getbbox() is not None
    assert [ImageChops.multiply(titles, each).getbbox() for each in edges] == [None] * 2


def test_nodes_without_edges_are_a_grid() -> None:
    """Twelve nodes are three rows of four, in their order."""
    _, shown = parts_of(12, [], (640, 360))
    places = [middle(each) for each in shown]
    assert len({round(y / 8) for _, y in places}) == 3
    assert places[0][0] < places[1][0] < places[3][0]
    assert abs(places[0][0] - places[4][0]) < 60


@pytest.mark.parametrize(
    ("text", "entry", "message"),
    [
        ("a: Same\nb: Same\na -> b", {"node": "same"}, "several nodes are named 'same': 1 and 2"),
        ("a -> b\nb -> c\na -> b", {"edge": "a -> b"}, "several edges are named 'a -> b': 1 and 3"),
    ],
)
def test_a_name_of_several_is_an_error(text: str, entry: dict[str, str], message: str) -> None:
    """A label of two nodes, or two edges between the same nodes, do not say which one is meant: their numbers do."""
    [problem] = diagram.SCENE.check(scene(diagram=text, reveal=[entry]).fields)
    assert (problem.message, problem.hint) == (message, "use the number: 1")


def test_nodes_appear_with_the_edges_to_those_before() -> None:
    """With `reveal: nodes` each node appears when its label is spoken, with its edges to nodes that are there."""
    made = scene(diagram="a: First\na -> b: x\nb -> c\na -> c", reveal="nodes")
    drawing = diagram.SCENE.drawing(made)
    assert drawing["parts"] == [
        {"nodes": [0], "edges": []},
        {"nodes": [1], "edges": [0]},
        {"nodes": [2], "edges": [1, 2]},
    ]
    assert [item.words for item in diagram.SCENE.reveals(made)] == ["First", "b", "c"]


def test_messages_appear_in_order() -> None:
    """The messages of a sequence appear one by one, drawn in their direction, when their texts are spoken."""
    made = scene(diagram="sequenceDiagram\nA->>B: Hello\nB-->>A: Hi there", reveal="edges")
    reveals = diagram.SCENE.reveals(made)
    assert [(item.words, item.enter["part-0" if nth == 0 else "part-1"]) for nth, item in enumerate(reveals)] == [
        ("Hello", "draw"),
        ("Hi there", "draw"),
    ]


def test_parts_that_are_listed_appear_at_their_times() -> None:
    """A list names nodes, edges and messages by name, label or number; all else is there from the start."""
    reveal = [{"node": "last", "at": 1}, {"edge": "a -> b", "at": 2}, {"message": 3, "at": 3}]
    made = scene(diagram="a -> b\nb -> c\na -> b: x\nc: Last", reveal=reveal)
    assert diagram.SCENE.drawing(made)["parts"] == [
        {"nodes": [2], "edges": [1]},
        {"nodes": [], "edges": [0]},
        {"nodes": [], "edges": [2]},
    ]
    assert [item.at for item in diagram.SCENE.reveals(made)] == [1, 2, 3]


@pytest.mark.parametrize(("name", "node"), [("B", 2), ("b", 1), ("C", 3), ("x", 0), ("X", 0), ("d", None)])
def test_names_are_those_that_are_written(name: str, node: int | None) -> None:
    """A node is found by its exact name first, then in any case, and only then by its label."""
    source = notation.read("flowchart LR\na[x] --> b[C] --> B[b] --> c[B]", None, None)
    assert parts.find("node", name, source) == node


@pytest.mark.parametrize(("name", "node"), [(1, 1), (3, 0), (7, 2), (4, 3), (5, None), ("4", None)])
def test_a_number_that_is_a_name_is_the_name(name: int | str, node: int | None) -> None:
    """A number is the node with this name or label; the place of a node only if no node is named so."""
    source = notation.read("flowchart LR\n3 --> 1 --> 2[7] --> x", None, None)
    assert parts.find("node", name, source) == node


@pytest.mark.parametrize(
    ("reveal", "field", "message"),
    [
        ([{"node": "a"}, {"edge": 1}, {"node": 1}], "reveal.2.node", "node '1' appears twice"),
        ([{"edge": "a -> b"}, {"message": "x"}], "reveal.1.message", "message 'x' appears twice"),
    ],
)
def test_what_is_named_twice_is_an_error(reveal: list[dict[str, Any]], field: str, message: str) -> None:
    """A part that the list of reveals names twice, by whatever name, is an error: it can appear only once."""
    found = diagram.SCENE.check(scene(diagram="a -> b: x", reveal=reveal).fields)
    assert [(item.field, item.message) for item in found] == [(field, message)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n".join(f"a{n} -> b{n}" for n in range(21)), "42 nodes: a diagram shows at most 40"),
        ("\n".join("a -> b" for _ in range(61)), "61 edges: a diagram shows at most 60"),
        (
            "sequenceDiagram\n" + "\n".join(f"A{n}->>A: x" for n in range(8)),
            "9 participants: a sequence shows at most 8",
        ),
        ("sequenceDiagram\n" + "A->>B: x\n" * 25, "25 messages: a sequence shows at most 24"),
        ("# nothing", "the diagram has no nodes"),
    ],
)
def test_limits(text: str, message: str) -> None:
    """A diagram with more than can be read is an error that names the limit."""
    assert [item.message for item in diagram.SCENE.check(scene(diagram=text).fields)] == [message]


def test_problems_are_located_in_the_spec_and_in_files(tmp_path: Path) -> None:
    """An error in a source is at its line and column, in the file or in the text of the spec."""
    (tmp_path / "x.mmd").write_text("flowchart LR\n  A --> B\n  B => C\n")
    (tmp_path / "v.yaml").write_text(
        "vidbuild: 1\ntitle: A\nscenes:\n  - id: a\n    type: diagram\n    duration: 3\n    file: x.mmd\n"
        "  - id: b\n    type: diagram\n    duration: 3\n    diagram: |\n      a -> b\n      b => c\n"
    )
    items = try_parse((tmp_path / "v.yaml").read_text(), tmp_path / "v.yaml").diagnostics
    assert sorted((Path(item.path).name, item.line, item.column) for item in items) == [
        ("v.yaml", 13, 9),
        ("x.mmd", 3, 5),
    ]


@pytest.mark.parametrize("size", [(640, 360), (360, 640)])
def test_sequences_stay_inside_of_the_frame(tmp_path: Path, size: tuple[int, int]) -> None:
    """The most participants and messages, with long texts, fit into the frame."""
    lines = [f"P{n % 8}->>P{(n * 3 + 1) % 8}: message {n} with many words in it" for n in range(24)]
    fields = diagram.SCENE.drawing(scene(diagram="sequenceDiagram\n" + "\n".join(lines), reveal="none"))
    made = drawn(tmp_path / "out", "diagram", fields, size=size)
    for layer in made.layers.layers:
        assert layer.x + layer.width <= size[0]
        assert layer.y + layer.height <= size[1]


def test_a_diagram_that_is_too_large_to_read_is_a_warning(tmp_path: Path) -> None:
    """The widest graph fits into the frame, in type that is too small, with a warning."""
    text = "\n".join(f"first -> number {n}" for n in range(1, 40))
    made = drawn(tmp_path / "out", "diagram", diagram.SCENE.drawing(scene(diagram=text)), size=(640, 360))
    assert [item.message for item in made.warnings] == ["the diagram is too large to read on one screen: 40 nodes"]


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920)])
def test_a_tree_of_forty_nodes_can_be_read(size: tuple[int, int], tmp_path: Path) -> None:
    """The ends of a wide tree are one below the other, so that their type is no smaller than what is warned of."""
    text = "\n".join(f"n{(node - 1) // 3} -> n{node}" for node in range(1, 40))
    made = drawn(tmp_path, "diagram", scene_samples.drawing("diagram", diagram=text, title="A tree"), size=size)
    assert not made.warnings


def test_only_ends_of_wide_trees_are_staggered() -> None:
    """Few ends stay beside each other, as do the many ends of one node, and nodes that several lead to."""
    ranks = {}
    for name, edges in {
        "few": [(0, 1), (0, 2), (0, 3)],
        "many of one": [(0, node) for node in range(1, 20)],
        "shared": [(parent, node) for node in range(2, 20) for parent in (0, 1)],
        "wide": [(0, node) for node in range(1, 7)] + [((node - 1) // 3 + 1, node + 6) for node in range(1, 19)],
    }.items():
        count = max(max(edge) for edge in edges) + 1
        made = layering(count, edges, [False] * len(edges), [None] * count)
        ranks[name] = {made.items[index].rank for index in range(count)}
    assert ranks == {"few": {0, 1}, "many of one": {0, 1}, "shared": {0, 1}, "wide": {0, 1, 2, 3, 4}}
