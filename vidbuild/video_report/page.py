"""NAME.report.html: one page about a video that needs nothing beside itself. It knows nothing of any build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from vidbuild.report import humanize

Data = Mapping[str, Any]

_STYLE = Path(__file__).with_name("page.css")
_NARROWEST = 96  # pixels that the shortest scene's picture needs to be recognised
_RULER = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)  # seconds between two marks
_MARKS = 12
_GAP = 3  # pixels between two scenes on the timeline
_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>{title} - report</title>
<style>
{style}</style>
</head>
<body>
<main>
"""


def page(data: Data, video: str) -> str:
    """Return the page.

    data: what vidbuild.video_report.timing.report_data made. video: the address of the video, as seen from the page.
    """
    parts = [
        _HEAD.format(title=escape(data["title"]), style=_STYLE.read_text(encoding="utf-8")),
        _header(data),
        *_timeline(data, video),
        *_scenes(data, video),
        "</main>\n</body>\n</html>\n",
    ]
    return "".join(parts)


def _header(data: Data) -> str:
    words = sum(scene["words"] for scene in data["scenes"])
    spoken = sum(_spoken(scene) for scene in data["scenes"])
    facts = [
        ("length", humanize.clock(data["duration"])),
        ("picture", f"{data['size'][0]} &times; {data['size'][1]}"),
        ("frames a second", str(data["fps"])),
        ("scenes", str(len(data["scenes"]))),
        ("words", f"{words:,}"),
        ("words a minute", _pace(words, spoken) or "&ndash;"),
    ]
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)
    lead = f'<p class="lead">{escape(data["description"])}</p>\n' if data["description"] else ""
    return f'<h1>{escape(data["title"])}</h1>\n{lead}<dl class="facts">{rows}</dl>\n'


def _timeline(data: Data, video: str) -> Iterator[str]:
    scenes, length = data["scenes"], data["duration"] or 1
    shortest = min((_length(scene) for scene in scenes), default=length) or length
    width = min(round(_NARROWEST * length / shortest), 12_000)
    yield '<h2>Timeline</h2>\n<div class="scroll" tabindex="0">'
    yield f'<div class="line" style="min-width:{width}px">\n'
    yield f'<div class="ruler">{_ruler(length, width)}</div>\n<div class="track">\n'
    for scene in scenes:
        yield f'<a class="shot" {_link(scene, video)} style="{_box(scene, length, _GAP)}" title="{_tip(scene)}">'
        yield f"<b>{escape(scene['id'])}</b>{_film(scene)}</a>\n"
    yield '</div>\n<div class="voice">'
    for scene in scenes:
        if scene["narration"]:
            yield f'<i style="{_box(scene["narration"], length)}"></i>'
        for name, at in scene["cues"].items():
            yield f'<s style="left:{_percent(at, length)}" title="{escape(name)} {humanize.tenths(at)}"></s>'
    yield f'</div>\n</div></div>\n<p class="key">{_key(scenes)}</p>\n'


def _key(scenes: Sequence[Data]) -> str:
    """What the marks on this timeline mean."""
    marks = {
        "voice": ("narration", any(scene["narration"] for scene in scenes)),
        "cue": ("cue", any(scene["cues"] for scene in scenes)),
    }
    return "".join(f'<span class="k-{name}">{text}</span>' for name, (text, seen) in marks.items() if seen)


def _ruler(length: float, width: float) -> str:
    wanted = length / max(_MARKS, width / 110)
    gap = next((each for each in _RULER if each >= wanted), _RULER[-1])
    marks = (at for at in range(0, int(length) + 1, gap) if at == 0 or length - at > wanted / 3)
    return "".join(f'<span style="left:{_percent(at, length)}">{humanize.clock(at)}</span>' for at in marks)


def _scenes(data: Data, video: str) -> Iterator[str]:
    yield "<h2>Scenes</h2>\n"
    for scene in data["scenes"]:
        yield f'<section class="scene" id="{escape(scene["id"])}">\n<a {_link(scene, video)}>{_picture(scene)}</a>\n'
        yield f"<h3>{escape(scene['title'])}</h3>\n"
        yield f'<p class="meta">{_meta(scene)}</p>\n'
        if scene["text"]:
            yield f'<p class="said">{escape(scene["text"])}</p>\n'
        if scene["cues"]:
            cues = (f"<span><code>{escape(name)}</code> {humanize.tenths(at)}</span>" for name, at in _cues(scene))
            yield f'<p class="meta">{"".join(cues)}</p>\n'
        yield "</section>\n"


def _meta(scene: Data) -> str:
    facts = [
        f"<span>{escape(scene['id'])}</span>",
        f"<span>{escape(scene['type'])}</span>",
        f"<time>{humanize.tenths(scene['start'])} to {humanize.tenths(scene['end'])}</time>",
        f"<span>{_length(scene):.1f} s</span>",
    ]
    if scene["narration"]:
        pace = _pace(scene["words"], _spoken(scene))
        facts.append(f"<span>{humanize.count(scene['words'], 'word')}{f', {pace} a minute' if pace else ''}</span>")
    return "".join(facts)


def _cues(scene: Data) -> list[tuple[str, float]]:
    return sorted(scene["cues"].items(), key=lambda cue: cue[1])


def _length(stretch: Data) -> float:
    return float(stretch["end"] - stretch["start"])


def _spoken(scene: Data) -> float:
    return _length(scene["narration"]) if scene["narration"] else 0.0


def _pace(words: int, seconds: float) -> str:
    return str(round(words * 60 / seconds)) if words and seconds else ""


def _percent(at: float, length: float) -> str:
    return f"{100 * at / length:.3f}%"


def _box(stretch: Data, length: float, gap: int = 0) -> str:
    width = _percent(_length(stretch), length)
    return f"left:{_percent(stretch['start'], length)};width:{f'calc({width} - {gap}px)' if gap else width}"


def _tip(scene: Data) -> str:
    return escape(f"{scene['title']} ({humanize.tenths(scene['start'])}, {_length(scene):.1f} s)")


def _link(scene: Data, video: str) -> str:
    """Into the video where it lies beside the page, at the scene's start."""
    return f'href="{escape(video)}#t={scene["start"]:g}"'


def _film(scene: Data) -> str:
    """The scene's picture over and over along its time, from its left edge on, as film lies on a table."""
    picture = f"url(data:image/jpeg;base64,{scene['thumb']})" if scene["thumb"] else "none"
    return f'<i class="film" style="background-image: {picture}"></i>'


def _picture(scene: Data) -> str:
    if not scene["thumb"]:
        return '<span class="none"></span>'
    return f'<img alt="{escape(scene["title"])}" src="data:image/jpeg;base64,{scene["thumb"]}">'
