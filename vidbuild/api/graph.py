"""Return the step graph, or the ids of the scenes, of a spec."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from vidbuild.api.plan import plan_of, store_of
from vidbuild.api.result import Notice
from vidbuild.engine.graph.graph import Graph


def graph(path: str | os.PathLike[str], *, variables: Mapping[str, str] | None = None) -> Graph:
    """Return the step graph of a spec; runs and writes nothing."""
    return graph_with_warnings(path, variables=variables)[0]


def graph_with_warnings(
    path: str | os.PathLike[str], *, variables: Mapping[str, str] | None = None
) -> tuple[Graph, tuple[Notice, ...]]:
    """Return the step graph of a spec, and the warnings about the spec; runs and writes nothing."""
    spec = Path(path)
    plan = plan_of(spec, store=store_of(spec, None), variables=variables, remember=False)
    return plan.graph, plan.warnings


def scene_ids(
    path: str | os.PathLike[str], *, variables: Mapping[str, str] | None = None, only: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the ids of the scenes that a build would render, in order; runs and writes nothing."""
    spec = Path(path)
    return plan_of(spec, store=store_of(spec, None), variables=variables, only=only, remember=False).scenes
