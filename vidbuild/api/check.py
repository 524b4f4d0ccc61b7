"""Check specs without rendering them."""

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
class Checked:
    """All that is wrong or doubtful in one spec. text: as a user is shown it, with its source lines."""

    spec: Path
    diagnostics: tuple[Diagnostic, ...]
    text: str

    @property
    def ok(self) -> bool:
        """Whether it can be built."""
        return all(each.severity != "error" for each in self.diagnostics)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"spec": str(self.spec), "ok": self.ok, "problems": [diagnosis(each) for each in self.diagnostics]}


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """Diagnostics as a user is shown them, with the lines of the files as they are now."""
    from vidbuild.spec import diagnostics as telling

    return telling.render(diagnostics, telling.read_sources(diagnostics))


def check(
    paths: Sequence[str | os.PathLike[str]],
    variables: Mapping[str, Any] | None = None,
    *,
    allow_network_voice: bool = False,
) -> list[Checked]:
    """Everything wrong or doubtful in each spec, in order, without rendering anything; never raises for a bad spec.

    allow_network_voice: as for a build, which may use voices on the network in CI only then.
    """
    from vidbuild.spec.load import try_load

    found = []
    for path in paths:
        examined = try_load(path, variables)
        items = (*examined.diagnostics, *_around(path, None if allow_network_voice else examined.spec))
        found.append(Checked(Path(path), items, render(items)))
    return found


def _around(path: str | os.PathLike[str], spec: Spec | None) -> Iterator[Diagnostic]:
    """What is wrong with the settings of a spec's project, or with its voices by these, as problems of the spec."""
    from dataclasses import replace

    from vidbuild.api.network_policy import problems, settings_of
    from vidbuild.spec.diagnostics import SpecError

    try:
        settings_of(root_of(Path(path)))
        yield from problems(spec) if spec is not None else ()
    except SpecError as error:
        yield from (replace(item, file=os.fspath(path)) for item in error.diagnostics)
