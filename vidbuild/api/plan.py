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
from vidbuild.api.plan_cache import Scope, entry_of, outputs_name
from vidbuild.api.result import Notice
from vidbuild.engine.graph.graph import Graph, Product
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.memo import Memos
from vidbuild.engine.store.store import Store
from vidbuild.errors import UsageError
from vidbuild.frozen import dataclass
from vidbuild.location import Location
from vidbuild.plan.outputs import Output
from vidbuild.project import cache_of, root_of

if TYPE_CHECKING:
    from vidbuild.choice import Choice
    from vidbuild.model import Scene, Spec
    from vidbuild.spec.load import LoadResult


@dataclass(frozen=True, slots=True)
class Plan:
    """One video that can be built.

    video: which of the spec's videos: its output and its language, "" for what the spec has no choice of.
    language: that of the video.
    name: what the names of its outputs have in common.
    scenes: ids in order.
    weights: step -> expected work.
    frames: the file that holds the number of frames of the finished video.
    files: what must stay the same for the plan to be valid (see `plan_cache.rows_of`).
    search_path: where its plug-ins were found; none without plug-ins.
    """

    spec: Path
    entry: str
    video: tuple[str, str]
    language: str
    name: str
    graph: Graph
    outputs: tuple[Output, ...]
    scenes: tuple[str, ...]
    weights: Mapping[str, float]
    fps: int
    frames: Product
    warnings: tuple[Notice, ...]
    files: Sequence[plan_cache.Row]
    search_path: Sequence[str]

    @property
    def choice(self) -> Choice:
        """Which of the spec's videos it is."""
        from vidbuild.choice import Choice

        return Choice(*self.video)

    @property
    def targets(self) -> tuple[str, ...]:
        """The steps that produce the outputs."""
        return tuple(dict.fromkeys(output.step for output in self.outputs))


class SeveralVideosError(Exception):
    """A spec has several videos, so that there is no one plan. choices: these videos."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self.choices = tuple(choices)


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
    choice: Choice | None = None,
    draft: bool = False,
    base: str | None = None,
) -> Plan:
    """The plan of a video of a spec's file, or of a Spec made in Python.

    Raises SpecError with all that is wrong with the spec, and SeveralVideosError without a choice if it has several.

    brand: the name of one instead of the spec's own.
    only: ids of scenes to build a video of, as if the spec had no others. name: what the names of the outputs have
    in common; None for the spec's name. remember: False writes nothing. choice: which of the spec's videos. draft: plan
    its draft. base: as `name` of BuildOptions.
    """
    scope = Scope(only, name, draft, base)
    table = DigestCache(store.home / "files", read_only=not remember)
    if not isinstance(spec, (str, os.PathLike)):
        return _from_memo(spec.path, *_compiled(_chosen(spec, choice), scope, table), scope, store)
    spec = Path(spec)
    memos = Memos(store)
    given = plan_cache.Given(variables or {}, brand, choice)
    key = plan_cache.key_of(spec, table, given, scope)
    known: dict[str, Any] | None = memos.get(key) if key else None
    if known is not None and plan_cache.finds_plugins(known["path"]) and plan_cache.is_valid(known["files"], table):
        if store.home.is_dir():
            table.save()  # of files that are the same, but others than those whose digests are known
        return _from_memo(spec, known, Graph.from_data(known.get("graph", [])), scope, store)
    began = plan_cache.now()
    with plan_cache.without_collections():
        data, graph = _made(spec, table, given, scope)
    if key and remember and plan_cache.unchanged_since(data["files"], began):
        memos.put(key, {**data, "graph": graph.to_data()})
        if store.home.is_dir():
            table.save()
    return _from_memo(spec, data, graph, scope, store)


def plans_of(
    spec: Spec | str | os.PathLike[str],
    *,
    store: Store,
    languages: Sequence[str] = (),
    output_names: Sequence[str] = (),
    **given: Any,  # noqa: ANN401 - the other parameters of plan_of
) -> list[Plan]:
    """The plans of a spec's videos in these languages and of these outputs; nothing given stands for all.

    given: as for `plan_of`.
    """
    from vidbuild.choice import selected

    path = spec if isinstance(spec, (str, os.PathLike)) else spec.path
    try:
        plan = plan_of(spec, store=store, **given)
    except SeveralVideosError as several:
        chosen = selected(several.choices, languages, output_names, os.fspath(path))
        return [plan_of(spec, store=store, choice=each, **given) for each in chosen]
    selected([plan.choice], languages, output_names, os.fspath(path))
    return [plan]


def prefix(plan: Plan, plans: Sequence[Plan]) -> str:
    """What precedes the ids of a video's steps where there are those of several videos of its spec."""
    return f"{plan.choice.name}/" if len(plans) > 1 else ""


