"""Builds or finds the videos that the pages of a site show, each once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from vidbuild.api.build import build
from vidbuild.api.check import render
from vidbuild.api.copies import PAGES, Hold, touch
from vidbuild.api.embed import Embeddable, choices_of, embeddable, known_inputs
from vidbuild.api.result import Notice, Result
from vidbuild.choice import Choice
from vidbuild.diagnostic import Diagnostic
from vidbuild.embedding.settings import ALWAYS, AUTO, NEVER, Settings
from vidbuild.embedding.video import KINDS, EmbeddedVideo, paths_of, read
from vidbuild.errors import UsageError, VidbuildError, os_error_text
from vidbuild.platforms import NO_POSIX, POSIX, USE_WSL, shell_command
from vidbuild.project import OUTPUT_FOLDER, cache_of, root_of, specs_in
from vidbuild.suggest import did_you_mean, nearest_or_all

MAX_NAMED = 5  # specs in a hint
_MACHINE = "VB9"  # how the codes of warnings about the machine begin, which say nothing of a spec


class EmbedError(Exception):
    """A video cannot be shown.

    diagnostics: what is wrong, each with its place if it has one.
    text: the same as text, with the lines of the spec.
    inputs: the files whose change may remove the error.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic], text: str, inputs: Sequence[Path]) -> None:
        super().__init__(text)
        self.diagnostics, self.text, self.inputs = tuple(diagnostics), text, tuple(inputs)


