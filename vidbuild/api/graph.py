"""Return the step graph, or the ids of the scenes, of a spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from vidbuild.api.plan import plans_of, prefix, store_of
from vidbuild.api.result import Notice
from vidbuild.api.spec_args import SpecLike, path_of
from vidbuild.engine.graph.graph import Graph


def graph(
    spec: SpecLike,
    *,
    variables: Mapping[str, str] | None = None,
    brand: str | None = None,
    language: Sequence[str] = (),
    output_name: Sequence[str] = (),
    draft: bool = False,
) -> Graph:
    """Return the step graph of a spec; runs and writes nothing.

    language, output_name: of which of the spec's videos; default: of all. Ids of several begin with the video's name.
    draft: of their drafts.
    """
    found = graph_with_warnings(
        spec, variables=variables, brand=brand, language=language, output_name=output_name, draft=draft
    )
    return found[0]


def graph_with_warnings(
    spec: SpecLike,
    *,
    variables: Mapping[str, str] | None = None,
    brand: str | None = None,
    language: Sequence[str] = (),
    output_name: Sequence[str] = (),
    draft: bool = False,
) -> tuple[Graph, tuple[Notice, ...]]:
    """Return the step graph of a spec as `graph` does, and the warnings about the spec; runs and writes nothing."""
    plans = plans_of(
        spec,
        store=store_of(path_of(spec), None),
        languages=language,
        output_names=output_name,
        variables=variables,
        brand=brand,
        remember=False,
        draft=draft,
    )
    steps = chain.from_iterable(each.graph.named(prefix(each, plans)).steps.items() for each in plans)
    return Graph(dict(steps)), tuple(dict.fromkeys(chain.from_iterable(each.warnings for each in plans)))


def scene_ids(
    spec: SpecLike,
    *,
    variables: Mapping[str, str] | None = None,
    brand: str | None = None,
    only: Sequence[str] = (),
    build_name: str | None = None,
    draft: bool = False,
) -> tuple[str, ...]:
    """Return the ids of the scenes that a build would render, in order; runs and writes nothing.

    build_name: of one of the spec's videos; default: all.
    """
    store = store_of(path_of(spec), None)
    plans = plans_of(spec, store=store, variables=variables, brand=brand, only=only, draft=draft, remember=False)
    found = chain.from_iterable(each.scenes for each in plans if build_name in {None, each.entry})
    return tuple(dict.fromkeys(found))
