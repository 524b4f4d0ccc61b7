"""Records the commands of scenes, and checks that they still print what was recorded."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.engine.disk import durable
from vidbuild.errors import UsageError, os_error_text
from vidbuild.frozen import dataclass
from vidbuild.model import Scene, Spec
from vidbuild.platforms import require_posix, shell_command
from vidbuild.record import compare
from vidbuild.record.fault import RecordError
from vidbuild.record.recorder import Commands, record
from vidbuild.scenes.command import masks
from vidbuild.scenes.command.cast import CastError
from vidbuild.scenes.command.transcript import FOLDER, Ran, Transcript
from vidbuild.scenes.command.transcript import read as read_transcript
from vidbuild.scenes.command.transcript import write as cast_of
from vidbuild.spec.diagnostics import SpecError
from vidbuild.suggest import did_you_mean


class RecordingError(SpecError):
    """Commands that cannot be recorded, or that print something else than recorded."""

    code = 1


@dataclass(frozen=True, slots=True)
class Recorded:
    """A scene whose commands were run. path: of its recording; changed: whether that was written."""

    scene: str
    path: Path
    changed: bool


def scenes_of(
    spec: str | os.PathLike[str], only: Sequence[str] = (), variables: Mapping[str, Any] | None = None
) -> Spec:
    """Return a spec with no other scenes than those whose commands are recorded.

    only: ids of scenes; none for all that have `record`. Raises SpecError and UsageError.
    """
    from dataclasses import replace

    from vidbuild.spec.load import try_load_all

    videos = [each.spec_or_raise() for each in try_load_all(spec, variables, recordings=False)]
    loaded, scenes = videos[0], {scene.id: scene for each in reversed(videos) for scene in each.scenes}
    ids = list(scenes)
    recorded = [scene for scene in scenes.values() if "record" in scene.fields]
    for name in only:
        if name not in ids:
            raise UsageError(f"'{loaded.path}' has no scene '{name}'", hint=did_you_mean(name, ids))
        if name not in {scene.id for scene in recorded}:
            raise UsageError(f"scene '{name}' has no 'record'", hint="give it one: record: {}")
    if not recorded:
        hint = "give a scene of type 'command' one: record: {fixture: demo/}"
        raise UsageError(f"no scene of '{loaded.path}' has 'record'", hint=hint)
    return replace(loaded, scenes=tuple(scene for scene in recorded if not only or scene.id in only))


def notices(spec: Spec) -> Iterator[str]:
    """Yield what the commands of a spec can reach on this system, although they should not."""
    from vidbuild.api.sandbox_policy import is_sandboxed
    from vidbuild.record.confinement import forbids_files, forbids_network

    if not is_sandboxed():
        yield "the commands are not sandboxed, because $VIDBUILD_SANDBOX is 'off'"
        return
    if not forbids_files():
        yield "this system cannot keep the commands from writing outside their folder"
    if not forbids_network() and not all(scene.fields["record"].get("network") for scene in spec.scenes):
        yield "this system cannot keep the commands from using the network"


def record_scenes(spec: Spec, *, check: bool = False) -> Iterator[Recorded]:
    """Run the commands of each scene and write its recording, or compare it; yield each scene that is done.

    A recording whose text is the same as before is left as it is.
    check: compare and write nothing. Raises RecordingError at the end, with the problems of all scenes.
    """
    require_posix()
    problems: list[Diagnostic] = []
    for scene in spec.scenes:
        work = _Work(spec, scene)
        try:
            if check:
                work.check()
                yield Recorded(scene.id, work.cast, changed=False)
            else:
                yield Recorded(scene.id, work.cast, changed=work.record())
        except RecordError as error:
            problems.append(_problem(spec, scene, error))
    if problems:
        from vidbuild.spec.diagnostics import read_sources

        raise RecordingError(problems, read_sources(problems))


class _Work:
    """The recording of one scene."""

    def __init__(self, spec: Spec, scene: Scene) -> None:
        self._spec, self._scene = spec, scene
        self._settings: Mapping[str, Any] = scene.fields["record"]
        self._masks = masks.masks(self._settings.get("mask", ()))
        self.cast = spec.path.parent / FOLDER / f"{scene.id}.cast"
        self._text = self.cast.with_suffix(".txt")

    def record(self) -> bool:
        """Run the commands and write the recording; return whether it has changed. Raises RecordError."""
        self._refuse_place()
        old = self._old()
        new = self._run()
        if old is not None and self._is_same(old, new):
            new = list(old.commands)
        files = {
            self.cast: cast_of(
                Transcript(self._spec.path.name, self._scene.fields["digest"], tuple(new)), self._prompt()
            ),
            self._text: compare.text(new, self._masks),
        }
        self._refuse_size(files[self.cast])
        changed = [path for path, text in files.items() if not path.is_file() or path.read_bytes() != text.encode()]
        try:
            _write({path: files[path].encode() for path in changed})
        except OSError as error:
            raise RecordError("record", f"cannot write '{self.cast}': {os_error_text(error)}") from error
        return bool(changed)

    def check(self) -> None:
        """Run the commands and compare. Raises RecordError if they print something else than recorded."""
        again = "record the commands: " + shell_command(
            "vidbuild", "record", self._spec.path, "--scene", self._scene.id
        )
        old = self._old()
        if old is None:
            raise RecordError("record", f"the commands are not recorded yet: no recording '{self.cast}'", again)
        if old.digest != self._scene.fields["digest"]:
            raise RecordError("record", f"the commands have changed since '{self.cast}' was recorded", again)
        if not self._text.is_file() or self._text.read_text(encoding="utf-8") != compare.text(
            old.commands, self._masks
        ):
            raise RecordError("record", f"'{self._text}' is not the text of '{self.cast.name}'", again)
        found = compare.difference(old.commands, self._run(), self._masks, str(self._text))
        if found is not None:
            message = (
                f"scene '{self._scene.id}': the command prints something else than line {found.line} of '{self._text}'"
            )
            raise RecordError(f"commands.{found.command}.run", message, f"if that is right, {again}", found.diff)

    def _run(self) -> list[Ran]:
        from vidbuild.api.sandbox_policy import is_sandboxed

        fields = self._scene.fields
        folder = self._settings.get("fixture")
        runs = [(entry["run"], entry.get("exit", 0)) for entry in fields["commands"]]
        fixture = Path(folder) if folder else None
        return record(Commands(runs, self._settings, fixture, self._spec.root, is_sandboxed()))

    def _is_same(self, old: Transcript, new: Sequence[Ran]) -> bool:
        """Return whether a new recording differs from the old one only in what the masks hide."""
        return (
            old.digest == self._scene.fields["digest"]
            and compare.is_shown_as(old.commands, self._masks)
            and compare.difference(old.commands, new, self._masks, "") is None
        )

    def _old(self) -> Transcript | None:
        """Return the recording that is there; None if there is none, or none that can be read."""
        try:
            return read_transcript(self.cast.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, CastError):
            return None

    def _refuse_place(self) -> None:
        """Raise RecordError if the recording would replace another file, or be written outside the project."""
        for path in (self.cast, self._text):
            if not Path(os.path.realpath(path)).is_relative_to(self._spec.root):
                raise RecordError("record", f"'{path}' is outside the project")
        old = self._old()
        if old is None and self.cast.exists():
            hint = "move it away, or give the scene another id"
            raise RecordError("record", f"'{self.cast}' is no recording of 'vidbuild record'", hint)
        if old is not None and old.spec != self._spec.path.name and (self._spec.path.parent / old.spec).exists():
            message = f"'{self.cast}' belongs to '{old.spec}', which has a scene of this id too"
            raise RecordError("record", message, "give the scene another id")

    def _refuse_size(self, text: str) -> None:
        from vidbuild.spec.files import MAX_TEXT

        if len(text.encode()) > MAX_TEXT:
            message = f"the recording is too large: the maximum is {MAX_TEXT} bytes"
            raise RecordError("record", message, "show a part of the outputs: '| tail -20'")

    def _prompt(self) -> str:
        return str(self._scene.fields.get("prompt", "$ "))


def _write(files: Mapping[Path, bytes]) -> None:
    """Write files so that all of them are there, or none."""
    moves = []
    try:
        for path, data in files.items():
            durable.make_folder(path.parent)
            temp = durable.temp_beside(path)
            moves.append((temp, path))
            durable.write(temp, data)
        durable.rename_all(moves)
    finally:
        for temp, _ in moves:
            durable.remove(temp)


def _problem(spec: Spec, scene: Scene, error: RecordError) -> Diagnostic:
    field = error.field
    while field and field not in scene.locations:
        field = field.rpartition(".")[0]
    return Diagnostic("error", error.message, str(spec.path), scene.locations.get(field), error.hint, error.log)
