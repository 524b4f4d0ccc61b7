"""HTML pages as pandoc can read them: well-formed, the content of the page alone, typed text as code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from vidbuild.create.source.protocol import SourceError

if TYPE_CHECKING:
    from justhtml import JustHTML, Node

# What surrounds the content of a page.
_SURROUNDINGS = (
    "script, style, template, noscript, iframe, object, form, button, nav, footer, svg, canvas, [hidden], "
    "[role=navigation], [role=search], [aria-hidden=true], a.headerlink, a.anchor-link, .sphinxsidebar, .related"
)
_TYPED = frozenset({"samp", "code", "tt", "kbd"})
_HOLDERS = "td, dd, p, div"  # elements that become a literal text if they hold nothing but typed text
_LANGUAGE = re.compile(r"(?:language|lang|highlight(?:-source)?|brush:?)-?\s*([a-z][\w+#-]*)")
_PLAIN = frozenset({"default", "text", "none", "plaintext"})
MAX_DEPTH = 400
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_ATTRIBUTES = frozenset({"alt", "class", "colspan", "href", "id", "rowspan", "src", "start", "title", "type"})
_HEADINGS = "h1, h2, h3, h4, h5, h6"
_BREAKS = frozenset({"p", "div", "li", "tr"})


def well_formed(data: bytes) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Return a page with the end of each element written out, and (line, heading) of its headings.

    pandoc takes tables apart whose cells have no end tags, as HTML allows.
    """
    if find_spec("justhtml") is None:
        raise SourceError("HTML needs justhtml, which is not installed", hint='run pip install "vidbuild[documents]"')
    from justhtml import JustHTML

    page = JustHTML(data, sanitize=False, track_node_locations=True)
    html = page.query_one("html")
    language = (html.attrs or {}).get("lang") or "" if html is not None else ""
    for node in page.query(_SURROUNDINGS):
        _remove(node)
    for literal in page.query("pre"):
        _name_language(literal)
    _make_plain(page.root)
    for cell in page.query(_HOLDERS):
        if _is_typed(cell):
            _become_literal(cell)
    headings = tuple((each.origin_line or 0, _text(each)) for each in page.query(_HEADINGS))
    title = page.query_one("title")
    head = f"<title>{_escaped(_text(title))}</title>" if title is not None else ""
    opening = f'<html lang="{_escaped(language)}">' if language else "<html>"
    return f"{opening}<head>{head}</head><body>{_content(page)}</body></html>", headings


def _content(page: JustHTML) -> str:
    """Return the page's main part, if it says which one that is."""
    for selector in ("main", "[role=main]", "article", "body"):
        found = page.query(selector)
        if len(found) == 1:
            return str(found[0].to_html(pretty=False))
    return str(page.root.to_html(pretty=False))


def _make_plain(root: Node) -> None:
    """Leave the attributes that pandoc needs, and give elements with names that cannot be written another one."""
    pending = [(root, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise SourceError(f"the page is nested too deeply: the maximum is {MAX_DEPTH} elements in each other")
        if not node.name.startswith(("#", "!")):
            node.name = node.name if _NAME.fullmatch(node.name) else "span"
            node.attrs = {name: value for name, value in (node.attrs or {}).items() if name in _ATTRIBUTES}
        pending += [(child, depth + 1) for child in node.children or ()]


def _remove(node: Node) -> None:
    if node.parent is not None:
        node.parent.remove_child(node)


def _is_typed(node: Node) -> bool:
    """Return whether all text of an element is typed text, in more than one line."""
    typed, lines = False, 0
    pending = [(child, False) for child in node.children or ()]
    while pending:
        each, inside = pending.pop()
        if each.name == "#text":
            if each.data.strip() and not inside:
                return False
            typed = typed or (inside and bool(each.data.strip()))
        elif each.name in {"pre", "table", "ul", "ol", "dl", "img", "h1", "h2", "h3", "h4"}:
            return False
        else:
            lines += each.name in {"br", "p"}
            pending += [(child, inside or each.name in _TYPED) for child in each.children or ()]
    return typed and lines > 0


def _become_literal(node: Node) -> None:
    """Replace what an element holds by its text, as lines."""
    from justhtml import Element as New
    from justhtml import Text

    lines = (line.strip(" ").replace("\u00a0", " ").rstrip() for line in "".join(_lines(node)).split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    for child in list(node.children or ()):
        node.remove_child(child)
    literal = New("pre", {}, "html")
    literal.append_child(Text(text))
    node.append_child(literal)


def _lines(node: Node) -> Iterator[str]:
    for child in node.children or ():
        if child.name == "#text":
            yield re.sub(r"[ \t\n]+", " ", child.data) if child.data.strip() else ""
        elif child.name == "br":
            yield "\n"
        else:
            if child.name in _BREAKS:
                yield "\n\n"
            yield from _lines(child)


def _name_language(literal: Node) -> None:
    """Give a literal text the language that one of the elements around it or in it names, as its only class."""
    around = [literal, *literal.query("code"), *_parents(literal, 3)]
    for node in around:
        values = node.attrs or {}
        for name in (
            values.get("data-lang"),
            values.get("data-language"),
            *_LANGUAGE.findall(values.get("class") or ""),
        ):
            if name and name not in _PLAIN:
                literal.attrs = {**(literal.attrs or {}), "class": name}
                return


def _parents(node: Node, count: int) -> Iterator[Node]:
    while count and node.parent is not None and node.parent.name not in {"body", "main", "article", "#document"}:
        node, count = node.parent, count - 1
        yield node


def _text(node: Node) -> str:
    return " ".join("".join(_lines(node)).split())


def _escaped(text: str) -> str:
    from html import escape

    return escape(text)
