"""Sizes as users write them: `2GB` is 2 * 10**9 bytes, `2G` and `2GiB` are 2 * 2**30."""

from __future__ import annotations

import re

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(?:([KMGT])(I?)(B?)|B?)", re.IGNORECASE)
_POWERS = {"K": 1, "M": 2, "G": 3, "T": 4}


def parse_size(text: str) -> int | None:
    """Return the bytes of a size, the same wherever sizes are written; None if the text is not one.

    Units are read as by `ls --block-size`: K, M, G, T and KiB, MiB, GiB, TiB are powers of 1024; kB, MB, GB, TB are
    powers of 1000.
    """
    read = _SIZE.fullmatch(text.strip())
    if read is None:
        return None
    number, unit, binary, byte = read.groups()
    if unit is None:
        return round(float(number))
    if binary and not byte:
        return None
    base = 1000 if byte and not binary else 1024
    scale: int = base ** _POWERS[unit.upper()]
    return round(float(number) * scale)