def _made(spec: Path, table: DigestCache, given: plan_cache.Given, scope: Scope) -> tuple[dict[str, Any], Graph]:
    from vidbuild.spec.diagnostics import SpecError
    from vidbuild.spec.load import try_load

    examined = try_load(spec, given.variables, given.brand, choice=given.choice)
    if given.choice is None and len(examined.choices) > 1:
        return _several(spec, examined, table), Graph({})
    if examined.spec is None:
        raise SpecError(examined.errors, examined.sources)
    return _compiled(examined.spec, scope, table)


def _several(spec: Path, examined: LoadResult, table: DigestCache) -> dict[str, Any]:
    """What is remembered of a spec with several videos, on which its own file alone decides."""
    choices = [[each.output, each.language] for each in examined.choices]
    return {"files": plan_cache.rows_of([spec.absolute()], table), "path": [], "choices": choices}


def _chosen(spec: Spec, choice: Choice | None) -> Spec:
    """The spec of one video of a Spec made in Python."""
    if not spec.videos:
        return spec
    if choice is None:
        raise SeveralVideosError([each.choice for each in spec.videos])
    return next(each for each in spec.videos if each.choice == choice)


def _compiled(spec: Spec, scope: Scope, table: DigestCache) -> tuple[dict[str, Any], Graph]:
    """What is remembered of a spec, as JSON values, beside its graph."""
    from vidbuild.plan.compile import compile_graph, frame_count, outputs
    from vidbuild.plan.variant import own_variant
    from vidbuild.plan.weights import weights

    chosen = _only(spec, scope.only)
    variant = own_variant(chosen, draft=scope.draft)
    scenes = [scene.id for scene in chosen.scenes]
    frames = frame_count(chosen, variant)
    graph = compile_graph(chosen, variant, outputs_name(spec.path, spec.choice.name, scenes, scope))
    data = {
        "files": plan_cache.rows_of((*chosen.files, *_take_files(chosen, graph)), table),
        "path": list(chosen.search_path),
        "outputs": [[each.kind, each.step, each.file, each.suffix, each.loops] for each in outputs(chosen, variant)],
        "choice": [spec.choice.output, spec.choice.language],
        "language": variant.language,
        "scenes": scenes,
        "weights": {step: work for step, work in weights(chosen, variant).items() if step in graph.steps},
        "fps": variant.output.fps,
        "frames": [frames.step, frames.name],
        "warnings": [[each.message, _location_data(each.location), each.hint, each.code] for each in spec.warnings],
    }
    return data, graph


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


def _from_memo(spec: Path, data: Mapping[str, Any], graph: Graph, scope: Scope, store: Store) -> Plan:
    if "choices" in data:
        from vidbuild.choice import Choice

        raise SeveralVideosError([Choice(*each) for each in data["choices"]])
    output, language = data["choice"]
    choice = _choice(output, language) if output or language else None
    return Plan(
        spec=spec,
        entry=entry_of(spec, scope.only, store, choice, draft=scope.draft, base=scope.base),
        video=(output, language),
        language=data["language"],
        name=outputs_name(spec, choice.name if choice else "", data["scenes"], scope),
        graph=graph,
        outputs=tuple(Output(*output) for output in data["outputs"]),
        scenes=tuple(data["scenes"]),
        weights=data["weights"],
        fps=data["fps"],
        frames=Product(*data["frames"]),
        warnings=tuple(Notice(message, _location(location), *rest) for message, location, *rest in data["warnings"]),
        files=data["files"],
        search_path=data["path"],
    )


def _choice(output: str, language: str) -> Choice:
    from vidbuild.choice import Choice

    return Choice(output, language)


def _location_data(location: Location | None) -> list[Any] | None:
    return None if location is None else [location.file, location.line, location.column, location.end_column]


def _location(data: list[Any] | None) -> Location | None:
    return None if data is None else Location(*data)
