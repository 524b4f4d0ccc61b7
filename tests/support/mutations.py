"""Inputs that are almost right: bytes, texts and JSON values damaged in many ways.

Everything follows from a seed, so whatever was found can be made again.
"""

# ruff: noqa: E501 - values of a kind stand in one line
from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from typing import Any

NUMBERS = (0, 1, 2, 7, 8, 127, 128, 254, 255)
LONG = (
    b"\0",
    b"\xff",
    b"[",
    b"{",
    b"(",
    b"-",
    b"9",
    b" ",
    b"\n",
    b"a",
    b"\xf0\x9f\x98\x80",
    b"{{",
    b"[[",
    b"\x00\x00\x01",
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63), 10**18, 0.5, -0.0, 1e308, 1e-308, float("inf"), float("nan")),
    *("", " ", "\0", "a", "../../etc/passwd", "/dev/zero", "~", "{{ a }}", "{% if", "[[a]]", "0" * 64, "\ud800", "x" * 3000),
    *([], {}, [[]], [None], {"": None}, {"a": {"a": {"a": []}}}, [0] * 40),
)  # fmt: skip


def damaged(seed: bytes, others: Sequence[bytes], words: Sequence[bytes], chance: random.Random) -> bytes:
    """A seed with one to eight pieces changed, often with another seed's or with the format's own words."""
    data = bytearray(seed)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        _change(data, others, words, chance)
    return bytes(data)


def _change(data: bytearray, others: Sequence[bytes], words: Sequence[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    end = min(len(data), at + chance.choice((1, 1, 2, 4, 8, 40, 400)))
    match chance.randrange(10):
        case 0 if data:
            data[at % len(data)] ^= 1 << chance.randrange(8)
        case 1 if data:
            data[at % len(data)] = chance.choice(NUMBERS)
        case 2:
            del data[at:end]
        case 3:
            del data[at:]
        case 4:
            data[at:at] = data[at:end] * chance.choice((1, 2, 50))
        case 5:
            other = chance.choice(others)
            start = chance.randrange(len(other) + 1)
            data[at:end] = other[start : start + chance.choice((1, 4, 30, 300))]
        case 6:
            data[at:at] = chance.choice(LONG) * chance.choice((1, 2, 60, 1200))
        case 7 if words:
            data[at:end] = chance.choice(words)
        case 8 if words:
            data[at:at] = chance.choice(words)
        case _:
            data[at:end] = chance.randbytes(end - at)


def altered(seed: Any, chance: random.Random) -> Any:
    """JSON values of which one to four are others, missing, or in another's place."""
    data = copy.deepcopy(seed)
    for _ in range(chance.choice((1, 1, 2, 4))):
        places = list(_places(data))
        if not places:
            return copy.deepcopy(chance.choice(VALUES))
        holder, key = chance.choice(places)
        match chance.randrange(5):
            case 0:
                del holder[key]
            case 1:
                other, name = chance.choice(places)
                holder[key] = copy.deepcopy(other[name]) if _has(other, name) else None
            case 2 if isinstance(holder, dict):
                holder[str(chance.choice(VALUES))[:40]] = holder.pop(key)
            case _:
                holder[key] = copy.deepcopy(chance.choice(VALUES))
    return data


def _has(holder: Any, key: Any) -> bool:
    return key in holder if isinstance(holder, dict) else key < len(holder)


def _places(data: Any) -> Any:
    """Every mapping or list with each of its keys."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield data, key
            yield from _places(value)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield data, index
            yield from _places(value)
