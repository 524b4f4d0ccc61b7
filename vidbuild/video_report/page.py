"""Renders NAME.report.html: a self-contained page about a video."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from vidbuild.report import humanize

Data = Mapping[str, Any]

_STYLE = Path(__file__).with_name("page.css")
_MIN_SCENE_WIDTH = 96  # pixels in which the frame of the shortest scene can be recognized
_RULER_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)  # seconds between two marks
_MIN_MARKS = 12
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

    data: from vidbuild.video_report.timing.report_data.
    video: the URL of the video, relative to the page.
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
        ("size", f"{data['size'][0]} &times; {data['size'][1]}"),
        ("frame rate", f"{data['fps']} fps"),
        ("scenes", str(len(data["scenes"]))),
        ("words", f"{words:,}"),
        ("words per minute", _rate(words, spoken) or "&ndash;"),
    ]
    if data["music"]:
        facts.append(("music", ", ".join(map(escape, data["music"]))))
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)
    lead = f'<p class="lead">{escape(data["description"])}</p>\n' if data["description"] else ""
    return f'<h1>{escape(data["title"])}</h1>\n{lead}<dl class="facts">{rows}</dl>\n'


def _timeline(data: Data, video: str) -> Iterator[str]:
    scenes, length = data["scenes"], data["duration"]
    shortest = min(map(_duration, scenes))
    width = min(round(_MIN_SCENE_WIDTH * length / shortest), 12_000)
    yield '<h2>Timeline</h2>\n<div class="scroll" tabindex="0">'
    yield f'<div class="line" style="min-width:{width}px">\n'
    yield f'<div class="ruler">{_ruler(length, width)}</div>\n<div class="track">\n'
    for scene in scenes:
        yield f'<a class="box" {_link(scene, video)} style="{_box(scene, length, _GAP)}" title="{_tooltip(scene)}">'
        yield f"<b>{escape(scene['id'])}</b>{_strip(scene)}</a>\n"
    yield '</div>\n<div class="speech">'
    for scene in scenes:
        if scene["narration"]:
            yield f'<i style="{_box(scene["narration"], length)}"></i>'
        for name, at in scene["cues"].items():
            yield f'<s style="left:{_percent(at, length)}" title="{escape(name)} {humanize.tenths(at)}"></s>'
    yield f'</div>\n</div></div>\n<p class="key">{_key(scenes)}</p>\n'


def _key(scenes: Sequence[Data]) -> str:
    """Return the key to the marks on this timeline."""
    marks = {
        "speech": ("narration", any(scene["narration"] for scene in scenes)),
        "cue": ("cue", any(scene["cues"] for scene in scenes)),
    }
    return "".join(f'<span class="k-{name}">{text}</span>' for name, (text, used) in marks.items() if used)


def _ruler(length: float, width: float) -> str:
    wanted = length / max(_MIN_MARKS, width / 110)
    gap = next((each for each in _RULER_STEPS if each >= wanted), _RULER_STEPS[-1])
    marks = (at for at in range(0, int(length) + 1, gap) if at == 0 or length - at > wanted / 3)
    return "".join(f'<span style="left:{_percent(at, length)}">{humanize.clock(at)}</span>' for at in marks)


def _scenes(data: Data, video: str) -> Iterator[str]:
    yield "<h2>Scenes</h2>\n"
    for scene in data["scenes"]:
        yield f'<section class="scene" id="{escape(scene["id"])}">\n<a {_link(scene, video)}>{_frame(scene)}</a>\n'
        yield f"<h3>{escape(scene['title'])}</h3>\n"
        yield f'<p class="meta">{_meta(scene)}</p>\n'
        if scene["alt"]:
            yield f'<p class="alt">{escape(scene["alt"])}</p>\n'
        if scene["utterances"]:
            for each in scene["utterances"]:
                speaker = f"<b>{escape(each['speaker'])}</b> " if each["speaker"] else ""
                yield f'<p class="narration">{speaker}{escape(each["text"])} <i>{escape(each["voice"])}</i></p>\n'
        elif scene["text"]:
            yield f'<p class="narration">{escape(scene["text"])}</p>\n'
        if scene["cues"]:
            cues = (f"<span><code>{escape(name)}</code> {humanize.tenths(at)}</span>" for name, at in _cues(scene))
            yield f'<p class="meta">{"".join(cues)}</p>\n'
        yield "</section>\n"


def _meta(scene: Data) -> str:
    facts = [
        f"<span>{escape(scene['id'])}</span>",
        f"<span>{escape(scene['type'])}</span>",
        f"<time>{humanize.tenths(scene['start'])} to {humanize.tenths(scene['end'])}</time>",
        f"<span>{_duration(scene):.1f} s</span>",
    ]
    if scene["narration"]:
        rate = _rate(scene["words"], _spoken(scene))
        facts.append(f"<span>{humanize.count(scene['words'], 'word')}{f', {rate} per minute' if rate else ''}</span>")
    return "".join(facts)


def _cues(scene: Data) -> list[tuple[str, float]]:
    return sorted(scene["cues"].items(), key=lambda cue: cue[1])


def _duration(interval: Data) -> float:
    return float(interval["end"] - interval["start"])


def _spoken(scene: Data) -> float:
    return _duration(scene["narration"]) if scene["narration"] else 0.0


def _rate(words: int, seconds: float) -> str:
    return str(round(words * 60 / seconds)) if words and seconds else ""


def _percent(at: float, length: float) -> str:
    return f"{100 * at / length:.3f}%"


def _box(interval: Data, length: float, gap: int = 0) -> str:
    """Return the style of a box that is as far from the left, and as wide, as an interval is in the video."""
    width = _percent(_duration(interval), length)
    return f"left:{_percent(interval['start'], length)};width:{f'calc({width} - {gap}px)' if gap else width}"


def _tooltip(scene: Data) -> str:
    return escape(f"{scene['title']} ({humanize.tenths(scene['start'])}, {_duration(scene):.1f} s)")


def _link(scene: Data, video: str) -> str:
    """Return a link to the scene's start in the video beside the page."""
    return f'href="{escape(video)}#t={scene["start"]:g}"'


def _strip(scene: Data) -> str:
    """Return the scene's frame, repeated over the width of its box."""
    image = f"url(data:image/jpeg;base64,{scene['thumb']})" if scene["thumb"] else "none"
    return f'<i class="strip" style="background-image: {image}"></i>'


def _frame(scene: Data) -> str:
    if not scene["thumb"]:
        return '<span class="none"></span>'
    return f'<img alt="{escape(scene["alt"] or scene["title"])}" src="data:image/jpeg;base64,{scene["thumb"]}">'
