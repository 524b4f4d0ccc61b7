"""The voices in an espeak-ng data folder, from its files alone; it knows nothing of how they are made to speak.

A file below `lang/` is a voice and says for which languages, in order of preference (`language en-gb 2`, 5 where no
number stands). The library itself finds voices only by file name, so what a person would write ("en-gb", whose file is
"en") is looked up here. What is below `voices/!v` are variants ("en-us+f3").
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

NO_NUMBER = 5
NEAREST = 3


def names(data: Path) -> list[str]:
    """All names that are languages, sorted: "en", "en-gb", "en-us"."""
    return sorted(_files(data))


def resolve(data: Path, name: str) -> str:
    """The name the library knows a voice by, variant included; the name itself where it is unknown here."""
    base, plus, variant = name.partition("+")
    return _files(data).get(base.casefold(), base) + plus + variant


def problem(data: Path, name: str) -> str | None:
    """What is wrong with a voice's name, with the nearest ones."""
    base, plus, variant = name.partition("+")
    if base.casefold() not in _files(data):
        return _unknown("voice", base, names(data))
    if plus and variant not in variants(data):
        return _unknown("variant", variant, variants(data))
    return None


@cache
def variants(data: Path) -> list[str]:
    """Ways in which any voice can be varied: other speakers, in a manner of speaking."""
    return sorted(path.name for path in (data / "voices" / "!v").glob("*"))


@cache
def _files(data: Path) -> dict[str, str]:
    """Language -> file name of the voice that prefers it most; a file's own name before all others."""
    best: dict[str, tuple[int, str]] = {}
    for path in sorted((data / "lang").rglob("*")):
        if path.is_file():
            for language, number in _languages(data, path):
                known = best.setdefault(language.casefold(), (number, path.name))
                if number < known[0]:
                    best[language.casefold()] = (number, path.name)
    return {language: file for language, (_, file) in best.items()}


def _languages(data: Path, path: Path) -> Iterator[tuple[str, int]]:
    """The languages a voice file speaks with its preferences; none if its dictionary was not shipped."""
    lines = [line.split("//")[0].split() for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    told = [line[1:] for line in lines if len(line) > 1 and line[0] == "language"]
    dictionary = next((line[1] for line in lines if len(line) > 1 and line[0] == "dictionary"), None)
    if not told or not (data / f"{dictionary or told[0][0].split('-')[0]}_dict").is_file():
        return
    yield path.name, 0
    for language in told:
        yield language[0], int(language[1]) if len(language) > 1 and language[1].isdigit() else NO_NUMBER


def _unknown(what: str, name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name.casefold(), known, NEAREST, 0.5)
    return f"espeak has no {what} '{name}'" + (f"; nearest: {', '.join(near)}" if near else "")
