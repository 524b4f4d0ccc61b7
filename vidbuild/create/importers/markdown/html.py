"""Raw HTML in Markdown: the pictures and recordings that it shows; its other elements are left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from vidbuild.create.source.pictures import Image

_UNSEEN = frozenset({"script", "style", "template"})


@dataclass(slots=True)
class Html:
    """What a piece of HTML shows.

    text: outside of links.
    title: its first heading of the highest level.
    """

    images: list[Image] = field(default_factory=list)
    recordings: list[str] = field(default_factory=list)
    text: str = ""
    title: str = ""


def read(html: str) -> Html:
    """Return what a piece of HTML shows; elements may be open at its end."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    parser.found.text = " ".join(parser.found.text.split())
    parser.found.title = " ".join(parser.found.title.split())
    return parser.found


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = Html()
        self._links = 0
        self._unseen = 0
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a":
            self._links += 1
        elif tag == "h1":
            self._in_title = not self.found.title.strip()
        elif tag in _UNSEEN:
            self._unseen += 1
        elif tag == "img" and values.get("src"):
            self.found.images.append(Image(values["src"], values.get("alt", ""), linked=self._links > 0))
        elif tag == "asciinema-player" and values.get("src"):
            self.found.recordings.append(values["src"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._links = max(self._links - 1, 0)
        elif tag == "h1":
            self._in_title = False
        elif tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)

    def handle_data(self, data: str) -> None:
        if self._in_title and not self._unseen:
            self.found.title += data
        if not self._links and not self._unseen:
            self.found.text += data
