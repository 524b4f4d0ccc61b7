"""Explain why each step of a spec would run or is cached."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from vidbuild.api.build_result import known_warnings
from vidbuild.api.engine import engine_of
from vidbuild.api.plan import plans_of, prefix, store_of
from vidbuild.api.result import Notice
from vidbuild.engine.keys.explain import Explanation
from vidbuild.engine.schedule.target import Target
from vidbuild.errors import UsageError
from vidbuild.frozen import dataclass
from vidbuild.model import Spec
from vidbuild.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class Explained:
    """Why steps would run or are cached, and the warnings about the spec that are known without running any."""

    steps: tuple[Explanation, ...]
    warnings: tuple[Notice, ...]


def explain(
    spec: Spec | str | os.PathLike[str],
    step: str | None = None,
    *,
    variables: Mapping[str, str] | None = None,
    brand: str | None = None,
    cache: Path | None = None,
    language: Sequence[str] = (),
    output_name: Sequence[str] = (),
    draft: bool = False,
) -> list[Explanation]:
    """Return why each step, or one of them, would run or is cached; runs and writes nothing.

    language, output_name: of which of the spec's videos; default: of all. Ids of several begin with the video's name.
    draft: of their drafts.
    """
    found = explain_with_warnings(
        spec,
        step,
        variables=variables,
        brand=brand,
        cache=cache,
        language=language,
        output_name=output_name,
        draft=draft,
    )
    return list(found.steps)


def explain_with_warnings(
    spec: Spec | str | os.PathLike[str],
    step: str | None = None,
    *,
    variables: Mapping[str, str] | None = None,
    brand: str | None = None,
    cache: Path | None = None,
    language: Sequence[str] = (),
    output_name: Sequence[str] = (),
    draft: bool = False,
) -> Explained:
    """Explain as `explain` does, with the warnings about the spec."""
    path = spec.path if isinstance(spec, Spec) else Path(spec)
    store = store_of(path, cache)
    plans = plans_of(
        spec,
        store=store,
        languages=language,
        output_names=output_name,
        variables=variables,
        brand=brand,
        remember=False,
        draft=draft,
    )
    named = {prefix(plan, plans): plan for plan in plans}
    known = [name + each for name, plan in named.items() for each in plan.graph.steps]
    if step is not None and step not in known:
        raise UsageError(f"'{path}' has no step '{step}'", hint=did_you_mean(step, known))
    steps: list[Explanation] = []
    warnings: list[Notice] = []
    for name, plan in named.items():
        if step is not None and step.removeprefix(name) not in plan.graph.steps:
            continue
        goals = plan.targets if step is None else [step.removeprefix(name)]
        explained = engine_of(store).explain(Target(plan.graph, build_name=plan.entry, goals=goals))
        warnings += known_warnings(plan, store, explained)
        steps += (each.named(name) for each in explained if step in {None, name + each.step})
    return Explained(tuple(steps), tuple(dict.fromkeys(warnings)))
