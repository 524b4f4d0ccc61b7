"""Runs pandoc: as a process of its own that reads no other file, with limits on time, memory and output."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vidbuild.create.importers.pandoc.prepare import Prepared
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.location import Location
from vidbuild.media.ffmpeg.process import BoundedBuffer, HeadTailLog, OutputLimitError, run

SECONDS = 30.0
HEAP = "512M"
MAX_OUTPUT = 128 * 2**20  # bytes of the tree as JSON
INSTALL = 'pip install "vidbuild[documents]"'
# A message about a part of the document, such as a table in it, has that part's lines instead.
_AT_LINE = re.compile(r"\"?document\"? \(?line (\d+)")
_AT_CHARACTER = re.compile(r"\"document\" char (\d+)")
_SHOWN = 300  # characters of pandoc's message


def parse(prepared: Prepared, source: Source) -> dict[str, Any]:
    """Return a document as pandoc's tree. Raises SourceError if pandoc is not installed or cannot read it."""
    program = _program()
    out, log = BoundedBuffer(MAX_OUTPUT), HeadTailLog(4, 8)
    with tempfile.TemporaryDirectory(prefix="vidbuild-") as name:
        folder = Path(name)
        (folder / "document").write_bytes(prepared.data)
        command = [str(program), "--sandbox", "--standalone", f"--from={prepared.format}", "--to=json", "document"]
        limits = ["+RTS", f"-M{HEAP}", "-RTS"]
        try:
            code = run([*command, *limits], cwd=folder, env=_environment(folder), seconds=SECONDS, out=out, err=log)
        except OutputLimitError as error:
            raise _error(source, f"is too large: its text takes more than {MAX_OUTPUT // 2**20} MB") from error
    if code is None:
        raise _error(source, f"took pandoc more than {SECONDS:.0f} s to read")
    if code != 0:
        raise _refusal(" ".join(log.texts()), code, prepared, source)
    try:
        tree: dict[str, Any] = json.loads(out.bytes())
    except RecursionError as error:
        raise _error(source, "is nested too deeply") from error
    return tree


def _program() -> Path:
    """Return the pandoc of the package, not another one of the system: versions read documents differently."""
    spec = find_spec("pypandoc")
    name = "pandoc.exe" if sys.platform == "win32" else "pandoc"
    program = Path(spec.origin).parent / "files" / name if spec is not None and spec.origin else None
    if program is None or not program.is_file():
        raise SourceError("documents other than Markdown need pandoc, which is not installed", hint=f"run {INSTALL}")
    return program


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment in which pandoc finds none of the user's own files."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "HOME": str(folder), "XDG_DATA_HOME": str(folder), "APPDATA": str(folder)}


def _error(source: Source, problem: str) -> SourceError:
    return SourceError(f"'{source.address}' {problem}")


def _refusal(text: str, code: int, prepared: Prepared, source: Source) -> SourceError:
    """Return the error for a document that pandoc does not read, with its line if pandoc names it."""
    if "Heap exhausted" in text:
        return _error(source, f"takes pandoc more than {HEAP}B of memory to read")
    if "stack overflow" in text.lower():
        return _error(source, "is nested too deeply")
    message = " ".join(text.split())[:_SHOWN] or f"exit code {code}"
    hint = "correct it there" if (line := _line_of(text, prepared)) else "check that it opens in another program"
    location = Location(source.address, line, 1, 1) if line else None
    problem = f"pandoc cannot read it as {prepared.format}: {message}"
    return SourceError(problem if location else f"'{source.address}': {problem}", location, hint=hint)


def _line_of(text: str, prepared: Prepared) -> int:
    """Return the line of the source that pandoc's message names; 0 if it names none."""
    if at := _AT_LINE.search(text):
        return prepared.line(int(at[1]))
    if at := _AT_CHARACTER.search(text):
        read = prepared.data.decode("utf-8", "replace")[: int(at[1])]
        return prepared.line(read.count("\n") + 1)
    return 0
