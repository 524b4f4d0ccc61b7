"""Checks specs without rendering them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.api.result import diagnosis
from vidbuild.model import Spec
from vidbuild.project import root_of

if TYPE_CHECKING:
    from vidbuild.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The problems of one spec.

    text: the diagnostics as text, with source lines.
    """

    spec: Path
    diagnostics: tuple[Diagnostic, ...]
    text: str

    @property
    def ok(self) -> bool:
        """Whether the spec has no errors, so that it can be built."""
        return all(each.severity != "error" for each in self.diagnostics)

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {"spec": str(self.spec), "ok": self.ok, "problems": [diagnosis(each) for each in self.diagnostics]}


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """Return diagnostics as text, with the source lines of the files as they are now."""
    from vidbuild.spec.diagnostics import read_sources
    from vidbuild.spec.diagnostics import render as text_of

    return text_of(diagnostics, read_sources(diagnostics))


def check(
    paths: Sequence[str | os.PathLike[str]],
    variables: Mapping[str, Any] | None = None,
    *,
    allow_network_voice: bool = False,
) -> list[CheckResult]:
    """Find all problems of each spec without rendering anything. Bad specs raise no errors.

    allow_network_voice: accept voices on the network in CI, as a build with this option does.
    """
    from vidbuild.spec.load import try_load

    results = []
    for path in paths:
        loaded = try_load(path, variables)
        diagnostics = (*loaded.diagnostics, *_project_problems(path, None if allow_network_voice else loaded.spec))
        results.append(CheckResult(Path(path), diagnostics, render(diagnostics)))
    return results


def _project_problems(path: str | os.PathLike[str], spec: Spec | None) -> Iterator[Diagnostic]:
    """Yield the problems of the project's settings, and of the voices that they forbid, as problems of the spec.

    spec: None if its voices need no check.
    """
    from dataclasses import replace

    from vidbuild.api.network_policy import problems, settings_of
    from vidbuild.spec.diagnostics import SpecError

    try:
        settings_of(root_of(Path(path)))
        yield from problems(spec) if spec is not None else ()
    except SpecError as error:
        yield from (replace(item, file=os.fspath(path)) for item in error.diagnostics)
