"""Where sentences end, and how long they are."""

from __future__ import annotations

import re

# Words after which a full stop ends no sentence, in the languages of most documents.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'])(?:e\.g|eg|i\.e|ie|etc|cf|vs|approx|incl|resp|no|fig|sec|dr|mr|mrs|ms|prof|st|z\.\s?b|d\.\s?h|u\.\s?a|bzw"
    r"|ca|evtl|ggf|usw|p\. ?ej|[a-z])\.$",
    re.IGNORECASE,
)
SECONDS_A_WORD = 0.4  # about how long one takes to say
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def split(text: str, language: str) -> list[str]:
    """Return the sentences of a text, by Unicode's rules, joined again after abbreviations and inside of markup."""
    from icu4py.breakers import SentenceBreaker

    found: list[str] = []
    for piece in map(str, SentenceBreaker(text, language)):
        is_open = bool(found) and any(found[-1].count(sign) % 2 for sign in ("`", "**"))
        if found and (is_open or _ABBREVIATION.search(found[-1].rstrip()) or not _is_start(piece)):
            found[-1] += piece
        else:
            found.append(piece)
    return [each.strip() for each in found if each.strip()]


def _is_start(piece: str) -> bool:
    """Return whether a sentence can begin so: a small letter goes on with the one before."""
    first = next((character for character in piece if character.isalnum()), "")
    return not (first.islower() and not piece.lstrip().startswith("`"))


def length(text: str) -> int:
    """Return how many words a text has; of scripts without spaces, two characters count as one."""
    unspaced = len(_UNSPACED.findall(text))
    return len(_UNSPACED.sub("", text).split()) + unspaced // 2


def seconds(text: str) -> float:
    """Return about how long a text takes to say."""
    return SECONDS_A_WORD * length(text)
