"""Explain why each step of a spec would run or is cached."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from vidbuild.api.build_result import known_warnings
from vidbuild.api.engine import engine_of
from vidbuild.api.plan import plan_of, store_of
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
) -> list[Explanation]:
    """Return why each step, or one of them, would run or is cached; runs and writes nothing."""
    return list(explain_with_warnings(spec, step, variables=variables, brand=brand, cache=cache).steps)


def explain_with_warnings(
    spec: Spec | str | os.PathLike[str],
    step: str | None = None,
    *,
    variables: Mapping[str, str] | None = None,
    brand: str | None = None,
    cache: Path | None = None,
) -> Explained:
    """Explain as `explain` does, with the warnings about the spec."""
    path = spec.path if isinstance(spec, Spec) else Path(spec)
    store = store_of(path, cache)
    plan = plan_of(spec, store=store, variables=variables, brand=brand, remember=False)
    if step is not None and step not in plan.graph.steps:
        raise UsageError(f"'{path}' has no step '{step}'", hint=did_you_mean(step, plan.graph.steps))
    goals = plan.targets if step is None else [step]
    explained = engine_of(store).explain(Target(plan.graph, build_name=plan.entry, goals=goals))
    warnings = tuple(known_warnings(plan, store, explained))
    return Explained(tuple(each for each in explained if step in {None, each.step}), warnings)
