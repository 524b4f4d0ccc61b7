"""The files of the page: small modules that find each other, and templates without code of their own."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tests.support.paths import ROOT
from tests.unit.test_modules import BANNED, MAX_LINES

PAGE = ROOT / "vidbuild" / "serve" / "page"
MODULES = sorted(PAGE.glob("*.js"))
TEMPLATES = sorted(PAGE.glob("*.html"))
VALUES = {
    "project": "a <project>",
    "version": "1",
    "page_version": "'\"<",
    "token": '"><script>',
    "videos": [{"id": "abc", "name": "<b>", "spec": "a&b.yaml", "state": "new", "seconds": None, "problems": {}}],
    "video": {"id": "abc", "name": "<b>", "spec": "a&b.yaml"},
    "run": {"run": "20260101-000000-000-abcd"},
    "path": "/",
    "status": 403,
    "title": "<i>",
    "message": "no",
    "hint": None,
}


class Reader(HTMLParser):
    """Collects elements with their attributes, ids, and the texts of scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.code: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Collect the text of a script or style."""
        if self.elements and self.elements[-1][0] in {"script", "style"} and data.strip():
            self.code.append(data)


def rendered(name: str) -> Reader:
    """Return the elements of a page."""
    environment = Environment(loader=FileSystemLoader(PAGE), autoescape=True, undefined=StrictUndefined)
    reader = Reader()
    reader.feed(environment.get_template(name).render(VALUES))
    return reader


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_modules_are_short_plain_and_import_what_is_there(module: Path) -> None:
    """A module has at most 300 lines, uses the field's words, and imports names that another one exports."""
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    assert [line for line in text.splitlines() if BANNED.search(line)] == []
    for names, other in re.findall(r'^import \{([^}]+)\} from "\./([\w.]+)";$', text, re.MULTILINE):
        exported = (PAGE / other).read_text(encoding="utf-8")
        for name in re.split(r"\s*,\s*", names.strip()):
            kinds = rf"^export (async )?(function|const|class) {re.escape(name)}(?![\w$])"
            assert re.search(kinds, exported, re.MULTILINE), name
            body = text.replace(f"{{{names}}}", "")
            assert re.search(rf"\b{name}\b" if name != "$" else r"\$\(", body), f"'{name}' is not used"
    assert not re.search(r"https?://(?!www\.w3\.org)|innerHTML|insertAdjacentHTML|\beval\b|new Function", text)
    assert 'setAttribute("style"' not in text  # the policy forbids it


@pytest.mark.parametrize("template", [each.name for each in TEMPLATES if each.name != "base.html"])
def test_pages_have_no_code_of_their_own_and_escape_what_they_show(template: str) -> None:
    """A page has neither scripts nor styles in it, loads files that exist, and no text becomes markup."""
    reader = rendered(template)
    assert reader.code == []
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    names = [tag for tag, _ in reader.elements]
    assert not {"b", "i", "style", "iframe", "base"} & set(names)
    scripts = [attributes for tag, attributes in reader.elements if tag == "script"]
    assert len(scripts) == (0 if template == "refused.html" else 1)
    for tag, attributes in reader.elements:
        assert not [name for name in attributes if name == "style" or name.startswith("on")], tag
        loaded = attributes.get("src") or (attributes.get("href") if tag == "link" else None)
        if loaded:
            assert (PAGE / loaded.removeprefix("/page/")).is_file(), loaded
        for named in ("aria-controls", "aria-labelledby", "for"):
            assert attributes.get(named) in {None, *ids}, attributes


def test_every_id_that_a_script_looks_for_is_in_a_page() -> None:
    """`$("#name")` finds its element in one of the templates."""
    known = {
        attributes["id"]
        for each in TEMPLATES
        if each.name != "base.html"
        for _, attributes in rendered(each.name).elements
        if "id" in attributes
    }
    wanted = {name for each in MODULES for name in re.findall(r'\$\("#([\w-]+)', each.read_text(encoding="utf-8"))}
    assert wanted
    assert wanted - known == set()


def test_the_style_sheet_uses_what_it_defines() -> None:
    """Every variable is defined for both color schemes, and every class is used by a page or a script."""
    text = (PAGE / "page.css").read_text(encoding="utf-8")
    used = set(re.findall(r"var\((--[\w-]+)\)", text))
    light, dark = (
        set(re.findall(r"(--[\w-]+):", part)) for part in (text, text.split("prefers-color-scheme: dark")[1])
    )
    assert used <= light
    assert {"--ground", "--ink", "--quiet", "--accent", "--bad"} <= dark
    others = "".join(each.read_text(encoding="utf-8") for each in [*MODULES, *TEMPLATES])
    classes = set(re.findall(r"\.([a-z][\w-]*)(?=[\s.:,{>\[])", re.sub(r"\{[^}]*\}", "{}", text)))
    assert [name for name in sorted(classes) if not re.search(rf"\b{name}\b", others)] == []
