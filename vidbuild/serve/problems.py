"""The problems of a spec as JSON values for the page."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from vidbuild.api.check import render
from vidbuild.api.result import FailedStep, Notice, diagnosis
from vidbuild.diagnostic import Diagnostic
from vidbuild.errors import VidbuildError

EDITOR = "VIDBUILD_EDITOR"


def of_diagnostics(found: Iterable[Diagnostic], sources: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Return problems with their source lines and carets."""
    return [_of_diagnostic(each, sources) for each in found]


def of_error(error: VidbuildError, spec: Path) -> list[dict[str, Any]]:
    """Return what a build that could not begin, or be finished, reports."""
    diagnostics: Any = getattr(error, "diagnostics", None)
    if diagnostics:
        return of_diagnostics(diagnostics, getattr(error, "sources", None))
    log: tuple[str, ...] = getattr(error, "log", ())
    return of_diagnostics([Diagnostic("error", error.message, os.fspath(spec), hint=error.hint, log=log)])


def of_failed(failed: FailedStep, spec: Path) -> dict[str, Any]:
    """Return a step that failed."""
    message = f"{failed.step}: {failed.error}"
    return _of_diagnostic(Diagnostic("error", message, os.fspath(spec), failed.location, failed.hint, failed.log), None)


def of_notice(notice: Notice, spec: Path) -> dict[str, Any]:
    """Return a warning of a build."""
    found = Diagnostic("warning", notice.message, os.fspath(spec), notice.location, notice.hint, code=notice.code)
    return _of_diagnostic(found, None)


def _of_diagnostic(item: Diagnostic, sources: Mapping[str, str] | None) -> dict[str, Any]:
    return {
        "log": [],
        **diagnosis(item),
        "excerpt": _excerpt(item, sources),
        "open": None if os.environ.get(EDITOR) else _link(item),
    }


def _excerpt(item: Diagnostic, sources: Mapping[str, str] | None) -> str:
    """Return the source line and the carets below it, as `check` prints them; "" without a location."""
    if not item.line:
        return ""
    lines = render([item], sources).splitlines()[1:]
    shown = [line for line in lines if line.lstrip(" 0123456789").startswith("│")]
    return "\n".join(shown)


def _link(item: Diagnostic) -> str | None:
    """Return the address that opens an editor at the problem."""
    path = Path(item.path).absolute()
    if not item.line or not path.is_file():
        return None
    return f"vscode://file{quote(str(path))}:{item.line}:{item.column or 1}"
