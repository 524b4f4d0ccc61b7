"""The arguments for ffmpeg of a graph of the ffmpeg package, as its `get_args` returns them, in linear time.

The package searches lists of nodes for each edge: 76 ms of CPU time for 500 filters, as a scene of many layers has.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

# Streams and nodes of the ffmpeg package, which has no types.
Stream = Any
Node = Any

# node -> label of its output -> (next node, label of that one's input, selector)
Leaving = dict[Node, dict[Any, list[tuple[Node, Any, Any]]]]


def arguments(stream: Stream) -> list[str]:
    """Return the arguments for the outputs that a stream of the package stands for."""
    from ffmpeg import nodes
    from ffmpeg._run import _get_filter_arg, _get_input_args, _get_output_args

    found, leaving = _sorted(nodes.get_stream_spec_nodes(stream))
    inputs, filters, outputs = (
        [node for node in found if isinstance(node, kind)]
        for kind in (nodes.InputNode, nodes.FilterNode, nodes.OutputNode)
    )
    names = {(node, None): str(number) for number, node in enumerate(inputs)}
    graph = _get_filter_arg(filters, leaving, names)
    read = [argument for node in inputs for argument in _get_input_args(node)]
    written = [argument for node in outputs for argument in _get_output_args(node, names)]
    return [*read, *(("-filter_complex", graph) if graph else ()), *written]


def _sorted(last: Iterable[Node]) -> tuple[list[Node], Leaving]:
    """Return all nodes, each after those that it reads, in the package's order, and the edges that leave each."""
    done: dict[Node, None] = {}
    leaving: Leaving = {}

    def visit(node: Node) -> None:
        if node in done:
            return
        for edge in node.incoming_edges:
            ends = edge.downstream_node, edge.downstream_label, edge.upstream_selector
            leaving.setdefault(edge.upstream_node, {}).setdefault(edge.upstream_label, []).append(ends)
            visit(edge.upstream_node)
        done[node] = None

    for node in reversed(list(last)):
        visit(node)
    return list(done), leaving
