"""What holds for comments that turn off a check of ruff, mypy or coverage."""

from __future__ import annotations

import re
import tokenize
import tomllib
from pathlib import Path

import pytest

from tests.support.paths import ROOT

FILES = sorted(
    path for room in ("vidbuild", "tools", "tests", "examples", "findings") for path in (ROOT / room).rglob("*.py")
)
SUPPRESSION = re.compile(r"#\s*(?:ruff: |flake8: )?(?:noqa|type:\s*ignore|pragma:|pyright:)", re.IGNORECASE)
# The checks by name, and why.
WITH_REASON = re.compile(
    r"# (?:ruff: )?noqa: [A-Z]+\d+(?:, [A-Z]+\d+)* - \S.*|# type: ignore\[[a-z-]+(?:, [a-z-]+)*\] # \S.*"
)


def without_reason(path: Path) -> list[str]:
    """The comments of a file that turn off a check, and do not say which one or why."""
    with tokenize.open(path) as file:
        comments = [each for each in tokenize.generate_tokens(file.readline) if each.type == tokenize.COMMENT]
    return [
        f"{each.start[0]}: {each.string}"
        for each in comments
        if SUPPRESSION.match(each.string) and not WITH_REASON.fullmatch(each.string)
    ]


def test_every_suppression_has_a_reason() -> None:
    """A comment that turns off a check names the check and the reason."""
    found = {path.relative_to(ROOT).as_posix(): without_reason(path) for path in FILES}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize("line", ["x = 1  # noqa", "x = 1  # noqa: E501", "x = 1  # type: ignore", "#pragma: no cover"])
def test_a_suppression_without_a_reason_is_found(line: str, tmp_path: Path) -> None:
    """The test above finds what it is about."""
    (tmp_path / "a.py").write_text(f"{line}\n")
    assert len(without_reason(tmp_path / "a.py")) == 1


def test_unneeded_suppressions_are_errors() -> None:
    """Ruff and mypy report a suppression that suppresses nothing."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    lint = settings["ruff"]["lint"]
    assert lint["select"] == ["ALL"]
    assert not any("RUF100".startswith(each) for each in lint["ignore"])
    assert settings["mypy"]["strict"] is True
    assert settings["mypy"].get("warn_unused_ignores", True) is True
