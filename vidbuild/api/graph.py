"""Return the step graph, or the ids of the scenes, of a spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vidbuild.api.plan import plan_of, store_of
from vidbuild.api.result import Notice
from vidbuild.api.spec_args import SpecLike, path_of
from vidbuild.engine.graph.graph import Graph


def graph(spec: SpecLike, *, variables: Mapping[str, str] | None = None, brand: str | None = None) -> Graph:
    """Return the step graph of a spec; runs and writes nothing."""
    return graph_with_warnings(spec, variables=variables, brand=brand)[0]


def graph_with_warnings(
    spec: SpecLike, *, variables: Mapping[str, str] | None = None, brand: str | None = None
) -> tuple[Graph, tuple[Notice, ...]]:
    """Return the step graph of a spec, and the warnings about the spec; runs and writes nothing."""
    plan = plan_of(spec, store=store_of(path_of(spec), None), variables=variables, brand=brand, remember=False)
    return plan.graph, plan.warnings


def scene_ids(
    spec: SpecLike,
    *,
    variables: Mapping[str, str] | None = None,
    brand: str | None = None,
    only: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return the ids of the scenes that a build would render, in order; runs and writes nothing."""
    store = store_of(path_of(spec), None)
    return plan_of(spec, store=store, variables=variables, brand=brand, only=only, remember=False).scenes