class Library:
    """The videos of one site, in one build of it: a spec is read once.

    root: the folder that specs must be in.
    watched: folders that the documentation tool watches: a build writes nothing there, since it would start another.
    spare_cache: the cache's folder if the project's own is in one of these.
    report: gets each warning about a spec.
    log: gets a line for each build that ran a step.
    """

    def __init__(
        self,
        root: Path,
        settings: Settings,
        watched: Sequence[Path],
        spare_cache: Path,
        report: Callable[[Diagnostic], None],
        log: Callable[[str], None],
    ) -> None:
        self.root = root.resolve()
        self.settings = settings
        self._watched = [folder.resolve() for folder in watched]
        self._spare_cache = spare_cache
        self._report, self._log = report, log
        self._choices: dict[Path, tuple[Choice, ...]] = {}
        self._videos: dict[tuple[Path, Choice], Embeddable] = {}
        self._built: dict[tuple[Path, str, str], Path] = {}
        self._outdated: set[Path] = set()  # specs of which an older video is shown
        self._holds: dict[Path, Hold] = {}  # by the cache's folder

    def settings_of(self, options: Mapping[str, str], fault: str = "") -> Settings:
        """Return the settings with the options of a page; fault: what is wrong with their text. Raises EmbedError."""
        if fault:
            raise _error(UsageError(fault))
        try:
            return self.settings.changed(options)
        except UsageError as error:
            raise _error(error) from error

    def spec_of(self, target: str, page: Path, docs: Path) -> Path:
        """Return the spec that a page names: relative to the page, or with "/" in front to the folder of all pages.

        Raises EmbedError if there is none, or if it is outside the project.
        """
        if not target:
            raise _error(UsageError("no spec is named", hint="name one after '{vidbuild}', such as talk.yaml"))
        if "://" in target:
            raise _error(UsageError(f"'{target}' is an address: expected a spec of the project"))
        path = docs / target.lstrip("/") if target.startswith("/") else page.parent / target
        path = Path(os.path.normpath(path))
        if not path.resolve().is_relative_to(self.root):
            message = f"'{target}' is outside the project, '{self.root}'"
            raise _error(UsageError(message, hint="an empty vidbuild.toml makes its folder the project"))
        if path.is_dir():
            found = specs_in(path)
            if len(found) != 1:
                raise _error(_which(target, path, found))
            return _shown(found[0])
        if not path.is_file():
            similar = did_you_mean(path.name, _names(path.parent)) or f"expected it at '{_shown(path)}'"
            raise _error(UsageError(f"there is no spec '{target}'", hint=similar), path)
        return _shown(path)

    def video(self, spec: Path, settings: Settings, page_language: str) -> EmbeddedVideo:
        """Build or find the video of a spec that a page asks for. Raises EmbedError if it cannot be shown."""
        try:
            return self._video(spec, settings, page_language)
        except VidbuildError as error:
            raise _error(error, spec) from error

    def inputs(self) -> list[Path]:
        """Return the files from which the videos so far are made."""
        return sorted({path for item in self._videos.values() for path in item.inputs})

    def close(self) -> None:
        """Let the cache be trimmed: the site has its own copies of all files now."""
        for hold in self._holds.values():
            hold.close()
        self._holds.clear()

    def _video(self, spec: Path, settings: Settings, page_language: str) -> EmbeddedVideo:
        item = self._item(spec, settings, page_language)
        first = next(iter(item.files))
        if first not in KINDS:
            message = f"'{item.name}{item.files[first]}' is no video: a page cannot play it"
            raise UsageError(message, hint="choose another output with the option 'output'")
        folder = self._folder(spec, item, settings)
        paths = paths_of(item, folder)
        key = hashlib.sha256(spec.resolve().relative_to(self.root).as_posix().encode()).hexdigest()[:8]
        missing = next((path for path in paths.values() if not path.is_file()), None)
        if missing is not None:
            raise UsageError(f"'{missing}' is not built", hint=shell_command("vidbuild", "build", spec))
        try:
            return replace(read(item, paths, key, settings), is_older=spec in self._outdated)
        except (OSError, ValueError) as error:
            problem = os_error_text(error) if isinstance(error, OSError) else "is damaged"
            raise UsageError(f"outputs of '{spec}' cannot be read: {problem}") from error

    def _item(self, spec: Path, settings: Settings, page_language: str) -> Embeddable:
        """Return the video of a spec that a page asks for. Raises UsageError if there is none."""
        if spec not in self._choices:
            self._choices[spec] = choices_of(spec, self._cache(spec))
        choice = _chosen(self._choices[spec], spec, settings, page_language)
        if (spec, choice) not in self._videos:
            self._videos[spec, choice] = embeddable(spec, choice, self._cache(spec))
        item = self._videos[spec, choice]
        if settings.language not in {"", item.language}:
            raise _unknown("language", settings.language, [item.language], spec)
        return item

    def _folder(self, spec: Path, item: Embeddable, settings: Settings) -> Path:
        """Return the folder with the outputs of a video, after building it if that is asked for."""
        beside = spec.absolute().parent / OUTPUT_FOLDER
        is_there = all(path.is_file() for path in paths_of(item, beside).values())
        if settings.build == NEVER:
            return beside
        if not POSIX:
            if settings.build == ALWAYS or not is_there:
                raise UsageError(NO_POSIX, hint=USE_WSL)
            return self._older(beside, spec, NO_POSIX)
        made = self._built.get((spec, item.name, settings.build))
        if made is None:
            try:
                made = self._build(spec, item)
            except _UnreachableError as error:
                if settings.build != AUTO or not is_there:
                    raise
                made = self._older(beside, spec, error.message)
            self._built[(spec, item.name, settings.build)] = made
        return made

    def _older(self, folder: Path, spec: Path, reason: str) -> Path:
        """Warn that the video in a folder may not be that of the spec, and return the folder."""
        self._report(Diagnostic("warning", f"an older video is shown: {reason}", str(spec), code="VB911"))
        self._outdated.add(spec)
        return folder

    def _build(self, spec: Path, item: Embeddable) -> Path:
        cache = self._cache(spec)
        place = hashlib.sha256(str(spec.resolve()).encode()).hexdigest()[:12]
        root = cache or cache_of(root_of(spec))
        if root not in self._holds:  # another process may trim the cache before the site has its own copies
            self._holds[root] = Hold(root, PAGES)
        folder = root / PAGES / place
        choice = item.choice
        result = build(
            spec,
            output=folder,
            cache=cache,
            offline=self.settings.offline,
            language=(choice.language,) if choice.language else (),
            output_name=(choice.output,) if choice.output else (),
        )
        if not result.ok:
            raise _failure(result, spec)
        touch(folder)
        if result.status == "built":
            self._log(f"built {item.name}: {len(result.steps.ran)} of {result.steps.total} steps ran")
        for notice in result.warnings:
            self._warn(notice, spec)
        return folder

    def _warn(self, notice: Notice, spec: Path) -> None:
        if self.settings.warnings and not notice.code.startswith(_MACHINE):
            place = notice.location
            self._report(Diagnostic("warning", notice.message, str(spec), place, notice.hint, code=notice.code))
        elif notice.code.startswith(_MACHINE):
            self._log(notice.message)

    def _cache(self, spec: Path) -> Path | None:
        """Return the cache's folder, None for that of the project."""
        own = cache_of(root_of(spec))
        if "VIDBUILD_CACHE" in os.environ or not any(own.is_relative_to(folder) for folder in self._watched):
            return None
        return self._spare_cache


