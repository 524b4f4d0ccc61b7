"""Warns of narrations that are not spoken as their author expects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from vidbuild.media.text import spoken_length
from vidbuild.model import Narration, Scene, Voice
from vidbuild.reading import tables
from vidbuild.reading.reader import is_english
from vidbuild.spec import ipa, markup, pauses, scene_locations
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path
from vidbuild.spec.pronounce import Pronunciation
from vidbuild.spec.scene_narration import texts
from vidbuild.spec.value_hints import value_of
from vidbuild.voices import spoken_language

MAX_WORDS = 150  # about a minute of speech in one scene
SPOKEN = {"<": "less than", ">": "greater than", "|": "or", "^": "to the power of", "<-": "from"}
SHOWN = 12  # characters of a long word in a message
FASTEST = 220  # words a minute, as people talk when they hurry
FEW = 6  # words that viewers follow at any rate
LONGEST_WORD = 30  # characters: more without a space are a sentence, which an entry of `pronounce` does not help
# espeak speaks only the beginning of such a word: of 33 sevens already, of digits with shorter names some more.
UNSPEAKABLE = re.compile("[0-9]{33,}|[0-9A-Za-z]{151,}")


def check(scenes: Sequence[Scene], language: str, collector: DiagnosticCollector, *, is_read: bool) -> None:
    """Add the warnings about all narrations in a language.

    is_read: whether signs and numbers are read before a voice gets them.
    """
    unreadable: set[tuple[str, str]] = set()
    for scene in scenes:
        narration = scene.narration.get(language) if isinstance(scene.narration, Mapping) else scene.narration
        if narration is None:
            continue
        place: Path = ("scenes", scene.index, "narration")
        paths = [path for path, _ in texts(value_of(collector.document.data, place), place, language)]
        if len(narration.tokens) > MAX_WORDS:
            message = f"narration of {len(narration.tokens)} words: viewers can follow up to {MAX_WORDS} in one scene"
            collector.warning("VB201", place if narration.utterances else paths[0], message)
        spoken = [(each.narration, each.voice, each.language or language) for each in narration.utterances] or [
            (narration, scene.voice, language)
        ]
        for path, (each, voice, spoken_in) in zip(paths, spoken, strict=True):
            if each.audio is None:
                in_english = is_english(spoken_language.of(voice.engine, voice.name, spoken_in))
                _check_signs(voice, each, path, collector, is_read=is_read and in_english)
                _check_scripts(voice, each, path, collector, unreadable)
                ipa.check_voice(voice, each, path, collector)
                _check_pace(voice, each, path, collector)
        _check_mentions(scene, narration, language, collector)


def _check_pace(voice: Voice, narration: Narration, path: Path, collector: DiagnosticCollector) -> None:
    """Warn of a voice whose rate is too high to be followed for more than a few words."""
    pace = spoken_length.WORDS_PER_SECOND * 60 * voice.rate / 100
    if pace > FASTEST and len(narration.tokens) > FEW:
        message = f"narration too fast: about {pace:.0f} words a minute, viewers can follow up to {FASTEST}"
        hint = f"set a 'rate' of {int(voice.rate * FASTEST / pace)} or less"
        collector.warning("VB219", path, message, hint)


def check_unused(pronunciation: Pronunciation, collector: DiagnosticCollector) -> None:
    """Warn of `pronounce` entries that no narration uses."""
    for word in pronunciation.entries:
        if word not in pronunciation.used and collector.document.is_own(("pronounce", word)):
            hint = "remove it, or check its spelling"
            collector.warning("VB202", ("pronounce", word), f"no narration uses '{word}'", hint, key=True)


def _check_signs(
    voice: Voice, narration: Narration, path: Path, collector: DiagnosticCollector, *, is_read: bool
) -> None:
    """Warn of markup that is read aloud, and of what espeak leaves out."""
    spoken = narration.spoken
    text = narration.text if is_read else spoken
    silences = pauses.foreign(text)
    for tag in dict.fromkeys([*markup.tags(text), *silences]):
        hint = silences.get(tag, "remove it")
        message = f"the voice reads '{tag}' aloud: narrations are plain text"
        collector.warning("VB203", path, message, hint, token=tag)
    for sign in dict.fromkeys(_read_aloud(narration) if is_read else markup.read_aloud(spoken)):
        hint = f"remove it, or add how it is spoken to 'pronounce': {{'{sign}': ...}}"
        collector.warning("VB204", path, f"the voice reads '{sign}' aloud", hint, token=sign)
    if voice.engine != "espeak":
        return
    found: dict[str, int] = {}
    for sign, nth in markup.silent(spoken):
        found.setdefault(sign, nth)
    for sign, nth in found.items():
        hint = f"add how it is spoken to 'pronounce', such as {{'{sign}': {SPOKEN.get(sign, 'to')}}}"
        message = f"espeak leaves out '{sign}', which captions show"
        collector.warning("VB205", path, message, hint, token=sign, nth=nth)
    long_word = UNSPEAKABLE.search(spoken)
    if long_word:
        message = f"espeak speaks only the beginning of '{long_word[0][:SHOWN]}…': {len(long_word[0])} characters"
        collector.warning("VB206", path, f"{message} without a space")


def _read_aloud(narration: Narration) -> Iterator[str]:
    """Yield signs of Markdown that are left, and that the reading turned into their names."""
    for token in narration.tokens:
        for sign in markup.read_aloud(token.text):
            if sign in token.spoken or tables.SIGNS.get(sign[0], sign) in token.spoken:
                yield sign


def _check_scripts(
    speaker: Voice, narration: Narration, path: Path, collector: DiagnosticCollector, known: set[tuple[str, str]]
) -> None:
    """Warn once for each script and voice of words that the voice cannot read."""
    from vidbuild.voices.registry import ENGINES

    voice = f"{speaker.engine}:{speaker.name}"
    for script, word in ENGINES[speaker.engine].unreadable(speaker.name, narration.spoken):
        if (voice, script) not in known:
            known.add((voice, script))
            is_word = len(word) <= LONGEST_WORD
            shown = word if is_word else f"{word[:SHOWN]}…"
            spells = "spells" if speaker.engine == "espeak" else "spells or leaves out"
            message = f"the voice '{voice}' cannot read {script}: it {spells} '{shown}'"
            hint = "use a voice for that language"
            if is_word:
                hint = f"add how it is spoken to 'pronounce', such as {{{word}: ...}}, or {hint}"
            collector.warning("VB207", path, message, hint, token=word)


def _check_mentions(scene: Scene, narration: Narration, language: str, collector: DiagnosticCollector) -> None:
    """Warn of reveals of which the narration does not determine the time."""
    from vidbuild.scenes.registry import reveals_of
    from vidbuild.timeline.mentions import mentions

    reveals = reveals_of(scene)
    for reveal, mention in zip(reveals, mentions(reveals, narration.tokens, language), strict=True):
        if mention.unsure:
            hint = "place a cue such as [[here]] before its passage, and add 'at: here' to it"
            message = f"the time of '{reveal.words}' is estimated: {mention.unsure}"
            collector.warning("VB214", scene_locations.path(scene.index, reveal.field), message, hint)
