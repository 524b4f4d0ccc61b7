"""Explain why each step of a spec would run or is cached."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from vidbuild.api.engine import engine_of
from vidbuild.api.plan import plan_of, store_of
from vidbuild.engine.keys.explain import Explanation
from vidbuild.engine.schedule.target import Target
from vidbuild.errors import UsageError
from vidbuild.model import Spec
from vidbuild.suggest import did_you_mean


def explain(
    spec: Spec | str | os.PathLike[str],
    step: str | None = None,
    *,
    variables: Mapping[str, str] | None = None,
    cache: Path | None = None,
) -> list[Explanation]:
    """Return why each step, or one of them, would run or is cached; runs and writes nothing."""
    path = spec.path if isinstance(spec, Spec) else Path(spec)
    store = store_of(path, cache)
    plan = plan_of(spec, store=store, variables=variables, remember=False)
    if step is not None and step not in plan.graph.steps:
        raise UsageError(f"'{path}' has no step '{step}'", hint=did_you_mean(step, plan.graph.steps))
    goals = plan.targets if step is None else [step]
    explained = engine_of(store).explain(Target(plan.graph, build_name=plan.entry, goals=goals))
    return explained if step is None else [each for each in explained if each.step == step]
