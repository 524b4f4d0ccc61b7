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
    "subtitle": "subheading tagline subheader text",
    "kicker": "eyebrow overline",
    "tree": "text entries structure paths",
    "folder": "path directory dir root",
    "diagram": "text graph mermaid dot graphviz nodes edges flowchart chart source content",
    "patch": "diff",
    "from": "before old",
    "to": "after new",
    "left": "before first",
    "right": "after second",
    "label": "text caption name",
    "code": "snippet content text",
    "detail": "description subtitle note",
    "kind": "chart chart_type style form",
    "labels": "x categories",
    "values": "data y numbers",
    "rows": "data values cells body",
    "series": "datasets data",
    "cards": "items tiles",
    "steps": "items",
    "keys": "shortcuts key items hotkeys",
    "style": "numbered ordered markers",
    "page": "pages slide",
    "ratio": "share widths",
    "extends": "base inherit inherits parent preset",
    "name": "title label",
    "rect": "box rectangle frame outline",
    "spotlight": "focus highlight",
    "cursor": "pointer mouse",
    "corner": "position place",
    "focal_point": "focus gravity hotspot object_position position anchor",
    "until": "end to",
    "lower_third": "banner nameplate",
    "watermark": "logo",
    "narration": "script speech say voiceover spoken speak transcript audio_text text",
    "src": "path file source image video url href picture photo",
    "file": "path source src csv pdf document data",
    "image": "icon src picture photo logo",
    "audio": "file src path recording sound take",
    "items": "bullets points entries list content",
    "commands": "cmds steps lines terminal command run",
    "run": "cmd command input exec",
    "output": "stdout result response render settings",
    "scenes": "slides sections chapters clips steps",
    "duration": "length seconds time dur",
    "at": "when cue time on start",
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
    "links": "urls link buttons items",
    "reveal": "changes reveals appear",
    "row": "cell",
    "highlight": "highlights emphasize marks",
    "accent": "primary primary_color color colour",
    "text": "quote quotation body content title label detail description note action",
    "value": "number amount total",
    "by": "author name person speaker",
    "role": "position job subtitle",
    "portrait": "photo avatar picture image",
    "pronounce": "pronunciation pronunciations lexicon",
    "theme": "style skin",
}
_MEANT = {
    other: [field for field, others in _NAMES.items() if other in others.split()]
    for names in _NAMES.values()
    for other in names.split()
}


# Scene types, each with other names of it.
_TYPES = {
    "title": "intro opening cover heading",
    "list": "bullets bullet items agenda points checklist",
    "command": "terminal shell console cli cast asciinema",
    "code": "snippet source editor",
    "diff": "patch changes",
    "tree": "files folder directory",
    "image": "picture photo screenshot svg figure",
    "slide": "pdf page deck",
    "clip": "video movie screencast",
    "quote": "testimonial citation",
    "table": "csv spreadsheet grid",
    "chart": "bar bars line area pie donut plot graph",
    "compare": "comparison versus vs before_after pros_cons",
    "cards": "features tiles",
    "number": "stat counter metric kpi",
    "keys": "shortcut shortcuts keyboard hotkeys",
    "steps": "tutorial howto procedure",
    "diagram": "mermaid dot graphviz flowchart sequence architecture",
    "split": "columns side_by_side two_columns",
    "outro": "end ending closing credits",
}
# Values, each with other words for it. A word can mean several values: the first one that is possible counts.
_VALUES = {
    "none": "no off false never",
    "cut": "no off false none never",
    "full": "on yes true",
    "bar": "on yes true line",
    "dot": "graphviz gv",
    "right": "horizontal lr",
    "down": "vertical tb td",
    "mac": "macos osx apple",
    "pc": "windows linux",
    "good": "positive pros yes",
    "bad": "negative cons no",
    "numbers": "numbered ordered",
    "checks": "check checkmarks ticks",
    "contain": "fit letterbox",
    "cover": "fill crop",
    "donut": "doughnut ring",
    "smooth": "ease ease_in_out",
    "mute": "none no off false silent",
    "type": "typewriter typing",
}


def value(word: str, known: Collection[object]) -> str | None:
    """Return the known value that a word stands for."""
    plain = word.lower().replace("-", "_")
    return next((each for each, others in _VALUES.items() if each in known and plain in others.split()), None)


def scene_type(name: str, known: Collection[str]) -> str | None:
    """Return the known scene type that a name stands for."""
    plain = name.lower().replace("-", "_")
    return next((kind for kind, others in _TYPES.items() if kind in known and plain in others.split()), None)


def field(name: str, known: Collection[str], present: Collection[str]) -> str | None:
    """Return the known field that a name stands for, unless it is present already."""
    meant = _MEANT.get(name.lower().replace("-", "_"), ())
    return next((each for each in meant if each in known and each not in present), None)
