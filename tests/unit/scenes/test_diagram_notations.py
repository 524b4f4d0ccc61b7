"""The notations of diagrams: what each says, and where its problems are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.scenes.diagram import notation
from vidbuild.scenes.diagram.model import NotationError, Source


def read(text: str, name: str | None = None) -> Source:
    """What a source says."""
    return notation.read(text, name, None)


def edges(text: str) -> list[str]:
    """The edges of a source in the project's own notation."""
    found = []
    for edge in read(text).edges:
        arrow = f"{'<' if edge.start else ''}{'..' if edge.dashed else '-'}{'>' if edge.end else ''}"
        found.append(f"{edge.source} {arrow} {edge.target}" + (f": {edge.label}" if edge.label else ""))
    return found


def nodes(text: str) -> list[tuple[str, str, str]]:
    """The id, label and shape of each node."""
    return [(node.id, node.label, node.shape) for node in read(text).nodes.values()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a -> b", ["a -> b"]),
        ("a -> b: HTTPS", ["a -> b: HTTPS"]),
        ("Web browser -> API server: a: b", ["Web browser -> API server: a: b"]),
        ("a -> b -> c", ["a -> b", "b -> c"]),
        ("a <-> b\na <- b\na -- b", ["a <-> b", "a <- b", "a - b"]),
        ("a ..> b\na .. b", ["a ..> b", "a .. b"]),
        ("# a -> b\n\n  c -> d  ", ["c -> d"]),
        ("http://x -> y:8080", ["http://x -> y:8080"]),
        ("digraph { a -> b }", ["a -> b"]),
        ("graph { a -- b -- c }", ["a - b", "b - c"]),
        ("strict digraph G { a -> {b c} [label=x]; }", ["a -> b: x", "a -> c: x"]),
        ('digraph { "a b" -> c [style=dashed, label="l\\nm"] }', ["a b ..> c: l\nm"]),
        ("digraph { a -> b [dir=both] b -> c [dir=none] c -> d [dir=back] }", ["a <-> b", "b - c", "c <- d"]),
        (
            "digraph { edge [style=dotted]; a -> b; subgraph { edge [style=solid]; b -> c } c -> a }",
            ["a ..> b", "b -> c", "c ..> a"],
        ),
        ("/* x */ digraph { // y\n# z\na -> b }", ["a -> b"]),
        ("flowchart LR\nA --> B", ["A -> B"]),
        ("graph TD;A-->B;B-->C", ["A -> B", "B -> C"]),
        (
            "flowchart TB\nA -->|yes| B\nA -- no --> C\nA -.-> D\nA -. maybe .-> E\nA ==> F\nA == sure ==> G",
            [
                "A -> B: yes",
                "A -> C: no",
                "A ..> D",
                "A ..> E: maybe",
                "A -> F",
                "A -> G: sure",
            ],
        ),
        (
            "flowchart TB\nA --- B\nA <--> C\nA -.- D\nA ----> E\nA --x F\nA --o G",
            ["A - B", "A <-> C", "A .. D", "A -> E", "A -> F", "A -> G"],
        ),
        ("flowchart TB\nA & B --> C & D", ["A -> C", "A -> D", "B -> C", "B -> D"]),
        ('flowchart TB\n%% x\nA["%% y"] --> B %% z', ["A -> B"]),
        ("flowchart TB\nA --> B --> C", ["A -> B", "B -> C"]),
        ('flowchart TB\nA["x --> y"] --> B', ["A -> B"]),
        (
            "sequenceDiagram\nA->>B: Hello\nB-->>A: Hi\nA->B\nA-)B: x\nA-xB",
            ["A -> B: Hello", "B ..> A: Hi", "A - B", "A -> B: x", "A -> B"],
        ),
        (
            "sequenceDiagram\nparticipant A as Alice\nAlice in->>+Bob: x\nBob->>-Alice in: y",
            ["Alice in -> Bob: x", "Bob -> Alice in: y"],
        ),
    ],
)
def test_edges(text: str, expected: list[str]) -> None:
    """Edges have their direction, their look and their label, in every notation."""
    assert edges(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a: Label\nb [cylinder]\nc [round]: Three",
            [("a", "Label", "box"), ("b", "b", "cylinder"), ("c", "Three", "round")],
        ),
        ("a -> b\na: Later", [("a", "Later", "box"), ("b", "b", "box")]),
        (
            'digraph { a [label="A\\nB" shape=cylinder]; b [shape=box style=rounded] }',
            [("a", "A\nB", "cylinder"), ("b", "b", "round")],
        ),
        (
            'digraph { node [shape=ellipse] a; -3.5; "q\\"q" }',
            [("a", "a", "pill"), ("-3.5", "-3.5", "pill"), ('q"q', 'q"q', "pill")],
        ),
        (
            "flowchart TB\na[A]\nb(B)\nc([C])\nd[[D]]\ne[(E)]\nf((F))\ng{G}\nh{{H}}\ni>I]\nj[/J/]",
            [
                ("a", "A", "box"),
                ("b", "B", "round"),
                ("c", "C", "pill"),
                ("d", "D", "box"),
                ("e", "E", "cylinder"),
                ("f", "F", "circle"),
                ("g", "G", "diamond"),
                ("h", "H", "hexagon"),
                ("i", "I", "box"),
                ("j", "J", "box"),
            ],
        ),
        (
            'flowchart TB\na["A (b) [c]"] --> b["x<br/>y &amp; #35;"]',
            [("a", "A (b) [c]", "box"), ("b", "x\ny & #", "box")],
        ),
        ("flowchart TB\na:::red --> b-c_d.e", [("a", "a", "box"), ("b-c_d.e", "b-c_d.e", "box")]),
        (
            "sequenceDiagram\nparticipant A as Alice B.\nactor Bob\nA->>Bob: x",
            [("A", "Alice B.", "box"), ("Bob", "Bob", "box")],
        ),
    ],
)
def test_nodes(text: str, expected: list[tuple[str, str, str]]) -> None:
    """Nodes have their label and their shape, in every notation."""
    assert nodes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("group Back end: a, b\na -> c", {"a": "Back end", "b": "Back end", "c": None}),
        (
            'digraph { subgraph cluster_x { label="X Y"; a; b } subgraph other { c } }',
            {"a": "X Y", "b": "X Y", "c": None},
        ),
        (
            'digraph { subgraph cluster_x { label="Outer"; subgraph cluster_y { label="Inner"; a } {label=no; b} } c }',
            {"a": "Outer", "b": "Outer", "c": None},
        ),
        (
            "flowchart TB\nsubgraph one [The one]\na --> b\nend\nsubgraph Two\nc\nend\nd",
            {"a": "The one", "b": "The one", "c": "Two", "d": None},
        ),
    ],
)
def test_groups(text: str, expected: dict[str, str | None]) -> None:
    """Nodes are in their groups, in every notation."""
    source = read(text)
    found = {node.id: None if node.group is None else source.groups[node.group] for node in source.nodes.values()}
    assert found == expected


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("flowchart LR\na", "right"),
        ("graph TD\na", "down"),
        ("graph\na", None),
        ("digraph { rankdir=LR; a }", "right"),
        ("digraph { graph [rankdir=TB] a }", "down"),
        ("a -> b", None),
    ],
)
def test_directions(text: str, direction: str | None) -> None:
    """The direction is the source's, if it sets one."""
    assert read(text).direction == direction


