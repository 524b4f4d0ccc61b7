"""What holds for the text of every module: its length, and plain words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.paths import ROOT

MODULES = sorted(path for room in ("vidbuild", "tools") for path in (ROOT / room).rglob("*.py"))
MAX_LINES = 300
BANNED = re.compile(
    r"\b(told|heard|hears|nobody|whoever|want of|wish(es|ed)?|mend(s|ed|ing)?|afresh|anew|filmed|levelled)\b",
    re.IGNORECASE,
)
ON_DISK = 'NAME = "wish"'  # a file in the folder of a run, where other versions look for it too


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_is_short_and_uses_plain_words(path: Path) -> None:
    """No module has more than 300 lines, and none has a word that the field has a better one for."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MAX_LINES
    assert [
        f"{number}: {line}" for number, line in enumerate(lines, 1) if BANNED.search(line) and ON_DISK not in line
    ] == []
