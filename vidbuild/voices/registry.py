"""The voice engines, by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.errors import PluginError, UsageError
from vidbuild.voices.command import Command
from vidbuild.voices.edge import Edge
from vidbuild.voices.espeak import Espeak
from vidbuild.voices.nanotts import Nanotts
from vidbuild.voices.natural import Natural
from vidbuild.voices.piper import Piper
from vidbuild.voices.protocol import ConfiguredEngine, ModelEngine, VoiceEngine, VoiceProblem
from vidbuild.voices.speech import Speech

if TYPE_CHECKING:
    from vidbuild.extensions.installed import Plugin
    from vidbuild.voices.plugin import PluginEngines

# The engines whose servers, programs and files are in the user's settings.
CONFIGURED: Mapping[str, ConfiguredEngine] = {"piper": Piper(), "speech": Speech(), "command": Command()}
# The engines that load a model and keep it.
MODELS: Mapping[str, ModelEngine] = {"natural": Natural()}
OWN: Mapping[str, VoiceEngine] = {
    **MODELS,
    "espeak": Espeak(),
    "edge": Edge(),
    "nanotts": Nanotts(),
    **CONFIGURED,
}


_PLUGINS: list[PluginEngines] = []


def plugins() -> PluginEngines:
    """Return the engines of plug-ins; what they need is imported with the first name that is none of vidbuild's own."""
    if not _PLUGINS:
        from vidbuild.voices.plugin import PluginEngines

        _PLUGINS.append(PluginEngines(OWN))
    return _PLUGINS[0]


class _Engines(Mapping[str, VoiceEngine]):
    """All engines by name: a name that is none of vidbuild's own can be that of a plug-in, which then is loaded."""

    def __getitem__(self, name: str) -> VoiceEngine:
        """Return an engine. Raises KeyError for an unknown name, PluginError if its plug-in cannot be used."""
        return OWN[name] if name in OWN else plugins().load(name)

    def __contains__(self, name: object) -> bool:
        return name in OWN or (isinstance(name, str) and plugins().is_usable(name))

    def __iter__(self) -> Iterator[str]:
        """Iterate over vidbuild's own."""
        return iter(OWN)

    def __len__(self) -> int:
        return len(OWN)


ENGINES: Mapping[str, VoiceEngine] = _Engines()

PLUGIN, ONLINE_PLUGIN = "plugin/", "online-plugin/"
"""What the names of tools begin with that are the engines of plug-ins, without a network and with one."""

WITHOUT_TIMES = frozenset({"nanotts", "piper", "speech", "command"})
"""The engines that report no times of words, or not always."""

VARIANTS = {"female": "f3", "male": "m3"}
"""The variants of espeak's voices by kind: the ones that are easiest to understand."""


def of_kind(kind: str, language: str) -> tuple[str, str] | None:
    """Return the engine and the name of a language's own voice of a kind; None if no engine has one.

    kind: "female" or "male".
    """
    best = default(language)
    if kind == "female" and best[0] == "natural":
        return best
    if ENGINES["espeak"].available():
        return None
    known, tag = ENGINES["espeak"].voices(), "en-us" if language.lower() == "en" else language.lower()
    while tag and tag not in known:
        tag = tag.rpartition("-")[0]
    return ("espeak", f"{tag}+{VARIANTS[kind]}") if tag else None


def problem(engine: str, name: str) -> VoiceProblem | None:
    """Return why an engine's name or a voice's is wrong; None if both may be right."""
    try:
        if plugin_of(engine) or engine in OWN:
            return ENGINES[engine].problem(name)
    except PluginError as error:
        return VoiceProblem(error.message, error.hint)
    from vidbuild.extensions.hints import unknown_hint

    return VoiceProblem(f"unknown voice engine '{engine}'", unknown_hint("voices", engine, OWN))


def plugin_of(engine: str) -> Plugin | None:
    """Return the plug-in that an engine is; None for vidbuild's own."""
    return None if engine in OWN else plugins().find(engine)


def identities(engines: Iterable[str]) -> dict[str, str]:
    """Return what identifies the plug-ins that these engines are, by distribution."""
    return {plugin.distribution: plugins().identity(each) for each in engines if (plugin := plugin_of(each))}


def tool_name(engine: str, voice: str) -> str:
    """Return the name of the tool that steps with this voice use: its engine's, or that of its source."""
    if engine in OWN:
        return f"{engine}/{CONFIGURED[engine].source(voice)}" if engine in CONFIGURED else engine
    return f"{ONLINE_PLUGIN if ENGINES[engine].network else PLUGIN}{engine}"


def plugin_engine(tool: str) -> str:
    """Return the engine of a tool's name if a plug-in has it, else ""."""
    return tool.removeprefix(ONLINE_PLUGIN).removeprefix(PLUGIN) if tool.startswith((PLUGIN, ONLINE_PLUGIN)) else ""


def is_online(engine: str, voice: str) -> bool:
    """Return whether a voice needs the network. Raises UsageError for wrong settings."""
    if engine in CONFIGURED:
        return CONFIGURED[engine].source_network(CONFIGURED[engine].source(voice))
    return ENGINES[engine].network


def source_of(tool: str) -> tuple[ConfiguredEngine, str]:
    """Return the engine and the source of a tool's name. Raises KeyError for any other tool."""
    engine, _, source = tool.partition("/")
    return CONFIGURED[engine], source


def settings_of(tool: str) -> Mapping[str, Any] | None:
    """Return what a tool's steps need of the user's settings; None if they define nothing for it."""
    engine, source = source_of(tool)
    return engine.source_settings(source)


def readable() -> Iterator[Path]:
    """Yield the files and folders that the user's settings let steps read; none of an engine with wrong settings."""
    for engine in CONFIGURED.values():
        with suppress(UsageError):
            yield from engine.readable()


def worker(engine: str) -> str:
    """Return the name of the workers in which an engine's steps must run; "" for any."""
    return engine if engine in MODELS else ""


def files(engine: str, name: str) -> Mapping[str, Path]:
    """Return role -> a file that a voice needs beside its engine's own."""
    return MODELS[engine].files(name) if engine in MODELS else {}


def reports_times(engine: str) -> bool:
    """Return whether an engine always reports when its words are spoken."""
    return engine not in WITHOUT_TIMES if engine in OWN else plugins().load(engine).reports_times


def reference(language: str, text: str) -> str:
    """Return espeak's voice whose times can be carried over to other audio of a text; "" if it cannot read the text."""
    espeak = ENGINES["espeak"]
    known = espeak.voices()
    tag = "en-us" if language.lower() == "en" else language.lower()
    while tag and tag not in known:
        tag = tag.rpartition("-")[0]
    return "" if tag and any(espeak.unreadable(tag, text)) else tag


def default(language: str) -> tuple[str, str]:
    """Return the engine and name of the voice for texts in a language.

    English has the natural voice if its packages are installed, every other language espeak's, and American English
    what espeak does not know.
    """
    if language.partition("-")[0].lower() == "en" and ENGINES["natural"].available() is None:
        return "natural", "heart"
    known = ENGINES["espeak"].voices()
    for name in (language.lower(), language.partition("-")[0].lower()):
        if name in known and name != "en":
            return "espeak", name
    return "espeak", "en-us"
