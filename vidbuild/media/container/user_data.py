"""The metadata of an MP4: its tags, and the list of chapters for players that read no text track."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vidbuild.media.container.boxes import box, full_box, u32
from vidbuild.media.container.chapter_track import chapter_list
from vidbuild.media.container.ffmetadata import Chapter

TAGS = {"title": b"\xa9nam", "comment": b"\xa9cmt", "description": b"desc"}


def user_data(chapters: Sequence[Chapter], tags: Mapping[str, str]) -> bytes:
    """Return the `udta` box. tags: name, one of TAGS -> text."""
    items = b"".join(
        box(TAGS[name], box(b"data", u32(1), bytes(4), text.encode())) for name, text in tags.items() if text
    )
    handler = full_box(b"hdlr", 0, bytes(4), b"mdirappl", bytes(9))
    parts = [full_box(b"meta", 0, handler, box(b"ilst", items))] if items else []
    if chapters:
        parts.append(chapter_list(chapters))
    return box(b"udta", *parts)
