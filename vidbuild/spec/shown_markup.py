"""Warns of Markdown and HTML in shown texts that is drawn as it is written."""

from __future__ import annotations

import html
import re

from vidbuild import inline
from vidbuild.media.text import scene_text
from vidbuild.model import Scene
from vidbuild.spec.collector import DiagnosticCollector

# The fields whose inline markup is typeset; code, commands and the bars of windows are verbatim.
FIELDS = frozenset({"caption", "detail", "items", "kicker", "links", "subtitle", "text", "title"})
SHOWN = 40  # characters of markup in a message
_STRONG_TAG = re.compile("<(?:b|strong|em|i)>")
_CODE_TAG = re.compile("<(?:code|kbd)>")


def check(scene: Scene, collector: DiagnosticCollector) -> None:
    """Add a warning for each piece of markup in the scene's texts that is not typeset."""
    for field, text in scene_text.strings(scene.fields):
        parts = [int(part) if part.isdigit() else part for part in field.split(".")]
        if next((part for part in reversed(parts) if isinstance(part, str)), "") not in FIELDS:
            continue
        path = ("scenes", scene.index, *parts)
        backslash = "\\\\" if collector.document.is_double_quoted(path) else "\\"
        for kind, token, nth in inline.literal(text):
            message = f"'{_shortened(token)}' is drawn as it is written"
            quotes = "put the text in quotes and " if collector.document.is_plain(path, token) else ""
            hint = f"{quotes}{_way_out(kind, token)}, or {backslash}{_shortened(token)} to keep it as it is"
            collector.warning(path, message, hint, token=token, nth=nth)


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
