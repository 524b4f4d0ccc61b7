"""Voice engines of plug-ins: found by name, loaded when one speaks, and in a step loaded from where it is."""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Protocol

from vidbuild.errors import PluginError
from vidbuild.voices.protocol import PLUGIN, VoiceEngine

if TYPE_CHECKING:
    from vidbuild.extensions.installed import Plugin


class PluginVoice(VoiceEngine, Protocol):
    """A voice engine of a plug-in.

    interface: the version of the interface that it was written for.
    reports_times: whether its speech always has the times of its words; without them, they are searched for.
    """

    interface: int
    reports_times: bool


class PluginEngines:
    """The engines of plug-ins, each by NAME or DISTRIBUTION.NAME. own: the names of vidbuild's own engines."""

    def __init__(self, own: Collection[str]) -> None:
        self._own = own
        self._loaded: dict[str, tuple[Plugin, PluginVoice]] = {}

    def names(self) -> list[str]:
        """Return the names of all that are installed; imports none of them."""
        from vidbuild.extensions.installed import names

        return names("voices", self._own)

    def find(self, engine: str) -> Plugin | None:
        """Return the plug-in of an engine; None if none has it. Raises PluginError."""
        if engine in self._loaded:
            return self._loaded[engine][0]
        from vidbuild.extensions.installed import find

        return find("voices", engine, self._own)

    def is_usable(self, engine: str) -> bool:
        """Return whether a plug-in has an engine that can be loaded."""
        try:
            self.load(engine)
        except (KeyError, PluginError):
            return False
        return True

    def usable(self) -> list[tuple[str, PluginVoice]]:
        """Return the names and engines of all that are installed and can be loaded."""
        return [(name, self.load(name)) for name in self.names() if self.is_usable(name)]

    def load(self, engine: str) -> PluginVoice:
        """Return an engine. Raises KeyError if no plug-in has it, PluginError if it cannot be used."""
        if engine not in self._loaded:
            self._loaded[engine] = self._load(engine)
        return self._loaded[engine][1]

    def identity(self, engine: str) -> str:
        """Return what is in keys for an engine: its plug-in's version and code, and what the engine itself adds."""
        from vidbuild.extensions import content

        own = self.load(engine).identity()
        return f"{content.identity(self._loaded[engine][0])} {own}".rstrip()

    def variable(self, engine: str) -> str:
        """Return the value of the variable by which a step loads an engine."""
        from vidbuild.extensions.loading import to_variable

        self.load(engine)
        return to_variable(self._loaded[engine][0])

    def code(self, engine: str) -> str:
        """Return the folder or file with an engine's code, which its steps must be able to read."""
        from vidbuild.extensions.content import code_of

        self.load(engine)
        return str(code_of(self._loaded[engine][0]).path)

    def _load(self, engine: str) -> tuple[Plugin, PluginVoice]:
        from vidbuild.extensions import loading
        from vidbuild.extensions.guard import Guarded

        made: Any
        if text := os.environ.get(f"{PLUGIN}{engine}"):
            plugin, made = loading.from_variable(text, PluginVoice)
        else:
            found = self.find(engine)
            if found is None:
                raise KeyError(engine)
            plugin, made = found, loading.load(found, PluginVoice)
        guarded: Any = Guarded(made, plugin, _wrong)
        return plugin, guarded


def _wrong(name: str, result: object) -> str | None:
    """Return what is wrong with the result of an engine's method; None if nothing is."""
    from vidbuild.extensions.shapes import misfit
    from vidbuild.media.text.words import Speech
    from vidbuild.voices.protocol import VoiceProblem

    expected: dict[str, tuple[str, type | tuple[type, ...]]] = {
        "speak": ("a Speech", Speech),
        "problem": ("a VoiceProblem or None", (VoiceProblem, type(None))),
        "available": ("a text or None", (str, type(None))),
        "identity": ("a text", str),
        "voices": ("a list of names", list),
        "languages": ("languages by voice", dict),
        "stat_paths": ("a list of paths", (list, tuple)),
    }
    if name not in expected:
        return None
    if isinstance(result, expected[name][1]):
        return misfit(result, Speech) if name == "speak" else None
    return f"expected {expected[name][0]}, got {type(result).__name__}"
