"""The diagram scene. Layers: heading, rest (what is there from the start), part-k-past and part-k, titles, caption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild import inline
from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.diagram import notation, parts
from vidbuild.scenes.diagram.layering import layering
from vidbuild.scenes.diagram.model import NotationError, Source
from vidbuild.scenes.named import repeated, unknown
from vidbuild.scenes.protocol import Reveal, SceneProblem

MAX_NODES, MAX_EDGES, MAX_PARTICIPANTS, MAX_MESSAGES = 40, 60, 8, 24  # more cannot be read on one screen
MAX_PARTS = 28  # that appear one by one; each has two layers


class DiagramScene(SceneDefaults):
    """Nodes and edges, or the messages of a sequence, that appear one by one."""

    name = "diagram"
    modules = ("shapes", "layout", "graph", "sequence")
    summary = "a graph or a sequence of messages, from a few lines of text, Graphviz DOT or Mermaid"
    spec_fields: Mapping[str, str] = {
        "nodes": "diagram",
        "edges": "diagram",
        "groups": "diagram",
        "kind": "diagram",
        "file_nodes": "file",
        "file_edges": "file",
        "file_groups": "file",
    }

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Require a source from one place that can be drawn, and parts that it has."""
        if fields.get("diagram") is None:
            yield SceneProblem("", "a diagram scene needs 'diagram' or 'file'")
            return
        try:
            source = _source(fields)
        except NotationError as error:
            yield SceneProblem("diagram", error.message, error.hint, _within(error.span, fields["diagram"]))
            return
        problem = next(_limits(source), None)
        if problem:
            yield problem
            return
        unknown_parts = list(_unknown_parts(fields, source))
        yield from unknown_parts
        found = [] if unknown_parts else parts.parts(fields, source)
        if len(found) > MAX_PARTS:
            message = f"{len(found)} parts appear one by one: the maximum is {MAX_PARTS}"
            yield SceneProblem("reveal", message, "write none")

    def lint(self, scene: Scene) -> Iterator[SceneProblem]:
        """Warn of what is not drawn as the source has it."""
        for message, span in _source(scene.fields).warnings:
            yield SceneProblem("diagram", message, None, _within(span, scene.fields["diagram"]), "VB322")

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return the visible content as JSON values.

        {"kind": "graph" or "sequence", "direction", "turns": whether another direction can be used,
        "nodes": [{"label", "shape", "group"}], "edges": [{"from", "to", "label", "dashed", "start", "end"}],
        "groups": [label…], "parts": [{"nodes", "edges"}]: indexes of what appears together}. Of a graph also
        "items": [{"rank", "node", "label", "lane", "near": [items beside it in the ranks before and after]}],
        "ranks": [[item…]…] and "routes": [[item…]…] for each edge from its start to its end.
        """
        fields = scene.fields
        source = _source(fields)
        prefix = "file_" if fields.get("file") else ""
        names = list(source.nodes)
        auto = (source.direction or "auto") if source.edges else "down"  # nodes without edges are read row by row
        edges = [
            {
                "from": names.index(edge.source),
                "to": names.index(edge.target),
                "label": inline.marked(edge.label),
                "dashed": edge.dashed,
                "start": edge.start,
                "end": edge.end,
            }
            for edge in source.edges
        ]
        nodes = [
            {"label": inline.marked(node.label), "shape": node.shape, "group": node.group}
            for node in source.nodes.values()
        ]
        return {
            **texts(fields, "title", "caption"),
            "kind": "sequence" if source.is_sequence else "graph",
            "direction": fields["direction"] if fields["direction"] != "auto" else auto,
            "turns": fields["direction"] == "auto" and bool(source.edges),
            f"{prefix}nodes": nodes,
            f"{prefix}edges": edges,
            f"{prefix}groups": [inline.marked(" ".join(group.split())) for group in source.groups],
            "parts": [{"nodes": part.nodes, "edges": part.edges} for part in parts.parts(fields, source)],
            **({} if source.is_sequence else _layout(source, names)),
        }

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let what has no reveal of its own come at the start."""
        return {
            **rising(scene.fields, {"heading": "title"}),
            "rest": "fade",
            "titles": "fade",
            **rising(scene.fields, {"caption": "caption"}),
        }

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Reveal part by part, the current one the most prominent."""
        found = parts.parts(scene.fields, _source(scene.fields))
        return [
            Reveal(
                part.field,
                part.at,
                inline.plain(part.words),
                {f"part-{index}": "fade" if part.nodes else "draw", f"part-{index}-past": "under"},
                until_next=(f"part-{index}",),
            )
            for index, part in enumerate(found)
        ]


def _source(fields: Mapping[str, Any]) -> Source:
    return notation.read(fields["diagram"], fields.get("notation"), fields.get("file"))


def _within(span: tuple[int, int], text: str) -> tuple[int, int]:
    start = min(span[0], max(0, len(text) - 1))
    return start, max(start + 1, min(span[1], len(text)))


def _limits(source: Source) -> Iterator[SceneProblem]:
    nodes, edges = len(source.nodes), len(source.edges)
    if not nodes:
        yield SceneProblem("diagram", "the diagram has no nodes")
    elif source.is_sequence and nodes > MAX_PARTICIPANTS:
        yield SceneProblem("diagram", f"{nodes} participants: a sequence shows at most {MAX_PARTICIPANTS}")
    elif source.is_sequence and edges > MAX_MESSAGES:
        yield SceneProblem("diagram", f"{edges} messages: a sequence shows at most {MAX_MESSAGES}")
    elif nodes > MAX_NODES:
        yield SceneProblem("diagram", f"{nodes} nodes: a diagram shows at most {MAX_NODES}")
    elif edges > MAX_EDGES:
        yield SceneProblem("diagram", f"{edges} edges: a diagram shows at most {MAX_EDGES}")


def _unknown_parts(fields: Mapping[str, Any], source: Source) -> Iterator[SceneProblem]:
    if isinstance(fields["reveal"], str):
        return
    found: list[tuple[bool, int] | None] = []
    for index, item in enumerate(fields["reveal"]):
        given = [name for name in ("node", "edge", "message") if name in item]
        place = parts.find(given[0], item[given[0]], source) if len(given) == 1 else None
        found.append(None if place is None else (given[0] == "node", place))
        if len(given) != 1:
            yield SceneProblem(f"reveal.{index}", "an entry needs exactly one of 'node', 'edge' and 'message'")
        elif place is None:
            name, known = item[given[0]], parts.names(given[0], source)
            problem = unknown(f"no {given[0]} '{name}' in the diagram", str(name), known)
            yield SceneProblem(f"reveal.{index}.{given[0]}", *problem)
        elif doubt := parts.doubt(given[0], item[given[0]], source):
            yield SceneProblem(f"reveal.{index}.{given[0]}", *doubt)
    twice = repeated(found)
    if twice is not None:
        kind = next(name for name in ("node", "edge", "message") if name in fields["reveal"][twice])
        name = fields["reveal"][twice][kind]
        yield SceneProblem(f"reveal.{twice}.{kind}", f"{kind} '{name}' appears twice")


def _layout(source: Source, names: list[str]) -> dict[str, Any]:
    pairs = [(names.index(edge.source), names.index(edge.target)) for edge in source.edges]
    labelled = [bool(edge.label) for edge in source.edges]
    made = layering(len(names), pairs, labelled, [node.group for node in source.nodes.values()])
    items = [
        {
            "rank": item.rank,
            "node": item.node,
            "label": item.label_of,
            "lane": item.lane,
            "near": item.before + item.after,
        }
        for item in made.items
    ]
    routes = [list(route)[::-1] if flip else list(route) for route, flip in zip(made.routes, made.flipped, strict=True)]
    return {"items": items, "ranks": [list(rank) for rank in made.ranks], "routes": routes}


SCENE = DiagramScene()
