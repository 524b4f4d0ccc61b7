"""What a page needs to show a spec's videos: their files, sizes, chapters and languages. It runs no step."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from vidbuild.api.plan import Plan, SeveralVideosError, plan_of, store_of
from vidbuild.api.plan_cache import PACKAGE
from vidbuild.choice import Choice
from vidbuild.engine.graph.graph import Source
from vidbuild.errors import VidbuildError
from vidbuild.frozen import dataclass
from vidbuild.media.text.direction import is_right_to_left
from vidbuild.plan.companions import MEDIA_TYPES
from vidbuild.project import root_of

# Outputs of which a kind has several.
_BY_SUFFIX = {"captions": ".vtt", "timing": ".timing.json"}

# Format -> the media type of what every browser plays.
_TYPES = {
    "mp4": "video/mp4",
    "webm": "video/webm",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "webp": "image/webp",
    "gif": "image/gif",
}


@dataclass(frozen=True, slots=True)
class Embeddable:
    """One of a spec's videos, as a page shows it.

    name: what the names of its files have in common.
    files: kind -> the end of a file's name, such as "video" -> ".mp4"; of captions, those in WebVTT.
    size: width and height in pixels; (0, 0) for audio and what is scaled while it is encoded.
    media_type: of the file with the video, image or audio, with its codecs if not every browser plays them.
    titles: id of a scene -> the title of the chapter that begins with it; sections, if the spec has some.
    inputs: the files of the project from which it is made.
    """

    choice: Choice
    name: str
    title: str
    description: str
    language: str
    right_to_left: bool
    files: Mapping[str, str]
    size: tuple[int, int]
    media_type: str
    titles: Mapping[str, str]
    inputs: tuple[Path, ...]


def choices_of(spec: Path, cache: Path | None = None) -> tuple[Choice, ...]:
    """Return the videos that a spec has, in its order. Raises SpecError with all that is wrong with the spec."""
    try:
        return (plan_of(spec, store=store_of(spec, cache), remember=False).choice,)
    except SeveralVideosError as several:
        return several.choices


def embeddable(spec: Path, choice: Choice, cache: Path | None = None) -> Embeddable:
    """Return one of the videos of a spec. Raises SpecError with all that is wrong with the spec."""
    chosen = choice if choice.name else None
    plan = plan_of(spec, store=store_of(spec, cache), remember=False, choice=chosen)
    return _embeddable(plan, _inputs(spec, plan))


def known_inputs(spec: Path, error: VidbuildError | None = None) -> tuple[Path, ...]:
    """Return the existing files of a project on which an error in a spec depends: the spec and what it points at."""
    places = (Path(each.path) for each in getattr(error, "diagnostics", ()) if each.location)
    return _existing(spec, [spec, *places])


def _inputs(spec: Path, plan: Plan) -> tuple[Path, ...]:
    from vidbuild.spec.load import try_load

    loaded = try_load(spec, choice=plan.choice if plan.choice.name else None)
    sources = (
        Path(source.path)
        for step in plan.graph.steps.values()
        for source in step.inputs.values()
        if isinstance(source, Source)
    )
    return _existing(spec, [spec, *(loaded.spec.files if loaded.spec else ()), *sources])


def _existing(spec: Path, files: list[Path]) -> tuple[Path, ...]:
    """Return the files among paths that are in the spec's project, once each; those of packages are not its own."""
    root, packages = root_of(spec), (PACKAGE, Path(sys.prefix).resolve())
    own = {Path(os.path.realpath(path)): path.absolute() for path in files if path.is_file()}
    return tuple(
        path
        for real, path in own.items()
        if real.is_relative_to(root) and not any(real.is_relative_to(package) for package in packages)
    )


def _embeddable(plan: Plan, inputs: tuple[Path, ...]) -> Embeddable:
    by_kind = {step.kind: step.params for step in plan.graph.steps.values()}
    report, scenes = by_kind.get("report", {}), by_kind.get("captions", {}).get("scenes", ())
    main = plan.outputs[0]
    files = {main.kind: main.suffix}
    files |= {each.kind: each.suffix for each in plan.outputs[1:] if each.kind != "captions"}
    suffixes = {each.suffix for each in plan.outputs}
    files |= {kind: suffix for kind, suffix in _BY_SUFFIX.items() if suffix in suffixes}
    has_sections = any(each.get("section") for each in scenes)
    titles = {each["id"]: each.get("section", "") if has_sections else each["title"] for each in scenes}
    ending = main.suffix.rpartition(".")[2]
    codec = by_kind.get("mux", {}).get("codec", "")
    width, height = report.get("size", (0, 0))
    return Embeddable(
        choice=plan.choice,
        name=plan.name,
        title=report.get("title", plan.name),
        description=report.get("description", ""),
        language=plan.language,
        right_to_left=is_right_to_left(plan.language),
        files=files,
        size=(width, height),
        media_type=MEDIA_TYPES.get((ending, codec)) or _TYPES.get(ending, ""),
        titles={scene: title for scene, title in titles.items() if title},
        inputs=inputs,
    )
