"""The order in which the faces are searched for each character of a text, and the characters that each may draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vidbuild.media.text import regions

TEXT, MONO = "Source Sans Pro", "DejaVu Sans Mono"  # have the characters that a theme's families lack
# As they stand in a class of a regular expression:
PRIVATE = r"\u{e000}-\u{f8ff}\u{f0000}-\u{10ffff}"  # mean something in a theme's own fonts alone
JOINED = frozenset({"ARABIC"})  # the scripts of joined letters that MONO has, by the first words of Unicode names
_JOINED = r"\p{Arabic}"  # the same
SIGNS = r"\u{2600}-\u{27bf}"  # are emoji in emoji fonts, and black and white in others


def searched(
    named: Mapping[str, str], own: Sequence[str], added: Sequence[str] = ()
) -> dict[str, list[dict[str, str]]]:
    """Return use -> families, each {"name", "covers"}; `covers` is a regular expression, "" for all characters.

    named: use ("title", "text", "mono") -> the family that the theme names for it.
    own: the families of the theme's own fonts, in their order.
    added: those of extras and of the system that the scene needs. MONO has letters of some scripts, such as Arabic, as
    wide as those of code: in titles and texts, these families come before it; for joined letters even if it is named.
    """
    emoji = [name for name in own if "emoji" in name.lower()]  # last, as their digits and spaces are as wide as emoji
    others = [name for name in own if name not in emoji]
    signs = SIGNS if emoji else ""

    def families(left: str, *names: str) -> list[dict[str, str]]:
        unique = {name.lower(): name for name in reversed(names)}
        return [_family(unique.pop(name.lower()), own, emoji, left) for name in names if name.lower() in unique]

    def flowing(use: str) -> list[dict[str, str]]:
        found = families(signs, named[use], *others, TEXT, *emoji, *added, MONO)
        apart = _family(MONO, own, emoji, signs + _JOINED)
        return [apart if added and MONO not in own and each["name"] == MONO else each for each in found]

    return {
        "title": flowing("title"),
        "text": flowing("text"),
        "mono": families("", named["mono"], MONO, *others, TEXT, *emoji, *added),
    }


def _family(name: str, own: Sequence[str], emoji: Sequence[str], left: str) -> dict[str, str]:
    """Return a family; left: the characters that it leaves to emoji fonts."""
    if name in emoji:
        return {"name": name, "covers": ""}
    if name.lower() not in {each.lower() for each in own}:
        left += PRIVATE
    return {"name": name, "covers": f"[^{left}]" if left else ""}


# A region or language -> the end of the names of the families that have its forms of characters that Chinese, Japanese
# and Korean share.
_FORMS = {"TW": "TC", "HK": "HK", "zh": "SC", "ko": "KR", "ja": "JP"}


def regional(families: Sequence[str], language: str) -> list[str]:
    """Return the families, those with a language's own forms of shared characters first."""
    forms = _FORMS.get(regions.region_of(language) or language.partition("-")[0].lower(), "")
    return sorted(families, key=lambda name: not (forms and name.endswith(f" {forms}")))
