"""Inline content of Markdown as the inline markup of specs: links are their text, badges and icons are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from vidbuild.create.source.pictures import Image

CHECKS = {"check": "✓", "check-all": "✓", "check-circle": "✓", "close": "✗", "close-circle": "✗"}
_ICON = re.compile(r":(?:material|octicons|fontawesome|simple)-([a-z0-9-]+?)(?:-(?:16|24))?:(?:\{[^}\n]*\})?")
_EMOJI = re.compile(r"(?<![\w:]):[a-z][a-z0-9_+-]*:(?![\w:])")
_ATTRIBUTES = re.compile(r"\{[:#.][^{}\n]*\}")
_HIGHLIGHTED = re.compile(r"#!\w+ ")  # `#!bash ls`: code with the name of its language
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_SPACES = re.compile(r"[ \t]{2,}")


@dataclass(frozen=True, slots=True)
class Content:
    """The inline content of a paragraph, heading, item or cell.

    text: without pictures.
    linked: the share of the text's characters that are the text of links, from 0 to 1.
    html: its raw HTML.
    """

    text: str
    images: tuple[Image, ...]
    linked: float
    html: str


def content(tokens: Sequence[Token] | None) -> Content:
    """Return what the tokens inside of an inline token say."""
    tokens = tokens or []
    text = clean("".join(_texts(tokens)))
    linked = "".join(clean(part) for part in _linked(tokens))
    raw = "".join(token.content for token in tokens if token.type == "html_inline")
    return Content(text, tuple(_images(tokens)), min(1.0, len(linked) / max(len(text), 1)), raw)


def heading(node: SyntaxTreeNode) -> str:
    """Return the text of a heading."""
    inside = node.children[0].token if node.children else None
    return content(inside.children).text if inside is not None else ""


def clean(text: str) -> str:
    """Return a text without icons, attributes of elements and repeated spaces."""
    text = _ICON.sub(lambda match: CHECKS.get(match[1], ""), text)
    text = _EMOJI.sub("", _ATTRIBUTES.sub("", text))
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return " ".join(line for line in lines if line)


def _texts(tokens: Sequence[Token]) -> Iterator[str]:
    struck = 0  # what is struck out holds no more
    for token in tokens:
        struck += {"s_open": 1, "s_close": -1}.get(token.type, 0)
        if struck:
            continue
        if token.type == "text":
            yield token.content
        elif token.type == "code_inline":
            code = _HIGHLIGHTED.sub("", token.content.strip())
            yield code if "`" in code else f"`{code}`"
        elif token.type in {"strong_open", "strong_close"}:
            yield "**"
        elif token.type in {"softbreak", "hardbreak"} or (token.type == "html_inline" and _BREAK.match(token.content)):
            yield "\n"
        elif token.type in {"math_inline", "myst_role"}:
            yield f"`{token.content}`"


def _linked(tokens: Sequence[Token]) -> Iterator[str]:
    depth = 0
    for token in tokens:
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if depth:
            yield from _texts([token])


def _images(tokens: Sequence[Token]) -> Iterator[Image]:
    linked = False
    for token in tokens:
        if token.type in {"link_open", "link_close"}:
            linked = token.type == "link_open"
        elif token.type == "image":
            yield Image(str(token.attrs.get("src", "")), clean(token.content), linked)
