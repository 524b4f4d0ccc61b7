"""Writes what a command found to stdout, in the forms of `--format` that other programs read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.cli import console
from vidbuild.cli.options import FOR_PROGRAMS, HUMAN, JSON
from vidbuild.errors import VidbuildError

if TYPE_CHECKING:
    from vidbuild.api.load import SpecText
    from vidbuild.report.formats.problem import Report

OPTION = "--format"


def of_arguments(args: Sequence[str]) -> str:
    """Return the form that a command line asks for, which may be wrong in other ways."""
    form = HUMAN
    for before, arg in zip(["", *args], args, strict=False):
        if arg == "--json":
            return JSON
        if before == OPTION or arg.startswith(f"{OPTION}="):
            value = arg.removeprefix(f"{OPTION}=")
            form = value if value in {JSON, *FOR_PROGRAMS} else form
    return form


def write(report: Report, form: str) -> None:
    """Write a report to stdout."""
    from vidbuild.api.problem_report import render

    text = render(report, form)
    if isinstance(text, str):
        console.result_document(text)
    else:
        console.result_json(text)


def write_error(
    form: str, args: Sequence[str], error: VidbuildError | str, hint: str | None = None, *, is_bug: bool = False
) -> None:
    """Write that a command has ended before it had results, if its stdout is for programs."""
    if form in FOR_PROGRAMS:
        from vidbuild.api.problem_report import of_error

        write(of_error(args[0] if args else "", error, hint, is_bug=is_bug), form)


def texts(specs: Sequence[Path | SpecText]) -> Mapping[Path, str]:
    """Return the texts of the specs that are in no file, by their paths."""
    return {each.path: each.text for each in specs if not isinstance(each, Path)}
