"""Looks at a spec for a live view: its problems, its videos with their scenes, and the files that it depends on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vidbuild.api.plan import Plan, plan_of, store_of
from vidbuild.choice import Choice, selected
from vidbuild.diagnostic import Diagnostic
from vidbuild.engine.graph import canonical
from vidbuild.engine.graph.graph import Product, Source, Step
from vidbuild.engine.graph.step_id import StepId
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.store import Store
from vidbuild.errors import UsageError, os_error_text
from vidbuild.model import Scene, Spec
from vidbuild.plan.formats import AUDIO
from vidbuild.project import LOCK, SETTINGS, root_of
from vidbuild.spec.diagnostics import SpecError
from vidbuild.spec.load import LoadResult, try_load

_SOUND = ("audio", "music", "decode", "soundtrack")  # kinds of steps that decide on no picture of a scene
_TIMES = ("speak", "align", "timeline")  # that decide on when something is seen, and not on what is seen at the end


@dataclass(frozen=True, slots=True)
class LiveScene:
    """One scene of a video.

    title: its heading, "" without one.
    narration: its text in the language of the video, without marks.
    drawing, picture, all: digests of what decides on its last frame, on all of its frames, and on its audio too.
    """

    id: str
    type: str
    title: str
    narration: str
    drawing: str
    picture: str
    all: str

    @property
    def digest(self) -> str:
        """A short form of `all`."""
        return self.all[:12]


@dataclass(frozen=True, slots=True)
class LiveVideo:
    """One video of a spec.

    name: of the outputs, such as "talk.de".
    digest: of everything that decides on its outputs; equal digests build equal outputs.
    spec, plan: the loaded spec of this video alone, and its plan.
    """

    name: str
    choice: Choice
    language: str
    title: str
    width: int
    height: int
    fps: int
    scenes: tuple[LiveScene, ...]
    digest: str
    spec: Spec
    plan: Plan

    @property
    def has_pictures(self) -> bool:
        """Whether it is more than audio."""
        return self.spec.output.format not in AUDIO


@dataclass(frozen=True, slots=True)
class Look:
    """What a spec's file says now.

    spec: the loaded spec with all of its videos; None if it has errors.
    sources: file name as in the diagnostics -> text.
    files: on which the plan depends, present or not, and folders whose names matter.
    """

    path: Path
    spec: Spec | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]
    videos: tuple[LiveVideo, ...] = ()
    files: tuple[Path, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it can be built."""
        return self.spec is not None


def look(
    path: Path,
    *,
    cache: Path | None = None,
    variables: Mapping[str, str] | None = None,
    brand: str | None = None,
    language: Sequence[str] = (),
    output_name: Sequence[str] = (),
) -> Look:
    """Read a spec and plan its videos; it runs no step. Errors of the spec are in the result.

    language, output_name: which of the spec's videos; default: all.
    """
    first = try_load(path, variables, brand)
    files = [path, *_settings(path)]
    try:
        choices = selected(first.choices, language, output_name, os.fspath(path))
        loaded = [
            first if each == first.choices[0] else try_load(path, variables, brand, choice=each) for each in choices
        ]
        diagnostics = tuple(dict.fromkeys(each for one in loaded for each in one.diagnostics))
        sources = {name: text for one in loaded for name, text in one.sources.items()}
        specs = [one.spec for one in loaded if one.spec is not None]
        files += [file for spec in specs for file in spec.files]
        if len(specs) < len(loaded):
            return Look(path, None, diagnostics, sources, files=_distinct(files))
        videos = list(_videos(specs, loaded, store_of(path, cache), variables, brand))
    except (SpecError, UsageError) as error:
        found: Any = getattr(error, "diagnostics", None) or (Diagnostic("error", error.message, os.fspath(path)),)
        return Look(path, None, (*first.diagnostics, *found), first.sources, files=_distinct(files))
    files += [Path(file) for _, plan in videos for file in _sources(plan)]
    whole = replace(specs[0], videos=tuple(specs)) if len(first.choices) > 1 else specs[0]
    return Look(path, whole, diagnostics, sources, tuple(video for video, _ in videos), _distinct(files))


