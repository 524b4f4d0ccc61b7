"""A graph as text, Graphviz and Mermaid."""

from __future__ import annotations

from vidbuild.report import diagram

NEEDS = {"draw:a": [], "render:a": ["draw:a"], "transition:a+b": ["draw:a"], "mux": ["render:a", "transition:a+b"]}


def test_text_has_a_line_for_each_step() -> None:
    """Each step stands with what feeds it, in the graph's order, in aligned columns."""
    assert diagram.text(NEEDS).splitlines() == [
        "draw:a",
        "render:a        <- draw:a",
        "transition:a+b  <- draw:a",
        "mux             <- render:a, transition:a+b",
    ]


def test_dot_has_every_step_and_edge() -> None:
    """Graphviz gets each step as a node and an edge from what feeds it, quoted."""
    made = diagram.dot(NEEDS).splitlines()
    assert made[0] == "digraph vidbuild {"
    assert made[-1] == "}"
    assert '  "transition:a+b";' in made
    assert '  "render:a" -> "mux";' in made
    assert sum("->" in line for line in made) == 4


def test_dot_quotes_what_a_name_may_hold() -> None:
    """Quotes and backslashes in a name cannot end its string."""
    assert '"a\\"\\\\b";' in diagram.dot({'a"\\b': []})


def test_mermaid_names_steps_by_number() -> None:
    """Mermaid gets names it can read, each with the step's id as its label."""
    assert diagram.mermaid(NEEDS).splitlines() == [
        "flowchart LR",
        '  s0["draw:a"]',
        '  s1["render:a"]',
        '  s2["transition:a+b"]',
        '  s3["mux"]',
        "  s0 --> s1",
        "  s0 --> s2",
        "  s1 --> s3",
        "  s2 --> s3",
    ]


def test_an_empty_graph_is_drawn_as_one() -> None:
    """Nothing to show is no error in any form."""
    assert [form({}).splitlines()[0] if form({}) else "" for form in diagram.FORMS.values()] == [
        "",
        "digraph vidbuild {",
        "flowchart LR",
    ]
