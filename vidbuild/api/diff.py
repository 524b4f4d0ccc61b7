"""Compare two versions of a video, and write a page that shows what has changed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.api.contained_call import contained_call
from vidbuild.api.diff_sides import Given, Named, build_side, spec_side
from vidbuild.api.outputs import wrote
from vidbuild.comparison import decoding
from vidbuild.comparison.compare import Change, Comparison, compare, problems
from vidbuild.comparison.page import page, summary
from vidbuild.comparison.side import Side
from vidbuild.engine.disk import durable
from vidbuild.errors import UsageError, os_error_text
from vidbuild.platforms import require_posix
from vidbuild.project import OUTPUT_FOLDER, SPEC_SUFFIXES, TIMING_SUFFIX, name_of, specs_in

PAGE = ".diff.html"
BATCH = 16  # scenes that one process decodes: a command line has room for the places of some hundred
SECONDS = 600.0  # for one batch
_VIDEOS = (".mp4", ".webm")


@dataclass(frozen=True, slots=True)
class Difference:
    """What has changed between two versions. page: the file that shows it."""

    comparison: Comparison
    page: Path
    summary: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        found = self.comparison
        return {
            "status": "same" if found.same else "different",
            "page": str(self.page),
            "before": _side_to_json(found.before),
            "after": _side_to_json(found.after),
            "changes": [_change_to_json(each) for each in found.changes],
            "unchanged": list(found.unchanged),
        }

    def to_markdown(self) -> str:
        """Return it as Markdown, for a comment on a pull request."""
        from vidbuild.comparison.markdown import section

        return section(self.comparison)


def diff(
    before: str,
    after: str,
    *,
    output: Path | None = None,
    variables: Mapping[str, str] | None = None,
    brand: str | None = None,
    language: Sequence[str] = (),
    output_name: Sequence[str] = (),
) -> Difference:
    """Compare two versions; no step is run and no video encoded.

    before, after: each a spec, `REVISION:SPEC` of the git repository here, a folder of outputs, or a built video.
    language, output_name: choose a video of specs that have several.
    output: the page to write; None for NAME.diff.html among the outputs of the newer version, NAME as of the video.
    Raises UsageError if one of them cannot be read, SpecError if a spec has errors.
    """
    require_posix()
    given = Given(variables or {}, brand, language, output_name)
    named = [named_version(before), named_version(after)]
    target = output or _page_of(named[1], given)
    _refuse(target)
    if all(each.kind == "build" for each in named):
        with ThreadPoolExecutor(len(named)) as pool:
            sides = list(pool.map(build_side, named))
    else:
        sides = [build_side(each) if each.kind == "build" else spec_side(each, given) for each in named]
    comparison = compare(*sides)
    text = page(comparison, _pictures(comparison.changes))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        durable.write(target, _sealed(text))
    except OSError as error:
        raise UsageError(f"cannot write '{target}': {os_error_text(error)}", hint="-o another file") from error
    return Difference(comparison, target, summary(comparison))


def named_version(name: str) -> Named:
    """Return what a name on the command line means. Raises UsageError if it means nothing."""
    path = Path(name)
    if path.is_dir():
        return _in_folder(path, name)
    if path.exists():
        if path.name.endswith(SPEC_SUFFIXES):
            return Named("spec", name, path)
        return _build(path, name)
    revision, colon, spec = name.partition(":")
    if colon and revision and spec and not (len(revision) == 1 and os.name == "nt"):
        return Named("revision", name, Path(spec), revision=revision)
    raise UsageError(
        f"cannot read '{name}': no such file", hint="name a spec, REVISION:SPEC, a folder of outputs, or a built video"
    )


def _in_folder(folder: Path, name: str) -> Named:
    """Return the build in a folder, or the spec if it has none."""
    found = sorted(path for path in folder.glob(f"*{TIMING_SUFFIX}") if _video_of(path).is_file())
    if len(found) == 1:
        return _build(_video_of(found[0]), name)
    if found:
        videos = _some(list(map(_video_of, found)))
        raise UsageError(f"'{folder}' has {len(found)} built videos: {videos}", hint="name one of them")
    specs = specs_in(folder)
    if len(specs) > 1:
        raise UsageError(f"'{folder}' has {len(specs)} specs: {_some(specs)}", hint="name one of them")
    if specs:
        return Named("spec", str(specs[0]), specs[0])
    message = f"'{folder}' has no built video with its '*{TIMING_SUFFIX}', and no spec"
    raise UsageError(message, hint="build a video first")


def _some(paths: Sequence[Path]) -> str:
    return ", ".join(f"'{path}'" for path in paths[:5])


def _video_of(timing: Path) -> Path:
    """Return the video that a timing file is of: the one that is there, or an MP4."""
    paths = [timing.with_name(timing.name.removesuffix(TIMING_SUFFIX) + suffix) for suffix in _VIDEOS]
    return next((path for path in paths if path.is_file()), paths[0])


def _build(video: Path, name: str) -> Named:
    timing = video.with_name(video.stem + TIMING_SUFFIX)
    if not timing.is_file():
        raise UsageError(
            f"'{video}' has no '{timing.name}' beside it, by which its scenes are found",
            hint="keep the outputs of a build together",
        )
    captions = video.with_suffix(".srt")
    return Named("build", name, video, timing=timing, captions=captions if captions.is_file() else None)


def _page_of(named: Named, given: Given) -> Path:
    if named.kind == "build":
        return named.path.with_name(named.path.stem + PAGE)
    name = ".".join((name_of(named.path), *given.outputs, *given.languages))
    return named.path.parent / OUTPUT_FOLDER / f"{name}{PAGE}"


def _refuse(target: Path) -> None:
    """Raise UsageError if the page would replace something else."""
    if target.is_dir() or (target.exists() and not wrote(target)):
        what = "is a folder" if target.is_dir() else "was not written by vidbuild"
        raise UsageError(f"cannot write '{target}': {what}", hint="-o another file")


def _sealed(text: str) -> bytes:
    from vidbuild import seal

    return seal.sealed_html(text).encode()


def _pictures(changes: Sequence[Change]) -> dict[str, Mapping[str, Any]]:
    """Return the frames of the scenes whose picture has changed, in batches: each decodes in a process of its own."""
    shown = [change for change in changes if change.shows and _sources(change)]
    found: dict[str, Mapping[str, Any]] = {}
    for start in range(0, len(shown), BATCH):
        batch = shown[start : start + BATCH]
        paths = list(dict.fromkeys(path for change in batch for path in _sources(change)))
        request = [
            [scene.picture.to_data() if scene and scene.picture else None for scene in (change.before, change.after)]
            for change in batch
        ]
        answers = contained_call(decoding.pairs, paths[0], paths[1:], SECONDS, json.dumps(request))
        found |= {change.id: answer for change, answer in zip(batch, answers, strict=True)}
    return found


def _sources(change: Change) -> list[Path]:
    return [file for scene in (change.before, change.after) if scene and scene.picture for file in scene.picture.files]


def _side_to_json(side: Side) -> dict[str, Any]:
    return {"name": side.label, "title": side.title, "scenes": len(side.scenes), "duration": side.seconds}


def _change_to_json(change: Change) -> dict[str, Any]:
    before, after = change.before, change.after
    return {
        "scene": change.id,
        "state": change.state,
        "what": list(change.what),
        "duration": {"before": before.seconds if before else None, "after": after.seconds if after else None},
        "narration": [[part.what, part.text] for part in change.narration],
        "captions": {
            "before": _listed(before.captions) if before else None,
            "after": _listed(after.captions) if after else None,
        },
        "missing": dict(problems(change)) if change.shows else {},
    }


def _listed(captions: Sequence[Sequence[Any]] | None) -> list[list[Any]] | None:
    return None if captions is None else [list(each) for each in captions]
