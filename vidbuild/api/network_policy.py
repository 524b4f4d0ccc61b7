"""Decides whether a build may use the network, by its options, its project's settings and whether it runs in CI.

Only online voices need it. On a developer's machine, naming one in a spec is enough. In CI, a stranger may have written
the spec, so the workflow or the project's settings must allow it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.api.tools import network_steps
from vidbuild.engine.schedule.target import Target
from vidbuild.errors import UsageError
from vidbuild.project import root_of
from vidbuild.voices.registry import is_online

if TYPE_CHECKING:
    from vidbuild.api.options import BuildOptions
    from vidbuild.api.plan import Plan
    from vidbuild.diagnostic import Diagnostic
    from vidbuild.engine.graph.graph import Step
    from vidbuild.engine.schedule.engine import Engine
    from vidbuild.model import Spec
    from vidbuild.spec.settings import Settings

SETTINGS = "vidbuild.toml"
NOT_CI = frozenset({"", "0", "false", "no"})


def check(engine: Engine, plan: Plan, target: Target, root: Path, options: BuildOptions) -> None:
    """Raise UsageError or SpecError if the plan needs the network and the build must not use it.

    Raises SpecError for wrong settings in any case.
    """
    settings = settings_of(root)
    needing = network_steps(plan.graph)
    if not needing:
        return
    if options.offline:
        _refuse_offline(engine, target, needing, options.fresh)
    elif in_ci() and not (options.allow_network_voice or (settings and settings.allow_network_voice)):
        _refuse_in_ci(plan, needing)


def settings_of(root: Path) -> Settings | None:
    """Return the settings in the project's `vidbuild.toml`; None without any. Raises SpecError if they are wrong."""
    path = root / SETTINGS
    try:
        if not path.stat().st_size:
            return None
    except OSError:
        return None
    from vidbuild.spec.settings import load

    return load(root, os.path.relpath(path))


def in_ci() -> bool:
    """Return whether this runs in CI: every CI service sets the variable CI."""
    return os.environ.get("CI", "").lower() not in NOT_CI


def _refuse_offline(engine: Engine, target: Target, steps: Mapping[str, Step], fresh: Sequence[str]) -> None:
    states = engine.explain(target, fresh)
    needing = [each.step for each in states if each.state != "cached" and each.step in steps]
    if needing:
        raise UsageError(
            f"offline: {', '.join(needing)} would need the network",
            hint="build once with the network and keep the cache, or use an offline voice",
        )


def _refuse_in_ci(plan: Plan, steps: Mapping[str, Step]) -> None:
    from vidbuild.spec.diagnostics import SpecError, read_sources

    found = _refusals(str(plan.spec), steps.values())
    raise SpecError(found, read_sources(found))


def problems(spec: Spec) -> list[Diagnostic]:
    """Return an error for each online voice that a build here must not use. Raises SpecError for wrong settings."""
    settings = settings_of(root_of(spec.path))
    if not in_ci() or (settings and settings.allow_network_voice):
        return []
    from vidbuild.plan.compile import compile_graph
    from vidbuild.plan.variant import own_variant

    return _refusals(str(spec.path), network_steps(compile_graph(spec, own_variant(spec))).values())


def _refusals(spec: str, steps: Iterable[Step]) -> list[Diagnostic]:
    from vidbuild.diagnostic import Diagnostic
    from vidbuild.spec.diagnostics import tidy

    hint = f"vidbuild build --allow-network-voice, or 'allow_network_voice = true' in {SETTINGS}"
    return tidy(
        Diagnostic(
            "error",
            f"'{voice}' needs the network, which is off by default in CI",
            spec,
            step.locations.get("voice") or step.locations.get(""),
            hint=hint,
        )
        for step in steps
        for voice in _voices(step.params["voice"])
    )


def _voices(voice: Mapping[str, Any]) -> Iterator[str]:
    """Yield the online voices among a step's own and its fallback."""
    for each in (voice, voice.get("fallback")):
        if each and is_online(each["engine"], each["name"]):
            yield f"{each['engine']}:{each['name']}"
