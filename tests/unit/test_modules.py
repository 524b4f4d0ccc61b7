"""What holds for the text of every module: its length, and plain words."""

from __future__ import annotations

import re

from tests.support.paths import ROOT

MODULES = sorted(path for room in ("vidbuild", "tools") for path in (ROOT / room).rglob("*.py"))
MAX_LINES = 300
BANNED = re.compile(
    r"\b(told|heard|hears|nobody|whoever|want of|wish(es|ed)?|mend(s|ed|ing)?|afresh|anew|filmed|levelled)\b",
    re.IGNORECASE,
)
ON_DISK = 'NAME = "wish"'  # a file in the folder of a run, where other versions look for it too


def test_modules_are_short_and_use_plain_words() -> None:
    """No module has more than 300 lines, and none has a word that the field has a better one for."""
    modules = {path.relative_to(ROOT): path.read_text(encoding="utf-8").splitlines() for path in MODULES}
    assert len(modules) > 500
    assert {str(path): len(lines) for path, lines in modules.items() if len(lines) > MAX_LINES} == {}
    assert [
        f"{path}:{number}: {line}"
        for path, lines in modules.items()
        for number, line in enumerate(lines, 1)
        if BANNED.search(line) and ON_DISK not in line
    ] == []
