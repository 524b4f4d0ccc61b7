"""Selects the texts of one language: of a mapping from language to text, or of a file of translations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.frozen import dataclass
from vidbuild.json_types import Json
from vidbuild.spec import label_references, narration, translatable
from vidbuild.spec.by_output import Chosen
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import AUTHORS_OWN, Document, Path
from vidbuild.spec.language_texts import LanguageTexts
from vidbuild.spec.narration_in_language import NarrationSelector
from vidbuild.spec.translatable import has_letters, is_narration, tags
from vidbuild.spec.translations import Translations
from vidbuild.voices import spoken_language

VERBATIM = frozenset({"$schema", "vidbuild", "languages", "outputs", "vars", "brand", "pronounce", "reading"})


@dataclass(frozen=True, slots=True)
class InLanguage:
    """The document of a video in one language.

    failed: path -> the errors of its value.
    unchanged: the indexes of the scenes whose picture shows the same in the first language.
    """

    document: Document
    failed: Mapping[Path, list[Diagnostic]]
    unchanged: frozenset[int]


def select(
    chosen: Chosen, languages: Sequence[str], language: str, texts: Translations, collector: DiagnosticCollector
) -> InLanguage:
    """Return the document of a video in a language, which has a text in place of each mapping from language to text.

    chosen: the document of the video's output.
    languages: of the spec; the first is the one in which it is written.
    texts: the translations into the language.
    collector: gets a warning for each text that is missing; the text in the first language takes its place.
    """
    return _Selector(LanguageTexts(chosen, languages, language, texts)).run(collector)


class _Selector:
    def __init__(self, texts: LanguageTexts) -> None:
        self.texts = texts
        self.made = texts.made
        self.narrations = NarrationSelector(texts)

    def run(self, collector: DiagnosticCollector) -> InLanguage:
        """Return the document; add the problems to the collector."""
        texts, values = self.texts, dict[str, Any](language=self.texts.language)
        place: Path = ("languages", texts.languages.index(texts.language))
        self.made.node((), ())
        self.made.node(("language",), place)
        for name, value in texts.data.items():
            if name in VERBATIM or name.startswith(AUTHORS_OWN):
                values[name] = self.made.copy(value, (name,), (name,))
            elif name not in {"language", "voice"}:
                values[name] = self._value(value, (name,), (name,))
        self._add_voice(values)
        self._report(place)
        scenes = texts.data.get("scenes")
        if isinstance(scenes, list) and not texts.is_first:
            for written, scene in zip(scenes, values["scenes"], strict=True):
                label_references.follow(written, scene, texts.first)
        count = len(scenes) if isinstance(scenes, list) else 0
        unchanged = () if texts.looks_change else (index for index in range(count) if index not in texts.changed)
        collector.diagnostics.extend(texts.found.diagnostics)
        return InLanguage(self.made.document(values), texts.failed, frozenset(unchanged))

    def _value(self, value: Json, new: Path, old: Path) -> Json:
        """Return the value at a path in the language. old: its path in the document of the output."""
        if is_narration(new):
            return self.narrations.select(value, new)
        if isinstance(value, str):
            return self._plain(value, new, old)
        self.made.node(new, old)
        if isinstance(value, list):
            return [self._value(item, (*new, index), (*old, index)) for index, item in enumerate(value)]
        if not isinstance(value, Mapping):
            return value
        if self.texts.is_choice(value, new):
            return self._of_language(value, new, old)
        return {key: self._value(item, (*new, key), (*old, key)) for key, item in value.items()}

    def _of_language(self, value: Mapping[str, Json], new: Path, old: Path) -> Json:
        """Return the value of a mapping from language to value."""
        own, first = self.texts.keys(value, new, old)
        if own is not None:
            self.texts.count()
            self.texts.note_change(new, different=first is None or value[own] != value[first])
            return self.made.copy(value[own], new, (*old, own), key=old)
        found = self.texts.translation(new, old) if any(isinstance(each, str) for each in value.values()) else None
        if found is not None:
            return self.texts.replaced(found, new)
        if first is None:
            self.texts.fail_first(new, old)
            return self.made.copy(value, new, old)
        self.texts.miss(new, old, written=True)
        return self.made.copy(value[first], new, (*old, first), key=old)

    def _plain(self, value: str, new: Path, old: Path) -> Json:
        """Return a text that is no mapping in the language."""
        self.made.node(new, old)
        if self.texts.is_first or not has_letters(value) or not translatable.is_text(new, self.texts.data):
            return value
        found = self.texts.translation(new, old)
        if found is not None:
            return self.texts.replaced(found, new, different=found.text != value)
        self.texts.miss(new, old)
        return value

    def _add_voice(self, values: dict[str, Any]) -> None:
        """Add the voice: the spec's in the first language, then that of the language in `voices`.

        Without one, `voice` speaks its own language only; the others have their default voices.
        """
        texts, own, voices = self.texts, self.texts.data.get("voice"), self.texts.data.get("voices")
        key = narration.lookup(texts.language, tags(voices))
        chosen = isinstance(own, Mapping) and texts.is_choice(own, ("voice",))
        near = spoken_language.primary(texts.language) == spoken_language.primary(texts.first)
        if own is not None and (texts.is_first or chosen or (near and key is None)):
            values["voice"] = self._value(own, ("voice",), ("voice",))
        elif key is not None and isinstance(voices, Mapping):
            voice = voices[key]
            if isinstance(voice, Mapping):
                voice = {name: item for name, item in voice.items() if name != "speaker"}
            values["voice"] = self.made.copy(voice, ("voice",), ("voices", key))

    def _report(self, place: Path) -> None:
        """Warn of the texts that are missing; once of a language into which nothing is translated."""
        texts, language, first = self.texts, self.texts.language, self.texts.first
        file, both = texts.translations.file_name, f"{{{first}: ..., {language}: ...}}"
        if texts.missing and not texts.translated:
            message = f"no text is translated into '{language}': the video has those in '{first}'"
            texts.found.warning(
                "VB223", place, message, f"write a file for them: {texts.translations.extraction}; or texts as {both}"
            )
            return
        for each in texts.missing:
            message = f"no '{each.field}' in '{language}': the one in '{first}' takes its place"
            hint = f"write '{each.field}: ...' below '{each.scene}' in '{file}', or the text as {both}"
            hint = f"add '{language}: ...'" if each.written else hint
            texts.found.warning("VB224", each.path, message, hint)
