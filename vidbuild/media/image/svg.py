"""Read what an SVG image says of itself, without drawing it: its shape, what it refers to, and its fonts.

Typst draws it. An image that refers to other files is refused: it would look different elsewhere, and a step may read
nothing but its inputs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.parsers import expat

from vidbuild.frozen import dataclass

MAX_BYTES = 20_000_000
HEAD_BYTES = 4096
SIDE = 4096  # pixels of the longer side: an image without pixels of its own can be drawn at any size

# CSS pixels of a unit (CSS Values 3, 5.2); em and ex at the initial font size
UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 9.6 / 2.54, "em": 16, "ex": 8}
LENGTH = re.compile(r"\s*\+?([0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*([a-z]*)\s*$")
MAX_SHOWN = 60  # characters of a reference, in an error
MAX_RATIO = 64  # of the longer side to the shorter one, as of a layer of a video
DEFAULT = (300.0, 150.0)  # of a replaced element (CSS 2.2, 10.3.2)

# Elements that load what `href` names; a link (`a`) loads nothing.
LOADING = frozenset({"image", "use", "feImage", "pattern", "linearGradient", "radialGradient", "textPath", "filter"})
URL = re.compile(r"url\(\s*['\"]?\s*([^)'\"]*)|@import\s+['\"]([^'\"]*)")
FAMILY = re.compile(r"font-family\s*:\s*([^;}]+)")
GENERIC = frozenset({
    "serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui", "ui-serif", "ui-sans-serif", "ui-monospace",
    "inherit", "initial", "unset", "math", "emoji",
})  # fmt: skip
XLINK = "http://www.w3.org/1999/xlink href"
NAMESPACE = "http://www.w3.org/2000/svg"


START = re.compile(rb"<(?:\w+:)?svg[\s>]|<!DOCTYPE\s+svg\b")

DECLARATION = re.compile(r"<\?xml\s[^>]*\?>")
ENCODING = re.compile(rb"""<\?xml\s[^>]*\bencoding\s*=\s*["']([\w.-]+)""")
TAG = re.compile(rb"""(<[^>"']*(?:"[^"]*"[^>"']*?|'[^']*'[^>"']*?)*)(/?>)""")  # a start tag, and its end
SIZE = re.compile(rb"""\s(?:width|height)\s*=\s*(?:"[^"]*"|'[^']*')""")


class SvgError(ValueError):
    """The file is no SVG image that can be drawn.

    line, column: of the place in it, from 1; 0 for none.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        self.text = f"line {line}, column {column}: {message}" if line else message
        super().__init__(self.text)


@dataclass(frozen=True, slots=True)
class Svg:
    """What an SVG image says of itself.

    size: in pixels, with the shape of the image.
    data: the image in UTF-8, with this size: usvg, which typst uses, takes the missing one of `width` and `height` from
        the view box and not from its shape, and reads no other encoding.
    families: its lists of fonts, each as written.
    text: all characters that it draws.
    html_line: the line of its first text in HTML (foreignObject), which is not drawn; 0 for none.
    """

    size: tuple[int, int]
    data: bytes
    families: tuple[str, ...] = ()
    text: str = ""
    html_line: int = 0


def is_svg(head: bytes) -> bool:
    """Return whether a file is an SVG image, by its first HEAD_BYTES: comments and entities may precede the image."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode()
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return text.startswith(b"<") and START.search(text) is not None


def read(data: bytes) -> Svg:
    """Read an SVG image. Raise SvgError if it is damaged, has no size, or refers to another file."""
    if len(data) > MAX_BYTES:
        raise SvgError(f"too large: expected at most {MAX_BYTES} bytes, got {len(data)}")
    text = _text(data)
    reader = _Reader()
    try:
        reader.parser.Parse(text, True)
    except expat.ExpatError as error:
        message = expat.errors.messages[error.code]
        raise SvgError(f"damaged: {message}", error.lineno, error.offset + 1) from error
    return reader.result(text)


def _text(data: bytes) -> bytes:
    """Return an XML text in UTF-8, its declaration replaced by spaces."""
    declared = ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    encoding = declared[1].decode("ascii") if declared else "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    try:
        text = data.decode("utf-8-sig" if encoding.lower() == "utf-8" else encoding)
    except (LookupError, UnicodeDecodeError):
        raise SvgError(f"damaged: it is not text in {encoding.removesuffix('-sig').upper()}") from None
    return DECLARATION.sub(lambda match: " " * len(match[0]), text, count=1).encode()


class _State:
    def __init__(self) -> None:
        self.size: tuple[float, float] = DEFAULT
        self.root = -1  # where the root element is, after it has begun
        self.texts = self.style = self.html_line = 0
        self.families: dict[str, None] = {}
        self.text: list[str] = []
        self.css: list[str] = []


