"""Renders a comparison as one self-contained page: it requests nothing, and runs only the script that it has."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from vidbuild.comparison.compare import CHANGED, Change, Comparison, problems
from vidbuild.comparison.side import SceneSide, Side
from vidbuild.media.text.direction import is_right_to_left
from vidbuild.report import humanize

_STYLE = Path(__file__).with_name("page.css")
_SCRIPT = Path(__file__).with_name("page.js")
_WHAT = {
    "transition": "frames beside a changed scene",
    "unknown": "picture cannot be compared",
}
_ONLY_BESIDE = "changed only beside another one"
_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '{style_hash}'; \
script-src '{script_hash}'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<title>{title} - what has changed</title>
<style>{style}</style>
</head>
<body>
<main>
"""

Pictures = Mapping[str, Mapping[str, Any]]


def page(comparison: Comparison, pictures: Pictures) -> str:
    """Return the page. pictures: a change's id -> what vidbuild.comparison.frames returns for it."""
    style, script = _STYLE.read_text(encoding="utf-8"), _SCRIPT.read_text(encoding="utf-8")
    head = _HEAD.format(
        title=escape(comparison.after.title), style=style, style_hash=_hash(style), script_hash=_hash(script)
    )
    parts = [
        head,
        *_header(comparison),
        *(text for change in comparison.changes for text in _change(change, comparison, pictures)),
        *_listed([change.id for change in comparison.changes if change.only_beside], _ONLY_BESIDE),
        *_listed(comparison.unchanged, "unchanged"),
        f"</main>\n<script>{script}</script>\n</body>\n</html>\n",
    ]
    return "".join(parts)


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}"


def summary(comparison: Comparison) -> str:
    """Return one line: how many scenes have changed, and how the length has."""
    total = len(comparison.changes) + len(comparison.unchanged)
    if comparison.same:
        return f"nothing has changed in {humanize.count(total, 'scene')}"
    if not comparison.changes:
        return "only the title has changed"
    before, after = comparison.before.seconds, comparison.after.seconds
    counts: dict[str, int] = {}
    for change in comparison.changes:
        state = _ONLY_BESIDE if change.only_beside else change.state
        counts[state] = counts.get(state, 0) + 1
    states = ", ".join(f"{count} {state}" for state, count in counts.items())
    length = "" if before is None or after is None else f"; {humanize.tenths(before)} -> {humanize.tenths(after)}"
    return f"{states} of {humanize.count(total, 'scene')}{length}"


def _header(comparison: Comparison) -> Iterator[str]:
    before, after = comparison.before, comparison.after
    yield f"<h1>{_title(before, after)}</h1>\n"
    yield f'<p class="lead"><code>{escape(before.label)}</code> &rarr; <code>{escape(after.label)}</code></p>\n'
    yield f'<p class="summary">{escape(summary(comparison)).replace("-&gt;", "&rarr;")}</p>\n'
    if comparison.changes:
        shown = (each.id for each in comparison.changes if not each.only_beside)
        links = (f'<li><a href="#{escape(name)}">{escape(name)}</a></li>' for name in shown)
        yield f'<ul class="list">{"".join(links)}</ul>\n'


def _title(before: Side, after: Side) -> str:
    if before.title == after.title:
        return f"<bdi>{escape(after.title)}</bdi>"
    return f"<del><bdi>{escape(before.title)}</bdi></del> <ins><bdi>{escape(after.title)}</bdi></ins>"


def _change(change: Change, comparison: Comparison, pictures: Pictures) -> Iterator[str]:
    if change.only_beside:
        return
    name = escape(change.id)
    yield f'<section id="{name}">\n<h2>{name}</h2>\n<ul class="chips">{"".join(_chips(change))}</ul>\n'
    if change.shows:
        yield from _pictures(change, pictures.get(change.id))
    if change.narration:
        language = (comparison.after if change.after else comparison.before).language
        yield f"<h3>Narration</h3>\n{_narration(change, language)}\n"
    if "captions" in change.what and change.before and change.after:
        yield '<h3>Captions</h3>\n<div class="captions">'
        yield from (_captions(scene, name) for name, scene in (("before", change.before), ("after", change.after)))
        yield "</div>\n"
    yield "</section>\n"


def _chips(change: Change) -> Iterator[str]:
    scene = change.after or change.before
    if scene is not None:
        yield f"<li>{escape(scene.type)}</li>"
    if change.state != CHANGED:
        was = f" from {escape(change.before.id)}" if change.before and change.after else ""
        yield f'<li class="{change.state}">{change.state}{was}</li>'
    yield from (
        f"<li>{_WHAT.get(each, each)}{_lengths(change) if each == 'duration' else ''}</li>" for each in change.what
    )


def _lengths(change: Change) -> str:
    before, after = (scene.seconds if scene else None for scene in (change.before, change.after))
    return "" if before is None or after is None else f" {before:.2f} s &rarr; {after:.2f} s ({after - before:+.2f} s)"


def _pictures(change: Change, found: Mapping[str, Any] | None) -> Iterator[str]:
    reasons = problems(change)
    yield "<h3>Picture</h3>\n"
    for name, reason in reasons.items():
        yield f'<p class="missing"><b>{name}</b>: {_with_code(reason)}</p>\n'
    if found and found["problem"]:
        yield f'<p class="missing">the frames cannot be shown: {escape(found["problem"])}</p>\n'
    for moment in found["moments"] if found else ():
        before, after = moment["before"], moment["after"]
        if before and after:
            yield _slider(change, before, after)
        else:
            only, name = (before, "before") if before else (after, "after")
            yield f'<figure class="alone">{_image(only, f"{change.id}, {name}")}</figure>\n'
            yield f'<p class="sides"><span>{name}, at {only["at"]:.2f} s</span></p>\n'


def _with_code(reason: str) -> str:
    """Return a reason with what is in backquotes as code."""
    parts = escape(reason).split("`")
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))


def _slider(change: Change, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    name = escape(change.id)
    return (
        f'<div class="pair">{_image(before, f"{change.id}, before")}'
        f'<div class="after">{_image(after, f"{change.id}, after")}</div><span class="bar"></span>'
        f'<input type="range" min="0" max="100" value="50" aria-label="{name}: before and after"></div>\n'
        f'<p class="sides"><span>before, at {before["at"]:.2f} s</span><span>after, at {after["at"]:.2f} s</span></p>\n'
    )


def _image(image: Mapping[str, Any], alt: str) -> str:
    return (
        f'<img alt="{escape(alt)}" width="{image["width"]}" height="{image["height"]}" src="{escape(image["image"])}">'
    )


def _narration(change: Change, language: str) -> str:
    tags = {"same": "{}", "removed": "<del>{}</del>", "added": "<ins>{}</ins>"}
    text = "".join(tags[part.what].format(escape(part.text)) for part in change.narration)
    direction = "rtl" if is_right_to_left(language) else "ltr"
    return f'<p class="text" lang="{escape(language)}" dir="{direction}">{text}</p>'


def _captions(scene: SceneSide, name: str) -> str:
    rows = "".join(
        f'<p><time>{start:.2f} to {end:.2f} s</time><span dir="auto">{escape(text)}</span></p>'
        for start, end, text in scene.captions or ()
    )
    return f"<div><b>{name}</b>{rows or '<p>none</p>'}</div>"


def _listed(names: Sequence[str], what: str) -> Iterator[str]:
    if names:
        listed = "".join(f"<li>{escape(name)}</li>" for name in names)
        yield f"<details><summary>{humanize.count(len(names), 'scene')} {what}</summary>"
        yield f'<ul class="list">{listed}</ul></details>\n'
