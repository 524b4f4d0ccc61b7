"""Warnings as diagnostics, and as the errors that `--strict` makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from vidbuild.api.result import Notice
from vidbuild.diagnostic import Diagnostic
from vidbuild.spec.diagnostics import SpecError, read_sources


def warning_of(notice: Notice, spec: Path) -> Diagnostic:
    """Return a warning as the diagnostic of a spec."""
    return Diagnostic("warning", notice.message, str(spec), notice.location, notice.hint, code=notice.code)


def as_errors(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics with every warning made an error."""
    return tuple(replace(item, severity="error") for item in diagnostics)


def refusal(warnings: Iterable[Diagnostic]) -> SpecError:
    """Return the error with which a strict build refuses a spec with warnings."""
    diagnostics = as_errors(warnings)
    return SpecError(diagnostics, read_sources(diagnostics))
