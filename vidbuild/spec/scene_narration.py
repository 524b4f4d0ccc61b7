"""Turns the narration of a scene, text, translations, a recording or a list of utterances, into Narrations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path as FilePath
from typing import Any

from vidbuild.json_types import Json
from vidbuild.media.text.words import spoken_text
from vidbuild.model import Narration, Utterance, Voice
from vidbuild.spec import entry_language, files, narration, paths, pauses, voice
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path
from vidbuild.spec.entry_language import Speaker
from vidbuild.spec.scene_context import SceneContext
from vidbuild.voices import spoken_language

REMOVE_ENTRY = "remove the entry"


def narrations(value: Json, path: Path, context: SceneContext, speaker: Speaker) -> dict[str, Narration | None]:
    """Return language -> narration, None if absent or wrong; the spec's language alone unless there are others.

    value: the scene's `narration`, valid; path: its path.
    speaker: the scene's.
    """
    found: dict[str, Narration | None] = {}
    known = languages(value)
    own = narration.lookup(context.language, known) if known else context.language
    if own is None:
        context.collector.error(path, *narration.missing(context.language, known))
        found[context.language] = None
    for language in dict.fromkeys((*([context.language] if own is not None else ()), *known)):
        found[language] = _in_language(value, path, context, language, speaker)
    return found


def languages(value: Json) -> list[str]:
    """Return the languages of a narration; none if it is the same in all."""
    if isinstance(value, Mapping) and "audio" not in value:
        return list(value)
    if isinstance(value, list):
        entries = (each["text"] for each in value if isinstance(each, Mapping) and isinstance(each["text"], Mapping))
        return list(dict.fromkeys(chain.from_iterable(entries)))
    return []


def texts(value: Json, path: Path, language: str) -> Iterator[tuple[Path, str]]:
    """Yield the texts of a narration in a language, one for each utterance, with their paths.

    value: the narration as it is written; what is no text is left out.
    """
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from texts(entry, (*path, index), language)
    elif isinstance(value, Mapping):
        found = narration.lookup(language, [key for key in value if isinstance(key, str)])
        key = "text" if "text" in value else found
        if key is not None:
            yield from texts(value[key], (*path, key), language)


def _in_language(value: Json, path: Path, context: SceneContext, language: str, speaker: Speaker) -> Narration | None:
    if value is None:
        return None
    if isinstance(value, Mapping) and "audio" not in value:
        key = narration.lookup(language, value) or language
        return _in_language(value[key], (*path, key), context, language, speaker)
    if isinstance(value, list):
        return _dialogue(value, path, context, language, speaker)
    if isinstance(value, str):
        return _narration(value, path, context, language, speaker=speaker[0])
    audio = _audio(value["audio"], (*path, "audio"), context)
    return _narration(value["text"], (*path, "text"), context, language, audio, recorded=True)


def _dialogue(
    entries: Sequence[Json], path: Path, context: SceneContext, language: str, speaker: Speaker
) -> Narration | None:
    """Return the narration of a list, or None after adding errors."""
    before = len(context.collector_of(language).diagnostics)
    found = [
        _utterance(index, entry, (*path, index), context, language, speaker) for index, entry in enumerate(entries)
    ]
    _check_cues(entries, path, context.collector_of(language), language)
    utterances = [each for each in found if each is not None]
    has_errors = any(each.severity == "error" for each in context.collector_of(language).diagnostics[before:])
    return combined(utterances) if len(utterances) == len(entries) and not has_errors else None


def _check_cues(entries: Sequence[Json], path: Path, collector: DiagnosticCollector, language: str) -> None:
    """Add an error for each cue that two entries define."""
    first: dict[str, Path] = {}
    for place, text in texts(list(entries), path, language):
        for cue in narration.cues(text):
            if first.setdefault(cue, place) != place:
                message = f"cue '{cue}' is defined twice in this narration"
                collector.error(place, message, token=f"[[{cue}]]")


def combined(utterances: Sequence[Utterance]) -> Narration:
    """Return a list's entries as one narration."""
    tokens = tuple(chain.from_iterable(each.narration.tokens for each in utterances))
    cues: dict[str, int] = {}
    before = 0
    for each in utterances:
        cues.update({name: before + index for name, index in each.narration.cues.items()})
        before += len(each.narration.tokens)
    text = " ".join(each.narration.text for each in utterances)
    return Narration(text, spoken_text(tokens), tokens, cues, utterances=tuple(utterances))