def picture_now(video: LiveVideo, scene: str, store: Store) -> str:
    """Return the digest `picture` of a scene, with its files as they are now and the spec as it was at the look."""
    table = DigestCache(store.home / "files", read_only=True)
    steps = ((StepId.parse(each.id), each) for each in video.plan.graph.steps.values())
    own = [(step.kind, _digest(each, table)) for step, each in steps if scene in step.scene.split("+")]
    return next(_scene(each, video.language, own).picture for each in video.spec.scenes if each.id == scene)


def pictures_now(video: LiveVideo, store: Store) -> dict[str, str]:
    """Return `picture_now` of each scene."""
    table = DigestCache(store.home / "files", read_only=True)
    return {each.id: each.picture for each in _video(video.spec, video.plan, table).scenes}


def missing(path: Path) -> Look:
    """Return what is known of a spec whose file is not there."""
    try:
        path.lstat()
        why = "it is a folder" if path.is_dir() else "it is not a file"
    except OSError as error:
        why = os_error_text(error)
    problem = Diagnostic("error", f"cannot read '{path}': {why}", os.fspath(path))
    return Look(path, None, (problem,), {}, files=(path, *_settings(path)))


def _settings(path: Path) -> tuple[Path, ...]:
    root = root_of(path)
    return (root / SETTINGS, root / LOCK)


def _distinct(files: Sequence[Path]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(file.absolute() for file in files))


def _videos(
    specs: Sequence[Spec],
    loaded: Sequence[LoadResult],
    store: Store,
    variables: Mapping[str, str] | None,
    brand: str | None,
) -> Iterator[tuple[LiveVideo, Plan]]:
    table = DigestCache(store.home / "files", read_only=True)
    for spec, one in zip(specs, loaded, strict=True):
        choice = spec.choice if len(one.choices) > 1 else None
        plan = plan_of(spec, store=store, variables=variables, brand=brand, choice=choice, remember=False)
        yield _video(spec, plan, table), plan


def _video(spec: Spec, plan: Plan, table: DigestCache) -> LiveVideo:
    own: dict[str, list[tuple[str, str]]] = {}
    every = []
    for step in plan.graph.steps.values():
        digest = _digest(step, table)
        every.append(digest)
        parsed = StepId.parse(step.id)
        for scene in parsed.scene.split("+"):
            own.setdefault(scene, []).append((parsed.kind, digest))
    scenes = tuple(_scene(each, plan.language, own.get(each.id, ())) for each in spec.scenes)
    return LiveVideo(
        plan.name,
        plan.choice,
        plan.language,
        spec.title,
        spec.output.width,
        spec.output.height,
        plan.fps,
        scenes,
        canonical.digest([plan.name, *every]),
        replace(spec, videos=()),
        plan,
    )


def _scene(scene: Scene, language: str, steps: Sequence[tuple[str, str]]) -> LiveScene:
    title = scene.fields.get("title")
    return LiveScene(
        scene.id,
        scene.type,
        title if isinstance(title, str) else "",
        _narration(scene, language),
        canonical.digest([digest for kind, digest in steps if kind not in (*_SOUND, *_TIMES)]),
        canonical.digest([digest for kind, digest in steps if kind not in _SOUND]),
        canonical.digest([digest for _, digest in steps]),
    )


def _narration(scene: Scene, language: str) -> str:
    found = scene.narration
    if isinstance(found, Mapping):
        found = found.get(language)
    return found.text if found is not None else ""


def _digest(step: Step, table: DigestCache) -> str:
    """Return the digest of what the spec and its files say about a step."""
    inputs = {
        role: [each.step, each.name] if isinstance(each, Product) else _content(each, table)
        for role, each in step.inputs.items()
    }
    return canonical.digest([step.id, step.kind, step.params, inputs, list(step.tools)])


def _content(source: Source, table: DigestCache) -> str:
    try:
        return table.digest(source.path)
    except OSError:
        return ""


def _sources(plan: Plan) -> Iterator[str]:
    for step in plan.graph.steps.values():
        yield from (each.path for each in step.inputs.values() if isinstance(each, Source))
