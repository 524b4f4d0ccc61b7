"""JSON records with their own checksum."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.engine.disk.checksummed import dumps, loads, read

SAMPLE = {"name": "épreuve \udcff", "numbers": [1, 2.5, None, True]}


def test_what_was_sealed_comes_back() -> None:
    """A record gives back what was put in, names that are not UTF-8 included."""
    assert loads(dumps(SAMPLE)) == SAMPLE


def test_every_flipped_bit_is_seen() -> None:
    """P21: no single bit of a record can change without its being no record."""
    raw = dumps(SAMPLE)
    for place in range(len(raw)):
        for bit in range(8):
            damaged = bytearray(raw)
            damaged[place] ^= 1 << bit
            assert loads(bytes(damaged)) is None


def test_every_torn_end_is_seen() -> None:
    """P21: a record that lost its end, or got more of one, is no record."""
    raw = dumps(SAMPLE)
    assert [loads(raw[:length]) for length in range(len(raw))] == [None] * len(raw)
    assert loads(raw + b"\n") is None
    assert loads(raw + raw) is None


@given(st.binary(max_size=200))
def test_anything_may_be_read(raw: bytes) -> None:
    """P21: bytes that are no record are recognized without an error."""
    assert loads(raw) is None


@pytest.mark.parametrize("body", [b"[1,", b"[" * 100_000, b"\xff"])
def test_a_checked_record_that_is_no_json(body: bytes) -> None:
    """P22: a record whose checksum is right and whose content is not ours is no record."""
    assert loads(hashlib.sha256(body).hexdigest().encode() + b"\n" + body + b"\n") is None


@pytest.mark.parametrize("make", [lambda _: None, Path.mkdir], ids=["missing", "folder"])
def test_a_file_that_cannot_be_read_is_no_record(tmp_path: Path, make: Any) -> None:
    """What is not there, or is a folder, reads as nothing."""
    make(tmp_path / "record")
    assert read(tmp_path / "record") is None


def test_the_body_is_plain_json(tmp_path: Path) -> None:
    """A person can read a record: its second line is JSON."""
    (tmp_path / "record").write_bytes(dumps({"a": 1}))
    assert json.loads((tmp_path / "record").read_text().splitlines()[1]) == {"a": 1} == read(tmp_path / "record")
