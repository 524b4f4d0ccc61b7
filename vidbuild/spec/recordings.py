"""Reads the recordings of scenes whose commands were really run: `casts/ID.cast` beside the spec."""

from __future__ import annotations

from typing import Any

from vidbuild.platforms import shell_command
from vidbuild.scenes.command import ran, transcript
from vidbuild.scenes.command.cast import CastError
from vidbuild.spec import files, paths, scene_problems
from vidbuild.spec.document import Path
from vidbuild.spec.scene_context import SceneContext
from vidbuild.spec.value_hints import value_of


def name_of(scene: str) -> str:
    """Return the path of a scene's recording, from the spec's folder."""
    return f"{transcript.FOLDER}/{scene}.cast"


def digest(path: Path, context: SceneContext) -> str:
    """Return the digest of the commands of the scene at a path, as they are written."""
    written = value_of(context.collector.document.data, path)
    return transcript.digest(written)


def attach(own: dict[str, Any], scene: str, path: Path, context: SceneContext) -> None:
    """Add the outputs of its recording to a scene's own fields, or an error if the recording does not fit."""
    file = name_of(scene)
    hint = "record the commands: " + shell_command(
        "vidbuild", "record", context.collector.document.name, "--scene", scene
    )
    where = (*path, "record")
    try:
        recorded = _read(file, where, context)
    except FileNotFoundError:
        context.collector.error(where, f"the commands are not recorded yet: no file '{file}'", hint, key=True)
    except (paths.InputError, CastError) as error:
        context.collector.error(where, f"'{file}': {error.message}", f"move it away, and {hint}", key=True)
    else:
        before = len(context.collector.diagnostics)
        if recorded.digest != digest(path, context) or len(recorded.commands) != len(own["commands"]):
            message = f"the commands have changed since '{file}' was recorded"
            context.collector.error(where, message, hint, key=True)
        else:
            problems = ran.other_statuses(own, recorded)
            scene_problems.report(problems, (path, "command", own), context.collector, "error")
        if len(context.collector.diagnostics) == before:
            own["commands"] = ran.with_outputs(own, recorded)


def _read(name: str, path: Path, context: SceneContext) -> transcript.Transcript:
    folder = context.folder(path)
    context.files.append(paths.as_written(name, folder))
    file = paths.resolve(name, folder, context.root)
    if not file.exists():
        raise FileNotFoundError
    return transcript.read(files.text(file, name))
