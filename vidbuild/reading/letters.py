"""Spells letters so that voices read them as letters."""

from __future__ import annotations

from vidbuild.patterns import later

SIBILANTS = ("s", "x", "z", "ch", "sh")
_HISSING = ("s", "z", "\u0283", "\u0292")
_VOICELESS = ("p", "t", "k", "f", "\u03b8")

# A single "A" is an article to most voices.
_ALONE = {"A": "eh"}
# Voices drop the ending of "PDFs" and "IDs" or read it as "is", so the last letter is written out.
_PLURALS = {
    "A": "ays", "B": "bees", "C": "seas", "D": "dees", "E": "ease", "F": "effs", "G": "jeez", "H": "aitches",
    "I": "eyes", "J": "jays", "K": "kays", "L": "ells", "M": "ems", "N": "ens", "O": "owes", "P": "pees", "Q": "cues",
    "R": "ars", "S": "esses", "T": "tees", "U": "yous", "V": "vees", "W": "double yous", "X": "exes", "Y": "whys",
    "Z": "zees",
}  # fmt: skip
_SPELLED = later(r"(?:^|(?<= ))((?:[A-Z]\.)*)([A-Z])\Z")


def spell(word: str) -> str:
    """Return the letters of a word, spelled: "A.P.I" for "API"; the dots make voices read each as a letter."""
    letters = word.upper()
    return _ALONE.get(letters, letters) if len(letters) == 1 else ".".join(letters)


def plural(spoken: str) -> str:
    """Return the plural of a spoken form: "A.P eyes" for "A.P.I"."""
    return _inflected(spoken) or spoken + ("es" if spoken.endswith(SIBILANTS) else "s")


def possessive(spoken: str) -> str:
    """Return the possessive of a spoken form, which sounds like the plural of a spelled one."""
    return _inflected(spoken) or f"{spoken}'s"


def with_s(sounds: str) -> str:
    """Return the sounds of an English word in IPA with those of its plural's or possessive's ending; "" of none."""
    if not sounds:
        return ""
    if sounds.endswith(_HISSING):
        return f"{sounds}\u026az"
    return f"{sounds}s" if sounds.endswith(_VOICELESS) else f"{sounds}z"


def _inflected(spoken: str) -> str:
    found = _SPELLED.search(spoken)
    if not found:
        return ""
    before = found[1].removesuffix(".")
    before = _ALONE.get(before, before)
    head = f"{spoken[: found.start()]}{before} " if before else spoken[: found.start()]
    return head + _PLURALS[found[2]]