def _utterance(
    index: int, entry: Json, path: Path, context: SceneContext, language: str, speaker: Speaker
) -> Utterance | None:
    fields: Mapping[str, Any] = {"text": entry} if isinstance(entry, str) else entry
    known = entry_language.check_texts(fields, path, context)
    spoken_in = fields.get("language", language)
    own, named = entry_language.speaker(fields, speaker, spoken_in)
    if "voice" in fields:
        named = fields["voice"]
        own = voice.resolve(named, (*path, "voice"), context.collector, context.spec["voices"], spoken_in)
    audio: FilePath | None = None
    if "audio" in fields:
        known = _check_recorded(fields, path, context) and known
        own, named, audio = voice.RECORDED, None, _audio(fields["audio"], (*path, "audio"), context)
        known = known and audio is not None
    elif own is not None:
        entry_language.check_voice(own, fields, path, context.collector_of(language), language)
    text = next(texts(entry, path, language), None)
    if text is None:
        message, hint = narration.missing(language, list(fields["text"]))
        context.collector_of(language).error((*path, "text"), message, hint)
        return None
    parsed = _narration(
        text[1], text[0], context, language, audio, speaker=own, recorded="audio" in fields, own=fields.get("language")
    )
    if parsed is None or own is None or not known:
        return None
    name = fields.get("speaker") or voice.speaker(named, context.spec["voices"])
    default = context.spec["defaults"]["pause_between"] if index else 0
    pause = float(fields.get("pause", default))
    return Utterance(index, parsed, own, name.strip(), pause, fields.get("language", ""))


def _check_recorded(fields: Mapping[str, Any], path: Path, context: SceneContext) -> bool:
    """Return whether an entry with a recording has no field that contradicts it."""
    before = len(context.collector.diagnostics)
    if "voice" in fields:
        hint = "remove one of them; 'speaker' names who speaks in a recording"
        context.collector.error((*path, "voice"), "'voice' and 'audio' cannot both be given", hint, key=True)
    if isinstance(fields["text"], Mapping):
        message = "a recording is in one language: 'text' must be text, not a mapping"
        hint = "write a narration for each language: narration: {en: [...], de: [...]}"
        context.collector.error((*path, "text"), message, hint)
    return len(context.collector.diagnostics) == before


def _narration(
    text: str,
    path: Path,
    context: SceneContext,
    language: str,
    audio: FilePath | None = None,
    *,
    speaker: Voice | None = None,
    recorded: bool = False,
    own: str | None = None,
) -> Narration | None:
    """Return the narration of one text, or None after adding errors.

    audio: None also for a wrong recording.
    speaker: the voice that speaks it, in whose language it is read.
    own: the language of the entry, if it has one.
    """
    collector = context.collector_of(language)
    problems = list(narration.problems(text))
    backslash = "\\\\" if collector.document.is_double_quoted(path) else "\\"
    for problem in problems:
        hint = problem.hint.replace("\\", backslash) if problem.hint else None
        collector.error(path, problem.message, _of_entry(hint, path), token=problem.token, nth=problem.nth)
    if problems:
        return None
    spoken_in = read_in = own or language
    if speaker is not None and (own or language == context.language):  # the voices of translations are not known here
        read_in = spoken_language.of(speaker.engine, speaker.name, spoken_in)
    parsed = narration.parse(text, context.pronunciation, spoken_in, audio, context.reading.reader(read_in))
    if recorded and (mark := next(pauses.marks(text), None)):
        hint = "remove it: the pauses of a recording are in its file"
        collector.error(path, f"'{mark}' cannot be added to a recording", hint, token=mark)
        return None
    if not recorded and not narration.speakable(parsed.spoken):
        collector.error(path, f"nothing in '{parsed.text}' can be spoken", _of_entry(narration.REMOVE, path))
        return None
    return parsed


def _of_entry(hint: str | None, path: Path) -> str | None:
    """Return the hint for a text at a path: what is without words in a list is one entry."""
    is_entry = any(isinstance(part, int) for part in path[path.index("narration") :])
    return REMOVE_ENTRY if hint == narration.REMOVE and is_entry else hint


def _audio(value: str, path: Path, context: SceneContext) -> FilePath | None:
    try:
        folder = context.folder(path)
        file = paths.resolve(value, folder, context.root)
        context.files.append(paths.as_written(value, folder))
        files.check_playable(file, value, "a recording")
        if spelling := paths.other_spelling(value, folder):
            context.collector.warning("VB111", path, *spelling)
    except paths.InputError as error:
        context.collector.error(path, error.message, error.hint)
        return None
    return file
