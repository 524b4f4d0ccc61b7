"""Warns of scenes that viewers cannot read in time, or that stay the same for long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from vidbuild.json_types import Json
from vidbuild.media.text import pages
from vidbuild.model import Narration, Scene
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.spec import lengths, still_spans
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path

READ = 4.0  # words that viewers read in a second
SHARE, SPARE = 1.5, 5.0  # how much longer than the scene reading may take: estimates err, and some texts are skimmed
STILL = 12.0  # seconds without any change, from which on viewers wonder whether the video has stopped
PROSE = frozenset({"cards", "compare", "list", "outro", "quote", "split", "steps", "title"})
TEXTS = frozenset({"by", "cards", "detail", "items", "kicker", "left", "right", "steps", "subtitle", "text", "title"})


def check(scenes: Sequence[Scene], language: str, collector: DiagnosticCollector) -> None:
    """Add the warnings about what scenes show, for as long as they probably last in a language."""
    for scene in scenes:
        narration = scene.narration.get(language) if isinstance(scene.narration, Mapping) else scene.narration
        path: Path = ("scenes", scene.index)
        seconds = lengths.estimated(scene, narration)
        if seconds is not None:
            _check_reading(scene, narration, seconds, collector, path)
            if seconds > STILL and not _moves(scene):
                _check_still(scene, narration, language, seconds, collector)


def _check_reading(
    scene: Scene, narration: Narration | None, seconds: float, collector: DiagnosticCollector, path: Path
) -> None:
    """Warn of more words than viewers can read, of those that the narration does not speak."""
    if scene.type not in PROSE:
        return
    spoken = {token.text.casefold() for token in narration.tokens} if narration else set()
    words = {
        name: [word for text in _texts(value) for word in text.split() if word.casefold() not in spoken]
        for name, value in scene.fields.items()
        if name in TEXTS
    }
    count = sum(map(len, words.values()))
    needed = count / READ
    if needed > SHARE * seconds + SPARE:
        longest = max(words, key=lambda name: len(words[name]))
        message = f"{count} words to read in about {seconds:.0f} s: viewers need {needed:.0f} s"
        collector.warning("VB330", (*path, longest), message)


def _texts(value: Json) -> Iterator[str]:
    """Yield the texts of a field that viewers read."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, Mapping):
        for name, each in value.items():
            if name in TEXTS:
                yield from _texts(each)


def _check_still(
    scene: Scene, narration: Narration | None, language: str, seconds: float, collector: DiagnosticCollector
) -> None:
    """Warn of a long time in which nothing changes, at the start, between changes or at the end."""
    start, length = still_spans.longest(scene, narration, language, seconds)
    if length > STILL:
        since = f" from about {start:.0f} s" if start >= 1 else ""
        message = f"nothing changes for about {length:.0f} s{since}: viewers expect a change every {STILL:.0f} s"
        collector.warning("VB406", ("scenes", scene.index, "id"), message)


def _moves(scene: Scene) -> bool:
    """Return whether anything moves or plays in a scene all the time."""
    kind = SCENE_TYPES[scene.type]
    return bool(
        kind.drifts(scene)
        or kind.plays(scene.fields)
        or scene.type == "clip"
        or any(each.kind == "cursor" for each in scene.callouts)
        or any(each.inset for each in scene.overlays)
        or scene.fields.get("subtitles") in list(pages.STYLES)
    )
