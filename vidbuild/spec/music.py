"""Music and sound effects of a spec: their files, and which settings scenes take from the spec."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from vidbuild.frozen import dataclass
from vidbuild.model import Music, Sound
from vidbuild.spec import files, paths, schema
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path

NONE = "none"
SPEECH = 100  # percent
_LOUD_HINT = "set a volume of 10 to 30"


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds and checks the files of a spec. found: to which each file is added."""

    root: FilePath
    collector: DiagnosticCollector
    found: list[FilePath]

    def file(self, value: str, path: Path, expected: str) -> FilePath | None:
        """Return a file with audio, or None after adding an error. expected: what it must be ("music")."""
        try:
            folder = self.collector.document.folder(path)
            file = paths.resolve(value, folder, self.root)
            self.found.append(paths.as_written(value, folder))
            files.check_playable(file, value, expected)
            if spelling := paths.other_spelling(value, folder):
                self.collector.warning("VB111", path, *spelling)
        except paths.InputError as error:
            self.collector.error(path, error.message, error.hint)
            return None
        return file


def of_spec(value: str | Mapping[str, Any] | None, finder: Finder) -> Music | None:
    """Return the spec's music; None without any, or after adding an error."""
    if value is None or value == NONE:
        return None
    if isinstance(value, Mapping) and "file" not in value:
        finder.collector.error(("music",), "missing music field 'file'")
        return None
    data = {**_defaults(), **_mapping(value)}
    file = finder.file(data["file"], _file_path(value, ("music",)), "music")
    _check_volume(value, ("music",), finder.collector)
    return None if file is None else _music(file, data)


def of_scene(fields: Mapping[str, Any], path: Path, inherited: Music | None, finder: Finder) -> Music | None:
    """Return a scene's music; None for none, or after adding an error.

    fields: the scene's valid fields.
    path: the scene's.
    inherited: the spec's music.
    """
    value, path = fields.get("music"), (*path, "music")
    if value is None:
        return inherited
    if value == NONE:
        return None
    own = _mapping(value)
    base = _defaults()
    if inherited is not None:
        base = {name: getattr(inherited, name) for name in ("volume", "fade_in", "fade_out", "loop", "start")}
    _check_volume(value, path, finder.collector)
    if "file" not in own:
        if inherited is None and "music" not in finder.collector.document.data:
            hint = "add 'file', or a 'music' to the spec"
            finder.collector.error(path, "this music has no 'file', and the spec has no music", hint)
        return None if inherited is None else _music(inherited.file, {**base, **own})
    file = finder.file(own["file"], _file_path(value, path), "music")
    if file is None:
        return None
    if inherited is None or file != inherited.file:
        base["start"] = 0
    return _music(file, {**base, **own})


def sounds(fields: Mapping[str, Any], path: Path, finder: Finder) -> tuple[Sound, ...]:
    """Return a scene's sound effects, without those whose file is wrong, for which it adds errors."""
    found = []
    for index, item in enumerate(fields.get("sounds", ())):
        file = finder.file(item["file"], (*path, "sounds", index, "file"), "a sound")
        if file is not None:
            found.append(Sound(file, item["at"], float(item["volume"])))
    return tuple(found)


def _mapping(value: str | Mapping[str, Any]) -> Mapping[str, Any]:
    return {"file": value} if isinstance(value, str) else value


def _file_path(value: str | Mapping[str, Any], path: Path) -> Path:
    return path if isinstance(value, str) else (*path, "file")


def _defaults() -> dict[str, Any]:
    branch = next(each for each in schema.definition("music")["anyOf"] if "properties" in each)
    return {name: node["default"] for name, node in branch["properties"].items() if "default" in node}


def _music(file: FilePath, data: Mapping[str, Any]) -> Music:
    volume = data.get("volume")
    return Music(
        file=file,
        volume=None if volume is None else float(volume),
        fade_in=float(data["fade_in"]),
        fade_out=float(data["fade_out"]),
        loop=data["loop"],
        start=float(data["start"]),
    )


def _check_volume(value: str | Mapping[str, Any], path: Path, collector: DiagnosticCollector) -> None:
    volume = _mapping(value).get("volume", 0)
    if volume > SPEECH:
        message = f"music at a volume of {volume:g} is louder than speech"
        collector.warning("VB501", (*path, "volume"), message, _LOUD_HINT)
