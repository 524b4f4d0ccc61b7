"""Sizes as users write them."""

from __future__ import annotations

import pytest

from vidbuild.sizes import parse_size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("512", 512),
        ("512B", 512),
        ("2G", 2 << 30),
        ("2GiB", 2 << 30),
        ("2gb", 2_000_000_000),
        (" 1.5 MB ", 1_500_000),
        ("1.5K", 1536),
        ("1T", 1 << 40),
        ("3TB", 3_000_000_000_000),
    ],
)
def test_a_size_is_read(text: str, expected: int) -> None:
    """A bare letter is a power of 1024, as in GiB; GB is a power of 1000, wherever a size is written."""
    assert parse_size(text) == expected


@pytest.mark.parametrize("text", ["", "G", "2GG", "-1", "1,5G", "2Gi", "2 bytes", "0x10", "1e3", "inf", "\u0665"])
def test_what_is_no_size_is_refused(text: str) -> None:
    """Anything else is None, for the caller to report."""
    assert parse_size(text) is None
