"""A graph as text, Graphviz or Mermaid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

Needs = Mapping[str, Sequence[str]]  # step -> the steps that it needs


def text(needs: Needs) -> str:
    """Return a line for each step, in the order of the mapping: `render:a  <- draw:a, timeline:a`."""
    width = max(map(len, needs), default=0)
    return "\n".join(f"{step:<{width}}  <- {', '.join(each)}" if each else step for step, each in needs.items())


def dot(needs: Needs) -> str:
    """Return a digraph for Graphviz, from left to right."""
    lines = [f"  {_quoted(step)};" for step in needs]
    lines += [f"  {_quoted(need)} -> {_quoted(step)};" for step, each in needs.items() for need in each]
    return "\n".join(["digraph vidbuild {", "  rankdir=LR;", '  node [shape=box, fontname="sans-serif"];', *lines, "}"])


def mermaid(needs: Needs) -> str:
    """Return a flowchart for Mermaid; its nodes have numbers, since Mermaid does not allow every step id."""
    name = {step: f"s{index}" for index, step in enumerate(needs)}
    lines = [f'  {name[step]}["{step}"]' for step in needs]
    lines += [f"  {name[need]} --> {name[step]}" for step, each in needs.items() for need in each]
    return "\n".join(["flowchart LR", *lines])


FORMS: Mapping[str, Callable[[Needs], str]] = {"text": text, "dot": dot, "mermaid": mermaid}


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
