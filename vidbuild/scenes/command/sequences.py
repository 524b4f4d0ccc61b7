"""The control sequences of a terminal (ECMA-48, with xterm's additions): their syntax, and how they move a cursor."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

TAB = 8
MAX_NUMBER = 1000  # in a sequence

# Text, a control sequence (CSI), other escape sequences, and single control characters. Strings (OSC, DCS, APC, PM,
# SOS) end at BEL or ST, or with the line.
PART = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|(?:\x1b\[|\x9b)(?P<private>[<-?]*)(?P<params>[0-9:;]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b(?P<set>[()])(?P<charset>.)"
    r"|\x1b[ -/]+[0-~]?"
    r"|\x1b(?P<escape>[0-~])"
    r"|(?P<control>[\x00-\x1f\x7f-\x9f])",
)
UNFINISHED = re.compile(r"(?:\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b\n]*|[()]?)|[\x9b\x9d][^\x07\x1b\n@-~]*)\Z")
C1 = {"\x84": "D", "\x85": "E", "\x8d": "M"}  # control characters that are short for escape sequences
ALTERNATE = {"47", "1047", "1049"}  # modes of the alternate screen, as editors and pagers use it
LINE_DRAWING = str.maketrans("`afgjklmnopqrstuvwxyz{|}~", "◆▒°±┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·")


def numbers_of(params: str) -> list[int]:
    """Return the numbers of a sequence; 0 for one that is not given."""
    # int() would refuse numbers that are longer than any terminal is wide.
    return [min(int(each[:5]), MAX_NUMBER) if each.isdecimal() else 0 for each in params.split(";")]


def next_tab(column: int, count: int) -> int:
    """Return the tab stop that is `count` further to the right, or to the left if negative."""
    return (column // TAB + count) * TAB


# Final character -> the new row and column, from row, column, the count, and all numbers.
MOVES: Mapping[str, Callable[[int, int, int, list[int]], tuple[int, int]]] = {
    "A": lambda row, column, count, _: (row - count, column),
    "B": lambda row, column, count, _: (row + count, column),
    "C": lambda row, column, count, _: (row, column + count),
    "D": lambda row, column, count, _: (row, column - count),
    "E": lambda row, _, count, __: (row + count, 0),
    "F": lambda row, _, count, __: (row - count, 0),
    "G": lambda row, _, count, __: (row, count - 1),
    "H": lambda _, __, count, numbers: (count - 1, max(1, numbers[1] if len(numbers) > 1 else 1) - 1),
    "I": lambda row, column, count, _: (row, next_tab(column, count)),
    "Z": lambda row, column, count, _: (row, next_tab(column + TAB - 1, -count)),
    "d": lambda _, column, count, __: (count - 1, column),
}
MOVES = {**MOVES, "`": MOVES["G"], "a": MOVES["C"], "e": MOVES["B"], "f": MOVES["H"]}
EDITS = frozenset("JKXP@LMSTb")
