"""The search for secrets finds them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support import canary

SECRET = canary.SECRETS["AWS_SECRET_ACCESS_KEY"]


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        json.dumps({"a": SECRET}),
        quote(SECRET, safe=""),
        *(base64.b64encode(b"x" * before + SECRET.encode()).decode() for before in range(7)),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        SECRET.encode().hex(),
        *canary.SECRETS.values(),
    ],
)
def test_every_form_of_a_secret_is_found(tmp_path: Path, text: str) -> None:
    """P43: a secret is found wherever it stands in a file, as it is or encoded."""
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "file").write_bytes(b"\0 before " + text.encode() + b" after \xff")
    assert canary.found(tmp_path) == [str(tmp_path / "below" / "file")]


def test_names_are_searched_too(tmp_path: Path) -> None:
    """P43: a secret in a file's name or in where a symlink leads is found."""
    (tmp_path / canary.WORD).touch()
    (tmp_path / "link").symlink_to(canary.WORD)
    assert len(canary.found(tmp_path)) == 2


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    """What holds no secret passes, whatever else is in it."""
    (tmp_path / "file").write_bytes(bytes(range(256)) * 100)
    (tmp_path / "link").symlink_to("nowhere")
    assert canary.found(tmp_path) == []
