"""The voices in an espeak-ng data folder, read from its files.

A file in `lang/` is a voice, with its languages in order of preference (`language en-gb 2`; 5 without a number). The
library finds voices only by file name, so this module finds the file of a language, such as "en" for "en-gb". The files
in `voices/!v` are variants ("en-us+f3").
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from vidbuild.voices.protocol import VoiceProblem

DEFAULT_PRIORITY = 5
SUGGESTIONS, SIMILARITY = 3, 0.5

# The library's scale of pitches, from 0 to 99, as factors of the mean pitch at 50; measured with six voices, which
# differ by at most 0.04.
PITCHES = {0: 0.73, 10: 0.77, 25: 0.835, 40: 0.93, 50: 1.0, 60: 1.094, 75: 1.261, 90: 1.469, 99: 1.62}
PITCH_FACTORS = (min(PITCHES.values()), max(PITCHES.values()))
NORMAL_PITCH = 50

# In Hz: where the melody of a voice without a line `pitch BASE TOP` begins and ends.
BASE, TOP = 82, 118
# The mean pitch lies about two thirds from the base to the top.
MEAN = 0.66


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
    return (_file_named(data, base.casefold()) or _files(data).get(base.casefold(), base)) + plus + variant


@cache
def _file_named(data: Path, name: str) -> str:
    """Return the file name of the voice that is called like this, as most are; "" if none is. Few files are read."""
    found = sorted(
        Path(folder, file) for folder, _, files in os.walk(data / "lang") for file in files if file.casefold() == name
    )
    return next((path.name for path in found if any(_languages(data, path))), "")


def mean_pitch(data: Path, name: str) -> float:
    """Return about the mean pitch of a voice in Hz: the variant's, or else the language's."""
    file, _, variant = resolve(data, name).partition("+")
    files = [*(data / "voices" / "!v").glob(variant or "-"), *(data / "lang").rglob(file)]
    lines = [line.split() for path in files for line in path.read_text("utf-8", "replace").splitlines()]
    base, top = next((map(float, line[1:3]) for line in lines if line[:1] == ["pitch"]), (BASE, TOP))
    return base + (top - base) * MEAN


def pitch(data: Path, name: str, hertz: int) -> int:
    """Return a pitch above the voice's own on the library's scale, or the nearest that the scale has."""
    if not hertz:
        return NORMAL_PITCH
    mean = mean_pitch(data, name)
    wanted = (mean + hertz) / mean
    for (low, below), (high, above) in pairwise(PITCHES.items()):
        if wanted <= above:
            return max(0, round(low + (high - low) * (wanted - below) / (above - below)))
    return max(PITCHES)


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
