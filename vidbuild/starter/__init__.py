"""Writes a small working project, for `vidbuild init`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from vidbuild.errors import UsageError
from vidbuild.spec import schema

SPEC = "video.yaml"
_FILES = Path(__file__).with_name("files")
_RENAMED = {"gitignore": ".gitignore"}  # build tools leave files with that name out of a package


@dataclass(frozen=True)
class Answers:
    """The choices for a new project."""

    title: str
    theme: str = "midnight"
    size: str = "1080p"


def write(folder: Path, answers: Answers) -> tuple[list[Path], list[Path]]:
    """Write the project; return the written files, and the existing files that were left unchanged.

    Raises UsageError, and writes nothing, if the spec exists.
    """
    if (folder / SPEC).exists():
        raise UsageError(f"'{folder / SPEC}' already exists", hint="choose another folder: vidbuild init DIR")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _write_all(folder, answers)
    except OSError as error:
        raise UsageError(f"cannot write to '{folder}': {error.strerror}") from error


def _write_all(folder: Path, answers: Answers) -> tuple[list[Path], list[Path]]:
    written: list[Path] = []
    kept: list[Path] = []
    for name, text in sorted(_texts(answers).items()):
        target = folder / name
        if target.exists():
            kept.append(target)
            continue
        target.write_text(text, encoding="utf-8", newline="\n")
        written.append(target)
    return written, kept


def _texts(answers: Answers) -> dict[str, str]:
    """Return file name -> text of the project's files. The schema is for editors: the spec's first line names it."""
    files = (path for path in _FILES.iterdir() if path.is_file())  # no __pycache__
    texts = {_RENAMED.get(path.name, path.name): _filled(path.read_text(encoding="utf-8"), answers) for path in files}
    return {**texts, schema.NAME: schema.schema_path().read_text(encoding="utf-8")}


def _filled(text: str, answers: Answers) -> str:
    values = {"title": _scalar(answers.title), "theme": answers.theme, "size": answers.size}
    return re.sub(r"@(title|theme|size)@", lambda found: values[found[1]], text)


def _scalar(text: str) -> str:
    """Return a text as a YAML value without templates; every JSON string is a YAML value."""
    verbatim = f"{{% raw %}}{text}{{% endraw %}}" if re.search(r"\{[{%#]", text) else text
    return json.dumps(verbatim, ensure_ascii=False)