def _which(target: str, folder: Path, found: Sequence[Path]) -> UsageError:
    """Return the error of a folder that stands for no spec, or for several."""
    if found:
        names = ", ".join(path.name for path in found[:MAX_NAMED])
        return UsageError(f"'{target}' has {len(found)} specs", hint=f"name one of them: {names}")
    others = [name for name in _names(folder) if name.endswith((".yaml", ".yml"))]
    hint = f"name one of its files: {', '.join(others[:MAX_NAMED])}" if others else None
    return UsageError(f"'{target}' has no video.yaml and no *.vidbuild.yaml", hint=hint)


def _names(folder: Path) -> list[str]:
    """Return the names of the files in a folder."""
    try:
        return sorted(path.name for path in folder.iterdir() if path.is_file())
    except OSError:
        return []


def _shown(path: Path) -> Path:
    """Return a path as messages show it: relative, if it is below the current folder."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


class _FailedBuildError(VidbuildError):
    """A build whose steps failed. diagnostics: of the steps."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(diagnostics[0].message, hint=diagnostics[0].hint)
        self.diagnostics = tuple(diagnostics)


class _UnreachableError(_FailedBuildError):
    """All that failed is that a service on the network did not answer."""


def _failure(result: Result, spec: Path) -> VidbuildError:
    failed = [step for video in result.videos for step in video.steps.failed]
    found = [
        Diagnostic("error", f"{each.step}: {each.error}", str(spec), each.location, each.hint, each.log)
        for each in failed
    ]
    found += [each for video in result.videos for each in video.diagnostics]
    if not found:
        found = [Diagnostic("error", "the build was not finished", str(spec))]
    is_network = bool(failed) and all(each.fault == "unreachable" for each in failed)
    return (_UnreachableError if is_network else _FailedBuildError)(found)


def _chosen(choices: Sequence[Choice], spec: Path, settings: Settings, page_language: str) -> Choice:
    """Return the video in the language and of the output that are asked for. Raises UsageError if there is none.

    A spec in one language has no language to choose.
    """
    outputs = list(dict.fromkeys(each.output for each in choices))
    output = settings.output or outputs[0]
    if output not in outputs:
        raise _unknown("output", output, [each for each in outputs if each], spec)
    by_language = {each.language: each for each in choices if each.output == output}
    if settings.language and "" not in by_language:
        if settings.language not in by_language:
            raise _unknown("language", settings.language, list(by_language), spec)
        return by_language[settings.language]
    tags = {tag.lower(): each for tag, each in by_language.items()}
    wanted = page_language.replace("_", "-").lower()
    while wanted and wanted not in tags:
        wanted = wanted.rpartition("-")[0]
    return tags.get(wanted) or next(iter(by_language.values()))


def _unknown(field: str, name: str, known: Sequence[str], spec: Path) -> UsageError:
    hint = nearest_or_all(name, known) if known else f"leave out the option '{field}'"
    return UsageError(f"'{spec.name}' has no {field} '{name}'", hint=hint)


def _error(error: VidbuildError, spec: Path | None = None) -> EmbedError:
    found = tuple(getattr(error, "diagnostics", ())) or (Diagnostic("error", error.message, "", hint=error.hint),)
    hint = f"hint: {error.hint}" if error.hint else ""
    text = render(found) if found[0].file else "\n".join(filter(None, (error.message, hint)))
    return EmbedError(found, text, known_inputs(spec, error) if spec else ())
