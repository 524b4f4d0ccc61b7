"""The fields that people mean by names which other tools use for them."""

from __future__ import annotations

from collections.abc import Collection

# Our fields, each with other names of it. A name can mean several fields: the first one that fits counts.
_NAMES = {
    "id": "name key slug identifier",
    "filename": "name file_name label shell window",
    "shell": "filename label name window",
    "type": "kind layout template component",
    "title": "heading header headline label name",
    "subtitle": "subheading tagline subheader",
    "kicker": "eyebrow overline",
    "narration": "script speech say voiceover spoken speak transcript audio_text text",
    "src": "path file source image video url href picture photo",
    "file": "path source src",
    "audio": "file src path recording sound take",
    "code": "snippet source content text",
    "items": "bullets points entries list content",
    "commands": "cmds steps lines terminal",
    "run": "cmd command input exec",
    "output": "stdout result response render settings",
    "scenes": "slides sections chapters clips steps",
    "duration": "length seconds time dur",
    "at": "when cue time on",
    "alt": "alt_text alternative accessibility",
    "notes": "note comment comments speaker_notes",
    "size": "resolution dimensions",
    "fps": "framerate frame_rate",
    "language": "lang locale syntax languages locales",
    "vars": "variables params parameters env",
    "voice": "tts speaker narrator",
    "rate": "speed",
    "start": "from begin in trim_start",
    "end": "to until out trim_end",
    "caption": "legend text",
    "links": "urls link buttons",
    "reveal": "changes reveals appear",
    "row": "cell",
    "highlight": "highlights emphasize marks",
    "accent": "primary primary_color color colour",
    "text": "quote quotation body content title label",
    "value": "number amount total",
    "by": "author name person speaker",
    "role": "position job",
    "portrait": "photo avatar picture image",
    "pronounce": "pronunciation pronunciations lexicon",
    "theme": "style skin",
}
_MEANT = {
    other: [field for field, others in _NAMES.items() if other in others.split()]
    for names in _NAMES.values()
    for other in names.split()
}


def field(name: str, known: Collection[str], present: Collection[str]) -> str | None:
    """Return the known field that a name stands for, unless it is present already."""
    meant = _MEANT.get(name.lower().replace("-", "_"), ())
    return next((each for each in meant if each in known and each not in present), None)
