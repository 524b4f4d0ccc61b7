"""The tools that steps use, each imported only when its identity is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path

from vidbuild.engine.graph.graph import Graph, Step
from vidbuild.engine.keys.tools import Tool
from vidbuild.frozen import replaced
from vidbuild.plan.kinds import KINDS, VOICE, voice_tool
from vidbuild.voices import recorded, registry
from vidbuild.voices.protocol import PLUGIN, SETTINGS
from vidbuild.voices.registry import ENGINES, source_of


class _Tools(dict[str, Tool]):
    """The tools by name; those of the user's settings are looked up when a step names one."""

    def __missing__(self, name: str) -> Tool:
        """Return the tool of a source. Raises KeyError for an unknown name."""
        if not name.startswith(VOICE):
            raise KeyError(name)
        if plugin := registry.plugin_engine(name.removeprefix(VOICE)):
            return _plugin_tool(plugin, name.removeprefix(VOICE))
        engine, source = source_of(name.removeprefix(VOICE))
        network = engine.source_network(source)
        return Tool(
            lambda: engine.source_paths(source),
            lambda: engine.source_identity(source),
            network,
            engine.concurrency,
            (*(engine.env if network else ()), f"{SETTINGS}{engine.name}/{source}"),
        )


def _plugin_tool(engine: str, tool: str) -> Tool:
    """Return the tool that a plug-in's engine is. Its identity is in the parameters of its steps.

    Its code is loaded before a step runs, and not when all steps are cached. Its steps have workers of their own, into
    which nothing else is loaded.
    """
    network = tool.startswith(registry.ONLINE_PLUGIN)

    def allowing() -> Tool:
        made = ENGINES[engine]
        env = (*made.env, f"{PLUGIN}{engine}")
        return replaced(own, concurrency=made.concurrency, env=env, programs=(registry.plugins().code(engine),))

    own = Tool(lambda: (), lambda: tool, network, worker=tool, allowing=allowing)
    return own


def tools() -> Mapping[str, Tool]:
    """Return each tool by the name that kinds and steps give it."""
    voices = {
        voice_tool(name): Tool(
            engine.stat_paths, engine.identity, engine.network, engine.concurrency, engine.env, registry.worker(name)
        )
        for name, engine in ENGINES.items()
    }
    return _Tools(_fixed(voices))


def _fixed(voices: Mapping[str, Tool]) -> Mapping[str, Tool]:
    return {
        "ffmpeg": Tool(_paths("ffmpeg.binary", "stat_paths"), _identity("ffmpeg.binary", "identity")),
        "typst": Tool(_paths("text.packages", "typst_paths"), _identity("text.packages", "typst_identity")),
        "fonts": Tool(_paths("text.packages", "fonts_paths"), _identity("text.packages", "fonts_identity")),
        "pillow": Tool(_paths("text.packages", "pillow_paths"), _identity("text.packages", "pillow_identity")),
        "numpy": Tool(_paths("alignment.features", "stat_paths"), _identity("alignment.features", "identity")),
        "recognizer": Tool(_paths("alignment.recognizer", "stat_paths"), _identity("alignment.recognizer", "identity")),
        "heif": Tool(_paths("text.packages", "heif_paths"), _identity("text.packages", "heif_identity")),
        "pdfium": Tool(_paths("text.packages", "pdfium_paths"), _identity("text.packages", "pdfium_identity")),
        voice_tool(recorded.NAME): Tool(recorded.stat_paths, recorded.identity),
        **voices,
    }


def network_steps(graph: Graph) -> Mapping[str, Step]:
    """Return the steps that use a tool that needs the network."""
    known = tools()
    return {
        name: step
        for name, step in graph.steps.items()
        if any(known[tool].network for tool in (*KINDS[step.kind].tools, *step.tools))
    }


def _paths(module: str, name: str) -> Callable[[], Sequence[Path]]:
    def paths() -> Sequence[Path]:
        found: Sequence[Path] = getattr(import_module(f"vidbuild.media.{module}"), name)()
        return found

    return paths


def _identity(module: str, name: str) -> Callable[[], str]:
    def identity() -> str:
        return str(getattr(import_module(f"vidbuild.media.{module}"), name)())

    return identity