class _Reader:
    def __init__(self) -> None:
        self.state = _State()
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.EntityDeclHandler = self._entity
        self.parser.ProcessingInstructionHandler = self._instruction

    def result(self, text: bytes) -> Svg:
        """Return what was read of this text."""
        state = self.state
        scale = SIDE / max(state.size)
        width, height = (max(1, round(length * scale)) for length in state.size)
        tag = TAG.match(text, state.root)
        if tag is None:
            raise SvgError("damaged: its root element cannot be read")
        lengths = ' width="{:g}" height="{:g}"'.format(*state.size).encode()
        sized = SIZE.sub(b"", tag[1]) + lengths + tag[2]
        data = text[: state.root] + sized + text[tag.end() :]
        return Svg((width, height), data, tuple(state.families), "".join(state.text), state.html_line)

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        state = self.state
        namespace, _, name = tag.rpartition(" ")
        if state.root < 0:
            if name != "svg" or namespace != NAMESPACE:
                raise self._error(f"the root element is '{name}' of '{namespace}', not 'svg' of '{NAMESPACE}'")
            state.size, state.root = self._size(attributes), self.parser.CurrentByteIndex
        if name == "foreignObject" and not state.html_line:
            state.html_line = self.parser.CurrentLineNumber
        if namespace != NAMESPACE:
            return
        state.texts += name == "text"
        state.style += name == "style"
        self._refuse_reference(attributes.get("href", attributes.get(XLINK, "")) if name in LOADING else "")
        for key, value in attributes.items():
            if "url(" in value:
                self._refuse_urls(value)
            if key == "font-family":
                state.families[value.strip()] = None
        self._find_families(attributes.get("style", ""))

    def _end(self, tag: str) -> None:
        state = self.state
        namespace, _, name = tag.rpartition(" ")
        if namespace == NAMESPACE and name == "text":
            state.texts -= 1
        if namespace == NAMESPACE and name == "style":
            state.style -= 1
            css = "".join(state.css)
            state.css.clear()
            self._refuse_urls(css)
            self._find_families(css)

    def _characters(self, text: str) -> None:
        if self.state.style:
            self.state.css.append(text)
        elif self.state.texts:
            self.state.text.append(text)

    def _entity(self, *declaration: object) -> None:
        if (system := declaration[4]) is not None:
            raise self._error(f"it refers to '{system}'")

    def _instruction(self, target: str, data: str) -> None:
        if target == "xml-stylesheet":
            found = re.search(r"href\s*=\s*[\'\"]([^\'\"]*)", data)
            self._refuse_reference(found[1] if found else "")

    def _find_families(self, css: str) -> None:
        for family in FAMILY.findall(css):
            self.state.families[family.replace("!important", "").strip()] = None

    def _refuse_urls(self, css: str) -> None:
        for one, other in URL.findall(css):
            self._refuse_reference((one or other).strip())

    def _refuse_reference(self, target: str) -> None:
        target = target.strip()
        if target and not target.startswith("#") and target[:5].lower() != "data:":
            shown = target if len(target) <= MAX_SHOWN else f"{target[:MAX_SHOWN]}…"
            raise self._error(f"it refers to '{shown}'")

    def _error(self, message: str) -> SvgError:
        return SvgError(message, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def _size(self, attributes: Mapping[str, str]) -> tuple[float, float]:
        """Return width and height; what is missing follows from the view box (SVG 2, 8.2)."""
        width, height = (_pixels(attributes.get(name, "")) for name in ("width", "height"))
        numbers = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
        try:
            box = tuple(map(float, numbers[2:])) if len(numbers) == 4 else ()  # noqa: PLR2004 - x, y and the size
        except ValueError:
            box = ()
        if box and min(box) <= 0:
            box = ()
        if box:
            width = width or (height * box[0] / box[1] if height else box[0])
            height = height or width * box[1] / box[0]
        size = (width or DEFAULT[0], height or DEFAULT[1])
        if not 1 / MAX_RATIO <= size[0] / size[1] <= MAX_RATIO:
            shape = f"{size[0]:g} x {size[1]:g}"
            raise self._error(f"its shape is {shape}: one side is more than {MAX_RATIO} times the other")
        return size


def _pixels(text: str) -> float:
    """Return a length in pixels; 0 for none, and for a share of what is around the image."""
    match = LENGTH.match(text)
    return float(match[1]) * UNITS[match[2]] if match and match[2] in UNITS else 0.0


def unknown_families(svg: Svg, known: frozenset[str]) -> list[str]:
    """Return the first family of each of the image's lists that has neither a known nor a generic family."""
    folded = {family.casefold() for family in known}
    found: dict[str, None] = {}
    for families in svg.families:
        names = [name for each in families.split(",") if (name := each.strip().strip("'\"").strip())]
        if names and not any(name.casefold() in folded or name.casefold() in GENERIC for name in names):
            found[names[0]] = None
    return list(found)
