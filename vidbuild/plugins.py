"""What plug-ins are made of: the one place from which they import. See docs/plugins.md.

::

    from vidbuild.plugins import Scene, SceneDefaults

    class Gauge(SceneDefaults):
        interface = 1
        name = "gauge"
        ...

Each name is imported when it is used, so that a voice engine does not load what belongs to scenes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidbuild.create.source.outline import (
        Change,
        Chart,
        Code,
        Command,
        Commands,
        Diagram,
        Item,
        Items,
        Omission,
        Outline,
        Page,
        Picture,
        Prose,
        Quotation,
        Recording,
        Section,
        Table,
    )
    from vidbuild.create.source.outline import (
        Speech as Spoken,
    )
    from vidbuild.create.source.protocol import Importer, Source, SourceError
    from vidbuild.create.writers.plugin import PluginWriter as Writer
    from vidbuild.create.writers.plugin import WriterDefaults
    from vidbuild.create.writers.protocol import Answer, Question
    from vidbuild.errors import StepError, UnreachableError, UsageError
    from vidbuild.location import Location
    from vidbuild.media.text.words import EngineWord, Speech
    from vidbuild.model import Scene
    from vidbuild.scenes.defaults import SceneDefaults, rising, texts
    from vidbuild.scenes.protocol import (
        Clip,
        DocumentPage,
        Light,
        Reveal,
        SceneProblem,
        SceneType,
        scaled,
        showing,
    )
    from vidbuild.spec.lock_file import Request
    from vidbuild.stock.protocol import Access, Candidate, Provider, StockError, Version
    from vidbuild.voices.defaults import VoiceDefaults
    from vidbuild.voices.plugin import PluginVoice as VoiceEngine
    from vidbuild.voices.program import keep as write_speech
    from vidbuild.voices.protocol import SpeechRequest, VoiceProblem

_OUTLINE, _SOURCE = "create.source.outline", "create.source.protocol"
_STOCK = "stock.protocol"
_SCENES, _VOICES = "scenes.protocol", "voices.protocol"
# Name -> its module, with its name there if that is another one.
_HOMES = {
    "Access": _STOCK,
    "Answer": "create.writers.protocol",
    "Candidate": _STOCK,
    "Change": _OUTLINE,
    "Chart": _OUTLINE,
    "Clip": _SCENES,
    "Code": _OUTLINE,
    "Command": _OUTLINE,
    "Commands": _OUTLINE,
    "Diagram": _OUTLINE,
    "DocumentPage": _SCENES,
    "EngineWord": "media.text.words",
    "Importer": _SOURCE,
    "Item": _OUTLINE,
    "Items": _OUTLINE,
    "Light": _SCENES,
    "Location": "location",
    "Omission": _OUTLINE,
    "Outline": _OUTLINE,
    "Page": _OUTLINE,
    "Picture": _OUTLINE,
    "Prose": _OUTLINE,
    "Provider": _STOCK,
    "Question": "create.writers.protocol",
    "Quotation": _OUTLINE,
    "Recording": _OUTLINE,
    "Request": "spec.lock_file",
    "Reveal": _SCENES,
    "Scene": "model",
    "SceneDefaults": "scenes.defaults",
    "SceneProblem": _SCENES,
    "SceneType": _SCENES,
    "Section": _OUTLINE,
    "Source": _SOURCE,
    "SourceError": _SOURCE,
    "Speech": "media.text.words",
    "SpeechRequest": _VOICES,
    "Spoken": f"{_OUTLINE}:Speech",
    "StepError": "errors",
    "StockError": _STOCK,
    "Table": _OUTLINE,
    "UnreachableError": "errors",
    "UsageError": "errors",
    "Version": _STOCK,
    "VoiceDefaults": "voices.defaults",
    "VoiceEngine": "voices.plugin:PluginVoice",
    "VoiceProblem": _VOICES,
    "Writer": "create.writers.plugin:PluginWriter",
    "WriterDefaults": "create.writers.plugin",
    "rising": "scenes.defaults",
    "scaled": _SCENES,
    "showing": _SCENES,
    "texts": "scenes.defaults",
    "write_speech": "voices.program:keep",
}

__all__ = [
    "Access",
    "Answer",
    "Candidate",
    "Change",
    "Chart",
    "Clip",
    "Code",
    "Command",
    "Commands",
    "Diagram",
    "DocumentPage",
    "EngineWord",
    "Importer",
    "Item",
    "Items",
    "Light",
    "Location",
    "Omission",
    "Outline",
    "Page",
    "Picture",
    "Prose",
    "Provider",
    "Question",
    "Quotation",
    "Recording",
    "Request",
    "Reveal",
    "Scene",
    "SceneDefaults",
    "SceneProblem",
    "SceneType",
    "Section",
    "Source",
    "SourceError",
    "Speech",
    "SpeechRequest",
    "Spoken",
    "StepError",
    "StockError",
    "Table",
    "UnreachableError",
    "UsageError",
    "Version",
    "VoiceDefaults",
    "VoiceEngine",
    "VoiceProblem",
    "Writer",
    "WriterDefaults",
    "rising",
    "scaled",
    "showing",
    "texts",
    "write_speech",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    home, _, other = _HOMES[name].partition(":")
    return getattr(import_module(f"vidbuild.{home}"), other or name)
