"""Checks specs without rendering them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.api.load import SpecText
from vidbuild.api.result import diagnosis
from vidbuild.errors import SpecProblem
from vidbuild.frozen import dataclass, field, replaced
from vidbuild.model import Spec
from vidbuild.platforms import POSIX
from vidbuild.project import root_of

if TYPE_CHECKING:
    from vidbuild.api.options import BuildOptions
    from vidbuild.api.video import Video
    from vidbuild.diagnostic import Diagnostic
    from vidbuild.spec.load import LoadResult


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The problems of one spec.

    text: the diagnostics as text, with source lines.
    faults: of the steps that failed (vidbuild.errors.Failure.fault), and "spec" for warnings that are errors.
    fault_of: the failure of a step -> its fault.
    """

    spec: Path
    diagnostics: tuple[Diagnostic, ...]
    text: str
    faults: tuple[str, ...] = ()
    fault_of: Mapping[Diagnostic, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the spec has no errors, so that it can be built."""
        return all(each.severity != "error" for each in self.diagnostics)

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "spec": str(self.spec),
            "ok": self.ok,
            "errors": [diagnosis(each) for each in self.diagnostics if each.severity == "error"],
            "warnings": [diagnosis(each) for each in self.diagnostics if each.severity == "warning"],
        }


def render(diagnostics: Sequence[Diagnostic], sources: Mapping[str, str] | None = None) -> str:
    """Return diagnostics as text, with the source lines of the files as they are now, or of these sources."""
    from vidbuild.spec.diagnostics import read_sources
    from vidbuild.spec.diagnostics import render as text_of

    return text_of(diagnostics, {**read_sources(diagnostics), **(sources or {})})


def check(
    specs: Sequence[str | os.PathLike[str] | SpecText],
    variables: Mapping[str, Any] | None = None,
    *,
    brand: str | None = None,
    allow_network_voice: bool = False,
    frozen: bool = False,
    strict: bool = False,
    cache: Path | None = None,
    language: Sequence[str] = (),
    output_name: Sequence[str] = (),
    draft: bool = False,
) -> list[CheckResult]:
    """Find every problem of each spec that a build would find, without rendering anything. Bad specs raise no errors.

    Specs without errors are spoken and laid out, and the cache keeps the results for the next build. Voices on the
    network are not used. A system that cannot build finds only what needs neither speech nor layout.

    specs: paths, and texts of specs that are in no file.
    brand: the name of a brand instead of that of each spec.
    allow_network_voice: accept voices on the network in CI, as a build with this option does.
    frozen: accept no voice on the network but for locked takes.
    strict: make warnings errors.
    language, output_name: which of the specs' videos; default: all.
    draft: check their drafts, for which nothing is spoken.
    """
    from vidbuild.api.options import BuildOptions
    from vidbuild.api.spec_args import for_one

    options = BuildOptions(
        variables=variables or {},
        brand=brand,
        allow_network_voice=allow_network_voice,
        frozen=frozen,
        cache=cache,
        draft=draft,
    )
    found: list[tuple[Diagnostic, ...]] = []
    videos: dict[int, Video] = {}
    sources: dict[str, str] = {}
    paths = [spec.path if isinstance(spec, SpecText) else Path(spec) for spec in specs]
    of_spec: list[list[int]] = []  # the indexes of the videos of each spec
    for spec, path, name in zip(specs, paths, _names(paths), strict=True):
        own = for_one(path, paths, options).variables
        of_spec.append([])
        for loaded, video_name in _loaded(spec, own, brand, (language, output_name), name):
            if isinstance(spec, SpecText):
                sources |= loaded.sources
            of_spec[-1].append(len(found))
            diagnostics, video = _examine(path, loaded, options, video_name)
            if video is not None:
                videos[len(found)] = video
            found.append(diagnostics)
    faults = _add_findings(found, videos, options)
    results = []
    for path, indexes in zip(paths, of_spec, strict=True):
        diagnostics = _together([found[index] for index in indexes])
        fault_of = {item: fault for index in indexes for item, fault in faults.get(index, {}).items()}
        of_steps = tuple(dict.fromkeys(fault_of.values()))
        if strict and any(each.severity == "warning" for each in diagnostics):
            diagnostics, of_steps = _as_errors(diagnostics), (*of_steps, SpecProblem.fault)
        results.append(CheckResult(path, diagnostics, render(diagnostics, sources), of_steps, fault_of))
    return results


def _loaded(
    spec: str | os.PathLike[str] | SpecText,
    variables: Mapping[str, Any],
    brand: str | None,
    wanted: tuple[Sequence[str], Sequence[str]],
    name: str,
) -> Iterator[tuple[LoadResult, str]]:
    """Yield each video of a spec that is wanted, by languages and outputs, and the name of its target."""
    from vidbuild.api.several import target_name
    from vidbuild.choice import selected
    from vidbuild.spec.load import try_load, try_parse

    read: Callable[..., LoadResult]
    if isinstance(spec, SpecText):
        read = partial(try_parse, spec.text, spec.path, variables, brand)
    else:
        read = partial(try_load, spec, variables, brand)
    first = read()
    path = str(spec.path) if isinstance(spec, SpecText) else os.fspath(spec)
    choices = selected(first.choices, *wanted, path)
    for choice in choices:
        loaded = first if choice == first.choices[0] else read(choice=choice)
        yield loaded, target_name(name, choice if len(choices) > 1 else None)


def _together(found: Sequence[tuple[Diagnostic, ...]]) -> tuple[Diagnostic, ...]:
    """Return what was found in the videos of a spec, once what several have."""
    return found[0] if len(found) == 1 else tuple(dict.fromkeys(chain.from_iterable(found)))


def _as_errors(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    from vidbuild.api.strict import as_errors

    return as_errors(diagnostics)


def _names(paths: Sequence[Path]) -> Sequence[str]:
    from vidbuild.api.spec_args import target_names

    return target_names(paths)


def _examine(
    path: Path, loaded: LoadResult, options: BuildOptions, name: str
) -> tuple[tuple[Diagnostic, ...], Video | None]:
    """Return the problems of a spec that no step is needed for, and its video if it has no errors."""
    from vidbuild.api.shared_cache import exposed_cache
    from vidbuild.api.strict import warning_of
    from vidbuild.api.video import Video
    from vidbuild.diagnostic import Diagnostic
    from vidbuild.errors import UsageError
    from vidbuild.spec.diagnostics import SpecError

    diagnostics = (*loaded.diagnostics, *_project_problems(path, loaded.spec, options))
    if loaded.spec is None or any(each.severity == "error" for each in diagnostics):
        return diagnostics, None
    if any(scene.made_from for scene in loaded.spec.scenes):
        from vidbuild.create import drift

        diagnostics = (*diagnostics, *drift.problems(loaded.spec, path))
    try:
        video = Video(loaded.spec, replaced(options, allow_network_voice=True, frozen=False), name)
    except SpecError as error:
        return (*diagnostics, *error.diagnostics), None
    except UsageError as error:
        return (*diagnostics, Diagnostic("error", error.message, os.fspath(path), hint=error.hint)), None
    notices = (*video.output_warnings(), *exposed_cache(root_of(path)))
    return (*diagnostics, *(warning_of(each, video.path) for each in notices)), video


def _add_findings(
    found: list[tuple[Diagnostic, ...]], videos: Mapping[int, Video], options: BuildOptions
) -> dict[int, Mapping[Diagnostic, str]]:
    """Add what steps find to the diagnostics; return the faults of those that failed."""
    if not videos or not POSIX:
        return {}
    from vidbuild.api.findings import find
    from vidbuild.engine.store.writable import writable

    faults: dict[int, Mapping[Diagnostic, str]] = {}
    stores: dict[str, list[int]] = {}
    for index, video in videos.items():
        stores.setdefault(os.path.realpath(video.store.root), []).append(index)
    for group in stores.values():
        with writable(videos[group[0]].store) as store:
            for index, each in zip(
                group, find([videos[index] for index in group], store, options, network=False), strict=True
            ):
                found[index] = (*found[index], *each.diagnostics)
                faults[index] = each.faults
    return faults


def _project_problems(path: str | os.PathLike[str], spec: Spec | None, options: BuildOptions) -> Iterator[Diagnostic]:
    """Yield the problems of the project's settings, and of the voices that a build must not use, as the spec's."""
    from dataclasses import replace

    from vidbuild.api.network_policy import problems, settings_of
    from vidbuild.spec.diagnostics import SpecError

    allowed, frozen = options.allow_network_voice, options.frozen
    try:
        settings_of(root_of(Path(path)))
        if spec is not None and not options.draft:  # a draft uses no voice
            yield from problems(spec, allow_network_voice=allowed, frozen=frozen)
    except SpecError as error:
        yield from (replace(item, file=os.fspath(path)) for item in error.diagnostics)
