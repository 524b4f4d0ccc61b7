"""Finds the specs that a command line names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vidbuild.errors import UsageError
from vidbuild.platforms import shell_command
from vidbuild.project import OTHER_SPECS, SPEC, SPEC_SUFFIXES, specs_in, unnamed_specs_in

__all__ = ["SPEC", "is_spec", "resolve_spec", "resolve_specs"]

_NAMED = 5  # specs of a folder that a message names


def resolve_specs(paths: Sequence[Path]) -> list[Path]:
    """Return the specs that the arguments name, each once.

    A folder means its video.yaml, or else its only *.vidbuild.yaml; no argument means the current folder. UsageError if
    there is no such spec, or more than one.
    """
    return list(dict.fromkeys(_spec_in(path) if path.is_dir() else path for path in paths or [Path()]))


def served_specs(paths: Sequence[Path]) -> list[Path]:
    """Return the specs to serve: as `resolve_specs`, but no argument means every spec of the current folder."""
    return resolve_specs(paths) if paths else every_spec() or resolve_specs(paths)


def every_spec() -> list[Path]:
    """Return all specs of the current folder: by their names, and the other YAML files that begin as specs do."""
    named = {path for pattern in (SPEC, *OTHER_SPECS) for path in Path().glob(pattern)}
    return sorted({*named, *unnamed_specs_in(Path())})


def _spec_in(folder: Path) -> Path:
    """Return the spec that a folder stands for."""
    found = specs_in(folder)
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"'{path}'" for path in found[:_NAMED])
        raise UsageError(
            f"'{folder.resolve()}' has {len(found)} specs: {names}", hint=f"name one: {shell_command(found[0])}"
        )
    if others := unnamed_specs_in(folder):
        raise UsageError(
            f"no spec in '{folder.resolve()}' is named '{SPEC}' or '{OTHER_SPECS[0]}'",
            hint=f"name one: {shell_command(others[0])}",
        )
    init = shell_command("vidbuild", "init", *([] if folder == Path() else [folder]))
    raise UsageError(
        f"no spec in '{folder.resolve()}': expected '{SPEC}' or '{OTHER_SPECS[0]}'", hint=f"{init} writes one"
    )


def is_spec(path: Path) -> bool:
    """Return whether a file is named like a spec."""
    return path.name.endswith(SPEC_SUFFIXES)


def resolve_spec(path: Path | None) -> Path:
    """Return the spec that one argument names, by the rules of `resolve_specs`."""
    return resolve_specs([path] if path else [])[0]
