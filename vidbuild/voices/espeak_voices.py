"""The voices in an espeak-ng data folder, read from its files.

A file in `lang/` is a voice, with its languages in order of preference (`language en-gb 2`; 5 without a number). The
library finds voices only by file name, so this module finds the file of a language, such as "en" for "en-gb". The files
in `voices/!v` are variants ("en-us+f3").
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from vidbuild.voices.protocol import VoiceProblem

DEFAULT_PRIORITY = 5
SUGGESTIONS, SIMILARITY = 3, 0.5


def names(data: Path) -> list[str]:
    """Return the names of all languages, sorted: "en", "en-gb", "en-us"."""
    return sorted(_files(data))


def languages(data: Path) -> dict[str, str]:
    """Return language -> its name: "en-gb" -> "English (Great Britain)"."""
    files = {path.name: path for path in (data / "lang").rglob("*") if path.is_file()}
    return {language: _name(files[file]) for language, file in sorted(_files(data).items())}


def _name(path: Path) -> str:
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        key, _, name = line.partition(" ")
        if key == "name":
            return name.partition("//")[0].strip()
    return path.name


def resolve(data: Path, name: str) -> str:
    """Return the library's name of a voice, variant included; an unknown name as it is."""
    base, plus, variant = name.partition("+")
    return _files(data).get(base.casefold(), base) + plus + variant


def problem(data: Path, name: str) -> VoiceProblem | None:
    """Return why a voice's name is wrong, with similar names; None if it is right."""
    base, plus, variant = name.partition("+")
    if base.casefold() not in _files(data):
        return _unknown("voice", base, names(data))
    if plus and variant not in variants(data):
        return _unknown("variant", variant, variants(data))
    return None


@cache
def variants(data: Path) -> list[str]:
    """Return the names of the variants, which work with every voice."""
    return sorted(path.name for path in (data / "voices" / "!v").glob("*"))


@cache
def _files(data: Path) -> dict[str, str]:
    """Return language -> file name of the voice that prefers it most; a file's own name comes first."""
    best: dict[str, tuple[int, str]] = {}
    for path in sorted((data / "lang").rglob("*")):
        if path.is_file():
            for language, priority in _languages(data, path):
                known = best.setdefault(language.casefold(), (priority, path.name))
                if priority < known[0]:
                    best[language.casefold()] = (priority, path.name)
    return {language: file for language, (_, file) in best.items()}


def _languages(data: Path, path: Path) -> Iterator[tuple[str, int]]:
    """Yield the languages of a voice file with their priorities, the lowest first; none without its dictionary."""
    lines = [line.split("//")[0].split() for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    languages = [line[1:] for line in lines if len(line) > 1 and line[0] == "language"]
    dictionary = next((line[1] for line in lines if len(line) > 1 and line[0] == "dictionary"), None)
    if not languages or not (data / f"{dictionary or languages[0][0].split('-')[0]}_dict").is_file():
        return
    yield path.name, 0
    for language in languages:
        yield language[0], int(language[1]) if len(language) > 1 and language[1].isdigit() else DEFAULT_PRIORITY


def _unknown(what: str, name: str, known: list[str]) -> VoiceProblem:
    from vidbuild.suggest import did_you_mean

    return VoiceProblem(f"espeak has no {what} '{name}'", did_you_mean(name, known, SUGGESTIONS, SIMILARITY))
