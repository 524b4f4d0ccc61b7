"""Colors and styles of a terminal's characters, as SGR sequences set them (ECMA-48, 8.3.117, and xterm's additions)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

# A color: "0" to "15" of the theme's palette, or "#rrggbb"; "" for the terminal's own, ACCENT for the theme's accent.
Color = str
ACCENT = "-1"

_SETS = {"bold": 1, "dim": 2, "italic": 3, "underline": 4, "inverse": 7, "hidden": 8, "strike": 9}
_FLAGS = {**{number: name for name, number in _SETS.items()}, 21: "underline"}
_RESETS = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("inverse",), 28: ("hidden",), 29: ("strike",)}
_COLORED = {38: "ink", 48: "ground"}
_CUBE = (0, 95, 135, 175, 215, 255)  # levels of the 6 x 6 x 6 colors of xterm
_PALETTE, _CUBE_END, _COLORS, _RGB = 16, 232, 256, 3


class Style(NamedTuple):
    """How a character is drawn.

    ink, ground: its color and the one behind it.
    cursor: whether the terminal's cursor is on it.
    """

    ink: Color = ""
    ground: Color = ""
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    inverse: bool = False
    hidden: bool = False
    strike: bool = False
    cursor: bool = False

    def to_data(self) -> dict[str, Any]:
        """Return what differs from a plain style, as JSON values; a color is -1 to 15, or 16 + 0xRRGGBB."""
        return {
            name: _code(value) if name in {"ink", "ground"} else True for name, value in self._asdict().items() if value
        }

    @property
    def erased(self) -> Style:
        """The style of a cell that is erased while this one is set: only its ground remains."""
        return Style(ground=self.ground)

    @property
    def visible_when_blank(self) -> bool:
        """Whether a blank in this style differs from an empty cell."""
        return bool(self.ground) or self.inverse or self.underline or self.strike or self.cursor


PLAIN = Style()


def after(style: Style, params: str) -> Style:
    """Return the style after an SGR sequence. params: its parameters, "1;38:5:208"."""
    groups = [[_number(part) for part in group.split(":")] for group in params.split(";")]
    at = 0
    while at < len(groups):
        first, *rest = groups[at]
        at += 1
        if first in _COLORED:
            if not rest:  # the form with semicolons takes the numbers that follow
                rest = [group[0] for group in groups[at : at + 4]]
                color, used = _color(rest)
                at += used
            else:
                color, _ = _color([rest[0], *rest[-_RGB:]] if len(rest) > _RGB else rest)
            if color is not None:
                style = _with(style, _COLORED[first], color)
        elif first == _SETS["underline"] and rest:  # 4:0 is no underline, 4:3 a wavy one
            style = style._replace(underline=rest[0] != 0)
        else:
            style = _simple(style, first)
    return style


def _simple(style: Style, number: int) -> Style:
    if number == 0:
        return PLAIN
    if number in _FLAGS:
        return _with(style, _FLAGS[number], value=True)
    for name in _RESETS.get(number, ()):
        style = _with(style, name, value=False)
    for name, first, bright in (("ink", 30, 90), ("ground", 40, 100)):
        if first <= number < first + 8 or bright <= number < bright + 8:
            style = _with(style, name, str(number - first if number < first + 8 else number - bright + 8))
        elif number == first + 9:
            style = _with(style, name, "")
    return style


def _with(style: Style, name: str, value: Any) -> Style:  # noqa: ANN401 - a color or a switch
    return style._replace(**{name: value})


def _color(numbers: Sequence[int]) -> tuple[Color | None, int]:
    """Return the color that the numbers after 38 or 48 name, and how many of them belong to it."""
    if numbers[:1] == [5] and len(numbers) > 1:
        return _indexed(numbers[1]), 2
    if numbers[:1] == [2] and len(numbers) > _RGB:
        return "#{:02x}{:02x}{:02x}".format(*(min(value, 255) for value in numbers[1:4])), 4
    return None, len(numbers)


def _indexed(number: int) -> Color | None:
    if number < _PALETTE:
        return str(number)
    if number < _CUBE_END:
        index = number - _PALETTE
        levels = (_CUBE[index // 36], _CUBE[index // 6 % 6], _CUBE[index % 6])
        return "#{:02x}{:02x}{:02x}".format(*levels)
    if number < _COLORS:
        level = 8 + 10 * (number - _CUBE_END)
        return f"#{level:02x}{level:02x}{level:02x}"
    return None


def _code(color: Color) -> int:
    return _PALETTE + int(color[1:], 16) if color.startswith("#") else int(color)


def _number(text: str) -> int:
    return int(text[:5]) if text.isdecimal() else 0


def runs(row: Sequence[tuple[str, Style]]) -> Iterator[tuple[str, Style]]:
    """Yield the parts of a row that have one style, without the invisible blanks at its end."""
    end = len(row)
    while end and row[end - 1][0] in {" ", ""} and not row[end - 1][1].visible_when_blank:
        if row[end - 1][0] == "":
            break  # the second cell of a wide character
        end -= 1
    text, style = "", PLAIN
    for character, own in row[:end]:
        if character and own != style and text:
            yield text, style
            text = ""
        if character:
            style = own
            text += character
    if text:
        yield text, style


def sequence(style: Style) -> str:
    """Return the SGR sequence that sets a style from any other one."""
    numbers = ["0", *(str(number) for name, number in _SETS.items() if getattr(style, name))]
    for color, first, bright in ((style.ink, 30, 90), (style.ground, 40, 100)):
        if color.startswith("#"):
            numbers += [str(first + 8), "2", *(str(int(color[at : at + 2], 16)) for at in (1, 3, 5))]
        elif color:
            is_bright, number = divmod(int(color), 8)
            numbers.append(str((bright if is_bright else first) + number))
    return f"\x1b[{';'.join(numbers)}m"
