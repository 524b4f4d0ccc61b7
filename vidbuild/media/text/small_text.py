"""Names the fields whose text is drawn so small that it is hard to read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vidbuild.frozen import dataclass
from vidbuild.media.text import scene_text

LEAST = 16  # pixels of the type in a frame of 1280x720, about what subtitles of phones have
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\ufdd0-\ufdd3]")  # what templates add to a text, and marks of its markup
_KNOWN = 12  # characters by which a text is found in its field
SMALL_TEXT = "small-text"


@dataclass(frozen=True, slots=True)
class Small:
    """A text that is drawn in small type.

    text: its beginning; "" if a template drew it in parts, as code is.
    size: of its type, in pixels of the frame.
    of_720: the size that it has if the frame is scaled to 1280x720.
    """

    text: str
    size: float
    of_720: float


def warnings(found: Iterable[Small], fields: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """Return a warning for each top-level field with small text: {"kind", "field", "message", "hint"}.

    It is at the smallest text of the field.

    fields: what the template drew; a text that is in none of them belongs to the one with the longest text.
    """
    texts = [(field, _shown(text)) for field, text in scene_text.strings(fields)]
    smallest: dict[str, tuple[str, Small]] = {}
    for each in found:
        start = _shown(each.text).rstrip("…")[:_KNOWN].rstrip()
        field = next((field for field, text in texts if start and start.casefold() in text.casefold()), "")
        field = field or max(texts, key=lambda item: len(item[1]), default=("", ""))[0]
        _, least = smallest.setdefault(top_level(field), (field, each))
        if each.size < least.size:
            smallest[top_level(field)] = (field, each)
    return [_warning(field, each) for field, each in smallest.values()]


def unreported(
    found: Iterable[Small], fields: Mapping[str, Any], reported: Sequence[Mapping[str, str]]
) -> list[Mapping[str, str]]:
    """Return the warnings for small text in fields that no other warning is about.

    There are none if a template has reported a crowded layout: that is why its type is small.
    """
    if any(each.get("kind") == "crowded" for each in reported):
        return []
    known = {top_level(each["field"]) for each in reported}
    return [each for each in warnings(found, fields) if top_level(each["field"]) not in known]


def top_level(field: str) -> str:
    """Return the first part of a dotted field."""
    return field.partition(".")[0]


def _shown(text: str) -> str:
    return _INVISIBLE.sub("", text)


def _warning(field: str, small: Small) -> Mapping[str, str]:
    of_720 = "" if round(small.size) == round(small.of_720) else f", which is {small.of_720:.0f} px in a video of 720p"
    message = f"text is too small to read: its type has {small.size:.0f} px{of_720}"
    hint = f"show less of it, so that the type has at least {LEAST} px in a video of 720p"
    return {"kind": SMALL_TEXT, "field": field, "message": message, "hint": hint}
