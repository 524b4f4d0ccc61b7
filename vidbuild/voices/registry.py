"""The voice engines, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vidbuild.voices.command import Command
from vidbuild.voices.edge import Edge
from vidbuild.voices.espeak import Espeak
from vidbuild.voices.nanotts import Nanotts
from vidbuild.voices.piper import Piper
from vidbuild.voices.protocol import ConfiguredEngine, VoiceEngine, VoiceProblem
from vidbuild.voices.speech import Speech

# The engines whose servers, programs and files are in the user's settings.
CONFIGURED: Mapping[str, ConfiguredEngine] = {"piper": Piper(), "speech": Speech(), "command": Command()}
ENGINES: Mapping[str, VoiceEngine] = {"espeak": Espeak(), "edge": Edge(), "nanotts": Nanotts(), **CONFIGURED}


def problem(engine: str, name: str) -> VoiceProblem | None:
    """Return why an engine's name or a voice's is wrong; None if both may be right."""
    if engine in ENGINES:
        return ENGINES[engine].problem(name)
    from vidbuild.suggest import did_you_mean

    *others, last = ENGINES
    hint = did_you_mean(engine, ENGINES) or f"use {', '.join(others)} or {last}"
    return VoiceProblem(f"unknown voice engine '{engine}'", hint)


def tool_name(engine: str, voice: str) -> str:
    """Return the name of the tool that steps with this voice use: its engine's, or that of its source."""
    return f"{engine}/{CONFIGURED[engine].source(voice)}" if engine in CONFIGURED else engine


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
    """Yield the files and folders that the user's settings let steps read. Raises UsageError for wrong settings."""
    for engine in CONFIGURED.values():
        yield from engine.readable()