@pytest.mark.parametrize(
    ("text", "marked", "message"),
    [
        ("flowchart TB\nstyle a fill:#f00\na", "style", "'style' is not drawn"),
        ("flowchart TB\nsubgraph x\ndirection LR\na\nend", "direction LR", "the direction of a subgraph is not drawn"),
        ("digraph { a [color=red] }", "color", "the attribute 'color' is not drawn"),
        ("digraph { a [shape=star] }", "star", "shape 'star' is drawn as a box"),
        ("digraph { a:n -> b }", "a:", "ports of nodes are not drawn"),
        ("digraph { label=Whole; a }", "label", "the label of the graph is not drawn: the scene's 'title' is"),
        ("digraph { graph [label=Whole] a }", "graph", "the label of the graph is not drawn"),
        ("sequenceDiagram\nloop every day\nA->>B: x\nend", "loop", "'loop' is not drawn, its messages are"),
        ("sequenceDiagram\nNote over A: x\nA->>B: x", "Note", "'Note' is not drawn"),
    ],
)
def test_warnings(text: str, marked: str, message: str) -> None:
    """What changes nothing but the look is a warning at its place."""
    [(found, (start, end))] = read(text).warnings
    assert message in found
    assert text[start:end] == marked


@pytest.mark.parametrize(
    ("text", "marked", "message"),
    [
        ("a => b", "=>", "'=>' is no arrow of this notation"),
        ("a ->b", "->", "'->' needs a space on both sides"),
        ("a->b", "->", "'->' needs a space on both sides"),
        ("flowchart TB\nsubgraph one\na\nend\none --> b", "one --> b", "edges to subgraphs are not drawn"),
        ("a -> ", "->", "'->' needs a node on both sides"),
        ("a [blob]", "blob", "unknown shape 'blob'"),
        ("erDiagram\nA ||--o{ B : x", "erDiagram", "'erDiagram' of Mermaid is not drawn"),
        ("stateDiagram-v2\n[*] --> A", "stateDiagram-v2", "'stateDiagram-v2' of Mermaid is not drawn"),
        ("digraph { a -> }", "}", "expected a name, got '}'"),
        ("digraph { a [shape=record] }", "record", "shape 'record' is not drawn"),
        ('digraph { a [label="x] }', '"', "a quotation mark is never closed"),
        ("digraph { a } b", "b", "'b' follows the end of the graph"),
        ("flowchart TB\na -> b", "-", "'->' is no link"),
        ("flowchart TB\na[b", "[", "'[' is never closed"),
        ("flowchart TB\na -->|x b", "|", "has no closing '|'"),
        ("flowchart TB\na -->", ">", "expected a node"),
        ("---\ntitle: x\n---\nflowchart TB\na --> b", "---", "the front matter of Mermaid is not read"),
        ("flowchart TB\nend", "end", "'end' without a subgraph"),
    ],
)
def test_errors(text: str, marked: str, message: str) -> None:
    """What is not drawn, or is wrong, is an error at its place in the source."""
    with pytest.raises(NotationError) as caught:
        read(text)
    start, end = caught.value.span
    assert message in caught.value.message
    assert text[start:end] == marked


