"""The writers of plug-ins, which are loaded when `--writer` names one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from vidbuild.create.writers.protocol import Answer, Writer
from vidbuild.extensions import installed, loading
from vidbuild.extensions.guard import Guarded
from vidbuild.extensions.shapes import misfit


class PluginWriter(Writer, Protocol):
    """A writer of a plug-in.

    interface: the version of the interface that it was written for.
    name: that of its entry point, the NAME of `--writer NAME:MODEL`. What it is asked and checked for is this name.
    """

    interface: int
    name: str


class WriterDefaults:
    """A writer that can always be asked, and needs no model if `model` names one."""

    name = ""

    def names(self) -> Sequence[str]:
        """Return the writer's own name."""
        return [self.name]

    def model(self, _name: str) -> str:
        """Return no model: the user must name one."""
        return ""

    def check(self, _name: str) -> None:
        """Find nothing missing."""


def find(name: str, own: Collection[str]) -> Writer | None:
    """Return the writer that a plug-in has; None if none has it. Raises PluginError.

    name: NAME or DISTRIBUTION.NAME. own: the names of vidbuild's own writers, and of the servers in the settings.
    """
    plugin = installed.find("writers", name, own)
    if plugin is None:
        return None
    guarded: Any = Guarded(loading.load(plugin, PluginWriter), plugin, _wrong)
    writer: Writer = guarded  # it has the methods of one
    return writer


def _wrong(name: str, result: object) -> str | None:
    """Return what is wrong with the result of a writer's method; None if nothing is."""
    if name == "ask":
        return misfit(result, Answer)
    if name == "model" and not isinstance(result, str):
        return f"expected the name of a model, got {type(result).__name__}"
    return None
