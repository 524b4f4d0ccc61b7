"""Warns of Markdown and HTML in shown texts that is drawn as it is written."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from vidbuild import inline
from vidbuild.media.text import scene_text
from vidbuild.model import Scene
from vidbuild.spec import scene_locations
from vidbuild.spec.collector import DiagnosticCollector

# The fields whose inline markup is typeset; code, commands and the bars of windows are verbatim.
FIELDS = frozenset(
    {"by", "caption", "cards", "change", "columns", "detail", "items", "kicker", "label", "labels", "links", "name"}
    | {"prefix", "role", "rows", "steps", "subtitle", "suffix", "text", "title", "unit"}
)
VERBATIM = frozenset({"tree.label"})  # with the scene's type
REFERENCES = frozenset({"entries", "highlight", "reveal"})  # their texts name what is shown, except for a `text`
SHOWN = 40  # characters of markup in a message
SIDES = frozenset({"left", "right"})
_STRONG_TAG = re.compile("<(?:b|strong|em|i)>")
_CODE_TAG = re.compile("<(?:code|kbd)>")


def check(scene: Scene, collector: DiagnosticCollector) -> None:
    """Add a warning for each piece of markup in the scene's texts that is not typeset."""
    for field, text in _shown(scene):
        path = scene_locations.path(scene.index, field)
        backslash = "\\\\" if collector.document.is_double_quoted(path) else "\\"
        for kind, token, nth in inline.literal(text):
            message = f"'{_shortened(token)}' is drawn as it is written"
            quotes = "put the text in quotes and " if collector.document.is_plain(path, token) else ""
            hint = f"{quotes}{_way_out(kind, token)}, or {backslash}{_shortened(token)} to keep it as it is"
            collector.warning("VB305", path, message, hint, token=token, nth=nth)


def _shown(scene: Scene) -> Iterator[tuple[str, str]]:
    """Yield (field, text) of each text whose markup is typeset."""
    for field, text in scene_text.strings(scene.fields):
        names = [part for part in field.split(".") if not part.isdigit()]
        kind = scene.type
        if kind == "split" and names[0] in SIDES:
            kind, names = scene.fields[names[0]]["type"], names[1:]
        is_reference = names[0] in REFERENCES and names[-1] != "text"
        if names[-1] in FIELDS and not is_reference and f"{kind}.{names[-1]}" not in VERBATIM:
            yield field, text
    yield from ((f"callouts.{each.index}.text", each.text) for each in scene.callouts)
    for each in scene.overlays:
        yield f"{each.field}.{each.kind}{'.name' if each.kind == 'lower_third' else ''}", each.text
        yield f"{each.field}.{each.kind}.role", each.role


def _way_out(kind: str, token: str) -> str:
    """Return what to write instead of a piece of markup."""
    inner = token.strip("*_~`")
    if kind == "tags":
        inner = token[token.index(">") + 1 : token.rindex("</")]
        kind = "emphasis" if _STRONG_TAG.match(token) else "ticks" if _CODE_TAG.match(token) else kind
    if kind in {"image", "link"}:
        inner = token[token.index("[") + 1 : token.index("](")]
    if kind == "entity":
        sign = html.unescape(token)
        return f"write {sign}" if sign.isprintable() and not sign.isspace() else "write the character itself"
    if kind in {"heading", "break"} or not inner.strip():
        return "write nothing"
    shown = {"emphasis": f"**{inner}**", "ticks": f"`{inner.strip()}`"}.get(kind, inner)
    return f"write {_shortened(shown)}"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"
