"""Where drawn text can be divided: long words at their syllables, Chinese and Japanese text between phrases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from vidbuild.media.text import boundaries, scene_text
from vidbuild.patterns import later

if TYPE_CHECKING:
    from pyphen import Pyphen

SOFT_HYPHEN = "\u00ad"
# Shorter words fit into a line of any layout, and are not worth a dictionary. base.typ looks up words of this form.
_LONG = later(r"[^\W\d_]{14,}")
_LEAST = 3  # letters before and after a hyphen
# Han, kana, and the punctuation that stands among them; base.typ looks up runs of this form.
_RUN = later(
    "[\u3001\u3002\u3005\u3006\u300c-\u300f\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\uff66-\uff9f]{2,}"
)
_LONGEST = 12  # characters of a phrase that is kept on a line
# Between two phrases: a word that ends in kana, a suffix, and a counter.
_JOINED = later(
    "(?:.?[\u3400-\u9fff]\\|[\u3041-\u309f]|.?[\u3400-\u9fff]\\|[性的化者型用率度感力]|[一二三四五六七八九十数何]か\\|[\u3400-\u9fff])"
)


def params(fields: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return the parameters of a drawing that say where its texts can be divided: none if all can be so anyway."""
    texts = [text for _, text in scene_text.strings(fields)]
    found = {"hyphens": hyphens(texts, language), "phrases": phrases(texts, language)}
    return {name: value for name, value in found.items() if value}


def hyphens(texts: Iterable[str], language: str) -> Mapping[str, str]:
    """Return each long word that has syllables, with soft hyphens between them."""
    words = sorted({word for text in texts for word in _LONG.findall(text)})
    dictionary = _dictionary(language) if words else None
    if dictionary is None:
        return {}
    divided = {word: _divided(word, dictionary) for word in words}
    return {word: parts for word, parts in divided.items() if parts != word}


def phrases(texts: Iterable[str], language: str) -> Mapping[str, list[str]]:
    """Return each run of Chinese or Japanese characters that has several phrases, in its phrases."""
    spoken = language.partition("-")[0].lower()
    if spoken not in {"ja", "zh"}:
        return {}
    runs = sorted({run for text in texts for run in _RUN.findall(text)})
    split = {run: _japanese(run) if spoken == "ja" else _words(run, language) for run in runs}
    return {run: parts for run, parts in split.items() if max(map(len, parts)) <= _LONGEST and len(parts) < len(run)}


def _divided(word: str, dictionary: Pyphen) -> str:
    # Where a hyphen would change letters, the dictionary's position has data: the word stays whole there.
    places = [at for at in dictionary.positions(word.lower()) if not at.data and _LEAST <= at <= len(word) - _LEAST]
    return SOFT_HYPHEN.join(word[start:end] for start, end in pairwise([0, *places, len(word)]))


@cache
def _dictionary(language: str) -> Pyphen | None:
    import pyphen

    name = pyphen.language_fallback(language.replace("-", "_"))
    return pyphen.Pyphen(lang=name) if name else None


def _words(run: str, language: str) -> list[str]:
    return [run[start:end] for start, end in pairwise([0, *boundaries.cuts(run, language), len(run)])]


def _japanese(run: str) -> list[str]:
    """Divide at the ends of phrases, but not within words that ICU divides: 新|しい, 信頼|性, 一か|所."""
    from icu4py.breakers import LineBreaker

    parts: list[str] = []
    for part in LineBreaker(run, "ja-u-lw-phrase"):
        if parts and _JOINED.match(parts[-1][-2:] + "|" + part[0]):
            parts[-1] += part
        else:
            parts.append(part)
    return parts
