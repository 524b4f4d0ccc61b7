"""A small working project to start from; it knows nothing of who asked for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from vidbuild.errors import UsageError

SPEC = "video.yaml"
_FILES = Path(__file__).with_name("files")
_RENAMED = {"gitignore": ".gitignore"}  # packagers leave out a file of that name


@dataclass(frozen=True)
class Answers:
    """What can be chosen about a new project."""

    title: str
    theme: str = "midnight"
    size: str = "1080p"


def write(folder: Path, answers: Answers) -> tuple[list[Path], list[Path]]:
    """Write the project; return the files written and those that were there already and are kept.

    Raises UsageError if there is a spec already: nothing is written then.
    """
    if (folder / SPEC).exists():
        raise UsageError(f"'{folder / SPEC}' exists already")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _write_all(folder, answers)
    except OSError as error:
        raise UsageError(f"cannot write to '{folder}': {error.strerror}") from error


def _write_all(folder: Path, answers: Answers) -> tuple[list[Path], list[Path]]:
    written: list[Path] = []
    kept: list[Path] = []
    for source in sorted(_FILES.iterdir()):
        target = folder / _RENAMED.get(source.name, source.name)
        if target.exists():
            kept.append(target)
            continue
        target.write_text(_filled(source.read_text(encoding="utf-8"), answers), encoding="utf-8")
        written.append(target)
    return written, kept


def _filled(text: str, answers: Answers) -> str:
    for name in ("title", "theme", "size"):
        text = text.replace(f"@{name}@", _scalar(getattr(answers, name)))
    return text


def _scalar(text: str) -> str:
    """As a YAML value: a JSON string is one, whatever is in it; a plain word needs no quotes."""
    return text if text.isascii() and text.isalnum() and text[0].isalpha() else json.dumps(text, ensure_ascii=False)
