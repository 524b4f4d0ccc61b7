"""The plan of a spec: read, checked and compiled once, then remembered by content; it runs nothing.

A plan depends on the spec's text, the variables, the files it looks at and vidbuild itself. All four are in what a plan
is remembered by, so that an unchanged spec is neither parsed nor checked again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.api import plan_cache
from vidbuild.api.result import Notice
from vidbuild.engine.graph.graph import Graph, Product
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.memo import Memos
from vidbuild.engine.store.store import Store
from vidbuild.errors import UsageError
from vidbuild.frozen import dataclass
from vidbuild.location import Location
from vidbuild.plan.outputs import Output
from vidbuild.project import cache_of, name_of, root_of

if TYPE_CHECKING:
    from vidbuild.model import Scene, Spec


@dataclass(frozen=True, slots=True)
class Plan:
    """One video that can be built.

    name: what the names of its outputs have in common.
    scenes: ids in order.
    weights: step -> expected work.
    frames: the file that holds the number of frames of the finished video.
    """

    spec: Path
    entry: str
    name: str
    graph: Graph
    outputs: tuple[Output, ...]
    scenes: tuple[str, ...]
    weights: Mapping[str, float]
    fps: int
    frames: Product
    warnings: tuple[Notice, ...]

    @property
    def targets(self) -> tuple[str, ...]:
        """The steps that produce the outputs."""
        return tuple(dict.fromkeys(output.step for output in self.outputs))


def store_of(spec: Path, cache: Path | None) -> Store:
    """The store in which a spec's project keeps its results."""
    return Store(cache.absolute() if cache is not None else cache_of(root_of(spec)))


def plan_of(
    spec: Spec | str | os.PathLike[str],
    *,
    store: Store,
    variables: Mapping[str, str] | None = None,
    brand: str | None = None,
    only: Sequence[str] = (),
    name: str | None = None,
    remember: bool = True,
) -> Plan:
    """The plan of a spec's file, or of a Spec made in Python; raises SpecError with all that is wrong with it.

    brand: the name of one instead of the spec's own.
    only: ids of scenes to build a video of, as if the spec had no others. name: what the names of the outputs have
    in common; None for the spec's name. remember: False writes nothing.
    """
    table = DigestCache(store.home / "files", read_only=not remember)
    if not isinstance(spec, (str, os.PathLike)):
        return _from_memo(spec.path, _compiled(spec, only, name, table), only, name, store)
    spec = Path(spec)
    memos = Memos(store)
    given = plan_cache.Given(variables or {}, brand)
    key = plan_cache.key_of(spec, table, given, only, name)
    known: dict[str, Any] | None = memos.get(key) if key else None
    if known is not None and plan_cache.finds_plugins(known["path"]) and plan_cache.is_valid(known["files"], table):
        return _from_memo(spec, known, only, name, store)
    began = plan_cache.now()
    data = _made(spec, table, given, only, name)
    if key and remember and plan_cache.unchanged_since(data["files"], began):
        memos.put(key, data)
        if store.home.is_dir():
            table.save()
    return _from_memo(spec, data, only, name, store)


def entry_of(spec: Path, only: Sequence[str] = (), store: Store | None = None) -> str:
    """The name under which a spec's steps are remembered: its path in the project, and the scenes that were chosen.

    In a store outside the project, which others may use too, its whole path: their specs may be called the same.
    """
    root, whole = root_of(spec), spec.absolute().parent.resolve() / spec.name
    own = (store or store_of(spec, None)).root.resolve().is_relative_to(root)
    path = (whole.relative_to(root) if own else whole).as_posix()
    return f"{path} --only {','.join(sorted(set(only)))}" if only else path


def _made(
    spec: Path, table: DigestCache, given: plan_cache.Given, only: Sequence[str], name: str | None
) -> dict[str, Any]:
    from vidbuild.spec.diagnostics import SpecError
    from vidbuild.spec.load import try_load

    examined = try_load(spec, given.variables, given.brand)
    if examined.spec is None:
        raise SpecError(examined.errors, examined.sources)
    return _compiled(examined.spec, only, name, table)


def _compiled(spec: Spec, only: Sequence[str], name: str | None, table: DigestCache) -> dict[str, Any]:
    """What is remembered of a spec, as JSON values."""
    from vidbuild.plan.compile import compile_graph, frame_count, outputs
    from vidbuild.plan.variant import own_variant
    from vidbuild.plan.weights import weights

    chosen = _only(spec, only)
    variant = own_variant(chosen)
    scenes = [scene.id for scene in chosen.scenes]
    frames = frame_count(chosen, variant)
    graph = compile_graph(chosen, variant, name or _name(spec.path, scenes, only))
    return {
        "files": plan_cache.rows_of((*chosen.files, *_take_files(chosen, graph)), table),
        "path": list(chosen.search_path),
        "graph": graph.to_data(),
        "outputs": [[each.kind, each.step, each.file, each.suffix] for each in outputs(chosen, variant)],
        "scenes": scenes,
        "weights": weights(chosen, variant),
        "fps": variant.output.fps,
        "frames": [frames.step, frames.name],
        "warnings": [[each.message, _location_data(each.location), each.hint] for each in spec.warnings],
    }


def _take_files(spec: Spec, graph: Graph) -> Sequence[Path]:
    """Return the files of the locked takes that a graph uses. Raises SpecError if one is not as it was locked."""
    if not spec.takes:
        return ()
    from vidbuild.api.take_files import checked

    return checked(spec, graph)


def _only(spec: Spec, only: Sequence[str]) -> Spec:
    """The spec with the named scenes alone."""
    if not only:
        return spec
    from dataclasses import replace

    ids = [scene.id for scene in spec.scenes]
    for name in only:
        if name not in ids:
            from vidbuild.suggest import did_you_mean

            hint = did_you_mean(name, ids) or "there are " + ", ".join(ids)
            raise UsageError(f"'{spec.path}' has no scene '{name}'", hint=hint)
    chosen = [scene for scene in spec.scenes if scene.id in only]
    follows = {left.id: right.id for left, right in zip(spec.scenes, spec.scenes[1:], strict=False)}
    kept = [
        scene if index + 1 < len(chosen) and follows[scene.id] == chosen[index + 1].id else _cut(scene)
        for index, scene in enumerate(chosen)
    ]
    return replace(spec, scenes=tuple(kept))


def _cut(scene: Scene) -> Scene:
    """A scene whose successor is left out ends with a cut."""
    from dataclasses import replace

    from vidbuild.transitions import Transition

    return replace(scene, transition=Transition())


def _from_memo(spec: Path, data: Mapping[str, Any], only: Sequence[str], name: str | None, store: Store) -> Plan:
    return Plan(
        spec=spec,
        entry=entry_of(spec, only, store),
        name=name or _name(spec, data["scenes"], only),
        graph=Graph.from_data(data["graph"]),
        outputs=tuple(Output(*output) for output in data["outputs"]),
        scenes=tuple(data["scenes"]),
        weights=data["weights"],
        fps=data["fps"],
        frames=Product(*data["frames"]),
        warnings=tuple(Notice(message, _location(location), hint) for message, location, hint in data["warnings"]),
    )


def _name(spec: Path, scenes: Sequence[str], only: Sequence[str]) -> str:
    """The outputs' common name: the spec's, and the scenes that were chosen."""
    return ".".join((name_of(spec), *(scenes if only else ())))


def _location_data(location: Location | None) -> list[Any] | None:
    return None if location is None else [location.file, location.line, location.column, location.end_column]


def _location(data: list[Any] | None) -> Location | None:
    return None if data is None else Location(*data)