def test_strings_are_joined_however_many() -> None:
    """A name can be several thousand strings, joined by +."""
    [(_, label, _)] = nodes("digraph { a [label=" + '"x" + ' * 5000 + '"y"] }')
    assert label == "x" * 5000 + "y"


PIECES = st.sampled_from(
    [
        *(
            "digraph",
            "graph",
            "subgraph",
            "cluster_a",
            "flowchart LR\n",
            "sequenceDiagram\n",
            "end",
            "participant",
            "as",
        ),
        *(
            "a",
            "b",
            "é",
            "1.5",
            "label",
            "shape",
            "box",
            "group",
            "style",
            "-->",
            "->",
            "--",
            "->>",
            "-.->",
            "..>",
            "==",
        ),
        *(
            "{",
            "}",
            "[",
            "]",
            "(",
            ")",
            '"',
            "<",
            ">",
            "|",
            "&",
            ";",
            ":",
            ",",
            "=",
            "+",
            "\\",
            "%%",
            "#",
            "\n",
            " ",
            "~~~",
        ),
    ]
)


@given(
    st.lists(PIECES, max_size=24).map(" ".join) | st.lists(PIECES, max_size=24).map("".join),
    st.sampled_from((*notation.NAMES, None)),
)
def test_any_source_is_read_or_refused(text: str, name: str | None) -> None:
    """Any source is read, or has an error at a range inside of it; edges lead between nodes that there are."""
    try:
        source = read(text, name)
    except NotationError as error:
        start, end = error.span
        assert 0 <= start <= end <= len(text) + 1
    else:
        assert all(edge.source in source.nodes and edge.target in source.nodes for edge in source.edges)
        assert all(node.group is None or node.group < len(source.groups) for node in source.nodes.values())


def test_files_have_the_notation_of_their_names() -> None:
    """The ending of a file's name decides before its content, and `notation` before both."""
    assert notation.read("flowchart -> b", None, "x.txt").edges
    with pytest.raises(NotationError, match="expected 'digraph' or 'graph'"):
        notation.read("a -> b", None, "x.gv")
    with pytest.raises(NotationError, match="is no kind of Mermaid diagram"):
        notation.read("a -> b", "mermaid", "x.gv")
