"""Selects the narration of one language. One that is missing is spoken in the first language, by its voice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vidbuild.diagnostic import Diagnostic
from vidbuild.json_types import Json
from vidbuild.spec import narration
from vidbuild.spec.document import Path
from vidbuild.spec.language_texts import LanguageTexts
from vidbuild.spec.translatable import RECORDING, has_letters, tags
from vidbuild.spec.translations import Translation


class NarrationSelector:
    """Selects narrations of the language of these texts."""

    def __init__(self, texts: LanguageTexts) -> None:
        self._texts = texts
        self._made = texts.made

    def select(self, value: Json, path: Path) -> Json:
        """Return the narration at a path in the language."""
        self._made.node(path, path)
        if isinstance(value, list):
            return [self._entry(item, (*path, index)) for index, item in enumerate(value)]
        if isinstance(value, Mapping) and RECORDING not in value:
            return self._of_language(value, path)
        text = value.get("text") if isinstance(value, Mapping) else value
        if not isinstance(text, str) or self._texts.is_first or not has_letters(text):
            return self._made.copy(value, path, path)
        found = self._texts.translation(path, path)
        if found is not None:
            return self._spoken(found, path, text)
        self._texts.miss(path, path)
        return self._made.copy(value, path, path) if isinstance(value, Mapping) else self._in_first(value, path, path)

    def _of_language(self, value: Mapping[str, Json], path: Path) -> Json:
        """Return the narration of a mapping from language to narration."""
        own, first = self._texts.keys(value, path, path)
        if not value:
            self._texts.fail(path, path, "the narration has no text", f"write {{{self._texts.first}: ...}}")
        if own is not None:
            self._texts.count()
            if own != first and first is not None:
                self._check_cues(value[own], (*path, own), value[first], path)
            return self._made.copy(value[own], path, (*path, own), key=path)
        found = self._texts.translation(path, path)
        if found is not None:
            return self._spoken(found, path, value[first] if first is not None else None)
        if first is None:
            self._texts.fail_first(path, path)
            return self._made.copy(value, path, path)
        self._texts.miss(path, path, written=True)
        return self._in_first(value[first], path, (*path, first))

    def _entry(self, value: Json, path: Path) -> Json:
        """Return an entry of a narration that is a list."""
        if isinstance(value, str):
            if self._texts.is_first or not has_letters(value):
                return self._made.copy(value, path, path)
            found = self._texts.translation(path, path)
            if found is not None:
                return self._spoken(found, path, value)
            self._texts.miss(path, path)
            self._made.node(path, path)
            self._made.node((*path, "text"), path)
            return {"text": value, "language": self._texts.first}
        if not isinstance(value, Mapping) or "language" in value or RECORDING in value:
            return self._made.copy(value, path, path)
        self._made.node(path, path)
        entry = {key: self._made.copy(item, (*path, key), (*path, key)) for key, item in value.items() if key != "text"}
        if "text" in value:
            entry |= self._entry_text(value["text"], (*path, "text"))
        return entry

    def _entry_text(self, value: Json, path: Path) -> dict[str, Json]:
        """Return the text of an entry of a dialogue, and its language if that is the first one instead."""
        source: Path = path
        self._made.node(path, path)
        if isinstance(value, Mapping):
            own, first = self._texts.keys(value, path, path)
            if own is not None:
                self._texts.count()
                return {"text": self._made.copy(value[own], path, (*path, own), key=path)}
            if first is None:
                self._texts.fail_first(path, path)
                return {"text": self._made.copy(value, path, path)}
            source = (*path, first)
        text = value[source[-1]] if isinstance(value, Mapping) else value
        if self._texts.is_first or not isinstance(text, str) or not has_letters(text):
            return {"text": self._made.copy(text, path, source)}
        found = self._texts.translation(path, path)
        if found is not None:
            return {"text": self._spoken(found, path, text)}
        self._texts.miss(path, path, written=isinstance(value, Mapping))
        return {"text": self._made.copy(text, path, source), "language": self._texts.first}

    def _in_first(self, value: Json, new: Path, old: Path) -> Json:
        """Return a narration in the first language, which is spoken in that language."""
        if isinstance(value, list):
            self._made.node(new, old)
            return [self._in_first_entry(item, (*new, index), (*old, index)) for index, item in enumerate(value)]
        if not isinstance(value, str):
            return self._made.copy(value, new, old)
        return [self._in_first_entry(value, (*new, 0), old)]

    def _in_first_entry(self, value: Json, new: Path, old: Path) -> Json:
        self._made.node(new, old)
        if isinstance(value, Mapping):
            self._made.copy(value, new, old)
            return value if "language" in value or RECORDING in value else {**value, "language": self._texts.first}
        self._made.node((*new, "text"), old)
        return {"text": value, "language": self._texts.first, **self._first_voice(new)}

    def _first_voice(self, path: Path) -> dict[str, Json]:
        """Return the `voice` of an entry in the first language: the spec's own, unless the scene has another."""
        voice = self._texts.data.get("voice")
        if "voice" in self._texts.data["scenes"][path[1]] or not isinstance(voice, str | Mapping):
            return {}
        if isinstance(voice, Mapping) and self._texts.is_choice(voice, ("voice",)):
            key = narration.lookup(self._texts.first, tags(voice))
            return {"voice": voice[key]} if key else {}
        self._made.copy(voice, (*path, "voice"), ("voice",))
        return {"voice": voice}

    def _spoken(self, found: Translation, path: Path, source: Json) -> Json:
        """Return a translation of a narration, after an error for each cue of its source that it lacks."""
        text = self._texts.replaced(found, path)
        for message, hint in self._missing_cues(text, source):
            place, name = found.document.value(found.path), self._texts.found.document.name
            self._texts.found.diagnostics.append(Diagnostic("error", message, name, place, hint=hint))
            self._texts.failed.setdefault(path, [])
        return text

    def _check_cues(self, value: Json, old: Path, source: Json, path: Path) -> None:
        for message, hint in self._missing_cues(value, source):
            self._texts.found.error(old, message, hint)
            self._texts.failed.setdefault(path, [])

    def _missing_cues(self, value: Json, source: Json) -> Iterator[tuple[str, str]]:
        """Yield the message and hint for each cue of a narration in the first language that another one lacks."""
        if isinstance(value, str) and isinstance(source, str):
            own = set(narration.cues(value))
            for cue in narration.cues(source):
                if cue not in own:
                    message = f"cue '{cue}' of the narration in '{self._texts.first}' is missing in its translation"
                    yield message, f"write [[{cue}]] in it"
