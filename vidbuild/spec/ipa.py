"""Checks the sounds that a spec gives in IPA."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vidbuild.model import Narration, Voice
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path
from vidbuild.voices import ipa


def check(entries: Mapping[str, Any], path: Path, collector: DiagnosticCollector) -> None:
    """Add an error for each symbol that is no sound. path: of the entries in the collector's document."""
    for word, entry in entries.items():
        if not isinstance(entry, Mapping):
            continue
        try:
            ipa.phonemes(entry["ipa"])
        except ipa.UnknownSoundError as error:
            message = f"unknown sound '{error}': expected the symbols of IPA for English"
            hint = "write each sound as in a dictionary, such as \u02c8w\u026an, or give text instead: 'win'"
            collector.error((*path, word, "ipa"), message, hint, token=str(error))


def check_voice(voice: Voice, narration: Narration, path: Path, collector: DiagnosticCollector) -> None:
    """Warn of sounds that a narration's voice does not take."""
    if ipa.takes(voice.engine, voice.name):
        return
    for token in dict.fromkeys(each for each in narration.tokens if each.ipa and each.spoken.strip() == each.text):
        message = f"the voice '{voice.engine}:{voice.name}' takes no IPA: it reads '{token.spoken.strip()}'"
        hint = "add how it is spoken to the entry: {ipa: ..., spoken: ...}"
        collector.warning("VB208", path, message, hint, token=token.text)
