"""Read unified patches: of git or of `diff -u`, with several files and hunks, and whatever headers are around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from vidbuild.suggest import did_you_mean

HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_GIT = re.compile(r'diff --git (?:"?a/(?P<old>.*?)"?) (?:"?b/(?P<new>.*?)"?)$')
_BINARY = re.compile(r"Binary files .* differ$|GIT binary patch$")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)")
_SHOWN = 40  # characters of a line in a message


class PatchError(ValueError):
    """A text that is no patch, or one that cannot be shown. line: the one that is to blame, 0 for none."""

    def __init__(self, message: str, hint: str | None = None, line: int = 0) -> None:
        super().__init__(message)
        self.hint, self.line = hint, line


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a hunk. kind: " ", "-" or "+"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines of a file. old, new: the numbers of their first lines in the file before and after."""

    old: int
    new: int
    lines: tuple[Line, ...]


@dataclass(slots=True)
class FilePatch:
    """What a patch changes in one file. binary: the line that says that the file is binary, 0 if it is not."""

    name: str
    hunks: list[Hunk] = field(default_factory=list)
    binary: int = 0


def parse(text: str) -> list[FilePatch]:
    """Return the files that a patch changes. Raises PatchError."""
    lines = text.replace("\r\n", "\n").split("\n")
    files: list[FilePatch] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        git = _GIT.match(line)
        hunk = HUNK.match(line)
        if git:
            files.append(FilePatch(_unquoted(f'"{git["new"]}"') if line.endswith('"') else git["new"]))
        elif line.startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ "):
            old, new = (_name(each) for each in lines[at : at + 2])
            name = old if new == "/dev/null" else new
            if files and not files[-1].hunks and not files[-1].binary and _same(files[-1].name, name):
                files[-1].name = name
            else:
                files.append(FilePatch(name))
            at += 1
        elif line.startswith("@@@ "):
            raise PatchError("a patch of a merge, with several old files, is not supported", line=at + 1)
        elif _BINARY.match(line) and files:
            files[-1].binary = at + 1
        elif hunk:
            if not files:
                files.append(FilePatch(""))
            found, at = _hunk(hunk, lines, at)
            files[-1].hunks.append(found)
            continue
        elif line.startswith("@@"):
            raise PatchError(f"'{_shortened(line)}' is not a hunk's header, such as '@@ -1,3 +1,4 @@'", line=at + 1)
        at += 1
    return files


def choose(files: Sequence[FilePatch], path: str) -> FilePatch:
    """Return the file at a path, or the only one with changes to show if the path is "". Raises PatchError."""
    shown = [item for item in files if item.hunks]
    if path:
        named = [item for item in files if item.name == path] or [item for item in files if _ends(item.name, path)]
        if len(named) != 1:
            problem = f"names {len(named)} of the patch's files" if named else "is not in the patch"
            raise PatchError(f"'{path}' {problem}", did_you_mean(path, [item.name for item in named or files], 3, 0.3))
        found = named[0]
    elif len(shown) > 1:
        raise PatchError(f"the patch changes {len(shown)} files", _hint(shown))
    elif not shown and not files:
        raise PatchError("no hunk such as '@@ -1,3 +1,4 @@' in the patch")
    else:
        found = (shown or list(files))[0]
    if found.binary:
        raise PatchError(f"'{found.name}' is binary: its changes cannot be shown", line=found.binary)
    if not any(line.kind != " " for hunk in found.hunks for line in hunk.lines):
        raise PatchError(f"the patch changes no line of '{found.name}'" if found.name else "the patch changes no line")
    return found


def _hint(files: Sequence[FilePatch]) -> str:
    names = [f"'path: {item.name}'" for item in files[:3]]
    return "add " + " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _hunk(header: re.Match[str], lines: Sequence[str], at: int) -> tuple[Hunk, int]:
    """Return the hunk whose header is the line at an index, and the index of the line after it."""
    old, new = int(header[2] or 1), int(header[4] or 1)
    left = {"-": old, "+": new}
    found: list[Line] = []
    start = at
    at += 1
    while any(left.values()) and at < len(lines):
        line = lines[at]
        kind = line[:1] or " "  # an editor may have removed the blank of an empty line
        if kind == "\\":
            at += 1
            continue
        if kind not in " +-" or _is_cut(lines, at, left):
            break
        for side in "-+" if kind == " " else kind:
            left[side] -= 1
        if min(left.values()) < 0:
            raise PatchError(f"the hunk of line {start + 1} has more lines than '{header[0]}' counts", line=at + 1)
        found.append(Line(kind, line[1:]))
        at += 1
    if any(left.values()):
        has = f"{old - left['-']} old and {new - left['+']} new lines"
        raise PatchError(
            f"line {start + 1}: '{header[0]}' counts {old} old and {new} new lines, but the hunk has {has}"
        )
    return Hunk(int(header[1]), int(header[3]), tuple(found)), at


def _is_cut(lines: Sequence[str], at: int, left: dict[str, int]) -> bool:
    """Return whether the patch ends here, with the empty line that ends every text."""
    return at == len(lines) - 1 and not lines[at] and any(left.values())


def _name(header: str) -> str:
    """Return the path in a "---" or "+++" line: without a time stamp, quotes, and git's "a/" or "b/"."""
    name = _unquoted(header[4:].split("\t", maxsplit=1)[0].strip())
    return name[2:] if name[:2] in {"a/", "b/", "i/", "w/", "c/", "o/"} else name


def _unquoted(name: str) -> str:
    """Return a name that git has put in quotes, with its bytes as octal numbers."""
    if not (name.startswith('"') and name.endswith('"')):
        return name
    raw = _ESCAPE.sub(lambda match: _escaped(match[1]), name[1:-1].encode())
    return raw.decode("utf-8", "replace")


def _escaped(code: bytes) -> bytes:
    """Return the byte that a backslash and this code stand for."""
    return bytes([int(code, 8) & 255]) if len(code) > 1 else {b"t": b"\t", b"n": b"\n"}.get(code, code)


def _same(first: str, second: str) -> bool:
    return first == second or _ends(first, second) or _ends(second, first)


def _ends(name: str, path: str) -> bool:
    return name.endswith(f"/{path.removeprefix('./')}") or name == path.removeprefix("./")


def _shortened(line: str) -> str:
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
