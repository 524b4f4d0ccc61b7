"""The region of a language's texts: Chinese has other forms of many characters, and other punctuation, in each."""

from __future__ import annotations

import shutil
from pathlib import Path

# The beginning of a tag -> the region. Without one, the forms of Chinese are those of mainland China.
_REGIONS = (
    *(("zh-hant-hk", "HK"), ("zh-hk", "HK"), ("zh-hant-mo", "HK"), ("zh-mo", "HK"), ("yue", "HK")),
    *(("zh-hant", "TW"), ("zh-tw", "TW")),
)


def params(language: str) -> dict[str, str]:
    """Return the parameter of a step that draws texts in a language: {"region"}, or nothing."""
    region = region_of(language)
    return {"region": region} if region else {}


def region_of(language: str) -> str:
    """Return the region whose forms a language has, "" if its own are enough to know them. language: a BCP 47 tag."""
    tag = f"{language.lower().replace('_', '-')}-"
    return next((region for start, region in _REGIONS if tag.startswith(f"{start}-")), "")


def copy_template(source: Path, target: Path, region: str) -> None:
    """Copy a template; a region of its texts, if given, is set in its first line: its lines keep their numbers."""
    if not region:
        shutil.copyfile(source, target)
        return
    target.write_text(f'#set text(region: "{region}"); {source.read_text(encoding="utf-8")}', encoding="utf-8")
