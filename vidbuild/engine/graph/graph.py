"""Steps and their inputs, as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vidbuild.frozen import dataclass, field, replaced
from vidbuild.location import Location

Value = Any  # a JSON value: None, bool, int, float, str, list or dict of such, keys are strings


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the project, by absolute path. Its content is in the key, its path is not."""

    path: str


@dataclass(frozen=True, slots=True)
class Product:
    """The output of another step: one of its files, or all of them as a folder if name is ""."""

    step: str
    name: str = ""


Input = Source | Product


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its key, its run and its explanation follow from this data.

    params: everything that can change the output and is not a file, with defaults applied.
    inputs: role -> a file of the project, or the output of another step.
    locations: field (dotted, "" for the whole) -> its location in the spec; never in the key.
    tools: names of the tools that this step uses beside those of its kind; their identities are in the key.
    silenced: field (dotted, "" for all) -> codes of the warnings about it that are not shown; never in the key.
    """

    id: str
    kind: str
    params: Mapping[str, Value]
    inputs: Mapping[str, Input] = field(default_factory=dict)
    locations: Mapping[str, Location] = field(default_factory=dict)
    tools: tuple[str, ...] = ()
    silenced: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def needs(self) -> Iterator[str]:
        """Yield the ids of the steps whose outputs are inputs of this one."""
        for source in self.inputs.values():
            if isinstance(source, Product):
                yield source.step


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of step: how it runs, and what else is in its key.

    version: raised whenever the same inputs give another output.
    run: "module:function", called in a worker as function(context: vidbuild.engine.graph.context.Context).
    tools: names of the tools that every step of this kind uses; their identities are in the key.
    wrappers: params that only group fields; they are left out of the names of changed fields.
    places: params that are about places in another one; whole numbers in them are positions, which say nothing to a
        user.
    seconds: how long a step may run before it is killed and fails; never in the key.
    """

    name: str
    version: int
    run: str
    tools: tuple[str, ...] = ()
    wrappers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    seconds: float = 3600.0


class GraphError(Exception):
    """An invalid graph: it has a cycle, or an input that no step makes. This is a bug in its plan."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Steps in topological order: each comes after all that it needs."""

    steps: Mapping[str, Step]

    @classmethod
    def of(cls, steps: Mapping[str, Step]) -> Graph:
        """Order the steps; raise GraphError naming the cycle or the missing step."""
        ordered: dict[str, Step] = {}
        for root in steps:
            _visit(root, steps, ordered)
        return cls(ordered)

    def upstream(self, targets: Iterator[str] | list[str] | tuple[str, ...]) -> Graph:
        """Return the part of the graph that the targets need, the targets included."""
        wanted: set[str] = set()
        stack = list(targets)
        while stack:
            step = stack.pop()
            if step not in wanted:
                wanted.add(step)
                stack.extend(self.steps[step].needs())
        return Graph({name: step for name, step in self.steps.items() if name in wanted})

    def named(self, prefix: str) -> Graph:
        """Return the same graph with a text in front of every step's id."""
        if not prefix:
            return self
        steps = {}
        for step in self.steps.values():
            inputs: dict[str, Input] = {
                role: Product(prefix + each.step, each.name) if isinstance(each, Product) else each
                for role, each in step.inputs.items()
            }
            steps[prefix + step.id] = replaced(step, id=prefix + step.id, inputs=inputs)
        return Graph(steps)

    def to_data(self) -> list[dict[str, Any]]:
        """Return the graph as JSON values, for the plan's memo and `vidbuild graph --format json`."""
        return [_step_to_data(step) for step in self.steps.values()]

    @classmethod
    def from_data(cls, data: list[dict[str, Any]]) -> Graph:
        """Return the inverse of to_data; the order is not checked again."""
        return cls({item["id"]: _step_from_data(item) for item in data})


def _visit(root: str, steps: Mapping[str, Step], ordered: dict[str, Step]) -> None:
    """Append the step after everything that it needs, depth first.

    There is no recursion, since a chain of 1,000 scenes would exceed Python's stack limit. The standard library's
    graphlib orders steps by levels, which would mix the steps of all scenes.
    """
    if root in ordered:
        return
    path = {root: steps[root].needs()}
    while path:
        name, needs = next(reversed(path.items()))
        for need in needs:
            if need not in steps:
                raise GraphError(f"step '{name}' reads from '{need}', which is not in the graph")
            if need in path:
                names = [*path]
                cycle = [*names[names.index(need) :], need]
                raise GraphError("dependency cycle: " + " -> ".join(cycle))
            if need not in ordered:
                path[need] = steps[need].needs()
                break
        else:
            ordered[name] = steps[name]
            del path[name]


def _step_to_data(step: Step) -> dict[str, Any]:
    inputs = {
        role: {"file": source.path} if isinstance(source, Source) else {"step": source.step, "name": source.name}
        for role, source in step.inputs.items()
    }
    locations = {
        field_: [location.file, location.line, location.column, location.end_column]
        for field_, location in step.locations.items()
    }
    return {
        "id": step.id,
        "kind": step.kind,
        "params": dict(step.params),
        "inputs": inputs,
        "places": locations,
        "tools": list(step.tools),
        **({"silenced": {name: list(codes) for name, codes in step.silenced.items()}} if step.silenced else {}),
    }


def _step_from_data(data: dict[str, Any]) -> Step:
    inputs: dict[str, Input] = {
        role: Source(item["file"]) if "file" in item else Product(item["step"], item["name"])
        for role, item in data["inputs"].items()
    }
    locations = {field_: Location(*item) for field_, item in data["places"].items()}
    silenced = data.get("silenced", {})
    return Step(data["id"], data["kind"], data["params"], inputs, locations, tuple(data["tools"]), silenced)
