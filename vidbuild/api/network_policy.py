"""Decides whether a build may use the network, by its options, its project's settings and whether it runs in CI.

Only online voices need it. On a developer's machine, naming one in a spec is enough. In CI, a stranger may have written
the spec, so the workflow or the project's settings must allow it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.api.tools import network_steps
from vidbuild.engine.schedule.target import Target
from vidbuild.platforms import shell_command
from vidbuild.project import root_of
from vidbuild.voices.registry import is_online

if TYPE_CHECKING:
    from vidbuild.api.options import BuildOptions
    from vidbuild.api.plan import Plan
    from vidbuild.diagnostic import Diagnostic
    from vidbuild.engine.graph.graph import Step
    from vidbuild.engine.schedule.engine import Engine
    from vidbuild.location import Location
    from vidbuild.model import Spec
    from vidbuild.spec.settings import Settings

    Problem = tuple[str, Location | None, str]
    """A message, its place in the spec, and a hint."""

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
    if options.frozen:
        _refuse(plan, _not_locked(str(plan.spec), needing.values()))
    elif options.offline:
        _refuse_offline(engine, plan, target, needing, options.fresh)
    elif in_ci() and not (options.allow_network_voice or (settings and settings.allow_network_voice)):
        _refuse(plan, _in_ci(needing.values()))


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


def _refuse_offline(
    engine: Engine, plan: Plan, target: Target, steps: Mapping[str, Step], fresh: Sequence[str]
) -> None:
    """Raise SpecError for steps that must run and have no voice that works offline, not even a fallback."""
    refused: dict[tuple[Location | None, str], list[str]] = {}
    for each in engine.explain(target, fresh):
        if each.state != "cached" and each.step in steps:
            step = steps[each.step]
            voices, online = list(_candidates(step)), list(_online(step))
            if voices == online:
                refused.setdefault((_place(step), online[0]), []).append(each.step)
    hint = "build once with the network and keep the cache, declare an offline fallback, or use an offline voice"
    _refuse(
        plan,
        (
            (f"offline: {', '.join(names)} would need the network for '{voice}'", place, hint)
            for (place, voice), names in refused.items()
        ),
    )


def _refuse(plan: Plan, problems: Iterable[Problem]) -> None:
    from vidbuild.spec.diagnostics import SpecError, read_sources

    if found := _diagnostics(str(plan.spec), problems):
        raise SpecError(found, read_sources(found))


def problems(spec: Spec, *, allow_network_voice: bool = False, frozen: bool = False) -> list[Diagnostic]:
    """Return an error for each online voice that a build here must not use. Raises SpecError for wrong settings."""
    settings = settings_of(root_of(spec.path))
    allowed = not in_ci() or allow_network_voice or (settings and settings.allow_network_voice)
    if allowed and not frozen:
        return []
    from vidbuild.plan.compile import compile_graph
    from vidbuild.plan.variant import own_variant

    steps = network_steps(compile_graph(spec, own_variant(spec)))
    found = _not_locked(str(spec.path), steps.values()) if frozen else _in_ci(steps.values())
    return _diagnostics(str(spec.path), found)


def _not_locked(spec: str, steps: Iterable[Step]) -> Iterator[Problem]:
    hint = shell_command("vidbuild", "lock", "--voices", spec)
    for step in steps:
        for voice in _online(step):
            yield f"--frozen: no take of '{voice}' is locked for this narration", _narration(step), hint


def _narration(step: Step) -> Location | None:
    return step.locations.get("narration") or _place(step)


def _in_ci(steps: Iterable[Step]) -> Iterator[Problem]:
    hint = f"vidbuild build --allow-network-voice, or 'allow_network_voice = true' in {SETTINGS}"
    for step in steps:
        for voice in _online(step):
            yield f"'{voice}' needs the network, which is off by default in CI", _place(step), hint


def _diagnostics(spec: str, problems: Iterable[Problem]) -> list[Diagnostic]:
    from vidbuild.diagnostic import Diagnostic
    from vidbuild.spec.diagnostics import tidy

    return tidy(Diagnostic("error", message, spec, place, hint=hint) for message, place, hint in problems)


def _place(step: Step) -> Location | None:
    return step.locations.get("voice") or step.locations.get("")


def _candidates(step: Step) -> Iterator[str]:
    """Yield a step's own voice and its fallback."""
    voice = step.params["voice"]
    for each in (voice, voice.get("fallback")):
        if each:
            yield f"{each['engine']}:{each['name']}"


def _online(step: Step) -> Iterator[str]:
    """Yield the online voices among them."""
    return (each for each in _candidates(step) if is_online(*each.split(":", 1)))
