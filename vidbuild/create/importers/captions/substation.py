"""Advanced SubStation Alpha, the captions of fans and of karaoke, read with pysubs2."""

from __future__ import annotations

from vidbuild.create.importers.captions.cues import Cue, plain
from vidbuild.create.importers.captions.timed_text import Captions
from vidbuild.create.source.outline import Omission
from vidbuild.create.source.protocol import Source, SourceError

_UNNAMED = {"", "default aegisub file", "script", "untitled", "<untitled>"}


def read(text: str, source: Source) -> Captions:
    """Return the captions of a file. Raises SourceError."""
    import pysubs2

    kind = "ass" if source.path.suffix.lower() == ".ass" else "ssa"
    try:
        subtitles = pysubs2.SSAFile.from_string(text, format_=kind)
    except Exception as error:  # its reader raises whatever a wrong field leads to
        raise SourceError(f"'{source.address}' is no SubStation Alpha file: {error}") from error
    lines = [
        number for number, line in enumerate(text.split("\n"), 1) if line.lstrip().startswith(("Dialogue:", "Comment:"))
    ]
    places = lines if len(lines) == len(subtitles.events) else [0] * len(subtitles.events)
    captions = Captions()
    for event, line in zip(subtitles.events, places, strict=True):
        if event.is_drawing:
            captions.omissions.append(Omission("a drawing", line))
        elif not event.is_comment and (found := plain(event.plaintext)):
            captions.cues.append(Cue(event.start / 1000, event.end / 1000, found, line, event.name.strip()))
    title = subtitles.info.get("Title", "").strip()
    captions.title = "" if title.casefold() in _UNNAMED else title
    return captions
