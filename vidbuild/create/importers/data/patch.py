"""Unified patches, alone or as `git format-patch` writes them: a scene for each file that changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import policy
from email.parser import HeaderParser

from vidbuild.create.source import patches, phrases
from vidbuild.create.source.outline import Change, Omission, Outline, Prose, Section
from vidbuild.create.source.patches import FileChange
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.location import Location

_MAIL = re.compile(r"^From [0-9a-f]{40} .*$", re.MULTILINE)
_SUBJECT = re.compile(r"\A\s*(?:\[[^\]]*\]\s*)+")
_TRAILER = re.compile(
    r"(?:[A-Z][A-Za-z]*(?:-[A-Za-z]+)*-(?:by|on|to|id)|Fixes|Closes|Refs|Cc|Link): ?.*", re.IGNORECASE
)


def read(source: Source) -> Outline:
    """Return a section for each commit and each of its files."""
    text = source.text()
    starts = [match.start() for match in _MAIL.finditer(text)] or [0]
    title = ""
    sections: list[Section] = []
    omissions: list[Omission] = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        part = text[start:end]
        line = text.count("\n", 0, start) + 1
        subject, prose = _message(part) if _MAIL.match(part) else ("", [])
        heading = subject or phrases.title_of(source.path.stem)
        title = title or heading
        found = list(_files(part, line, heading, omissions))
        if not found and not omissions:
            raise SourceError(
                "no change of a file: expected a unified patch, as 'git diff' prints it",
                Location(source.address, line, 1, 1),
            )
        above = () if heading == title else (title,)
        own = "\n".join((subject, *prose))
        sections.append(Section(heading, tuple(map(Prose, prose)), above, line, own))
        sections += found
    return Outline(title, tuple(sections), omissions=tuple(omissions)).named()


def _files(part: str, line: int, heading: str, omissions: list[Omission]) -> Iterator[Section]:
    for each in patches.files(part):
        at = line + each.line - 1
        if each.text:
            yield Section(each.path, (Prose(_count(each)), Change(each.text, each.path)), (heading,), at, each.text)
        else:
            omissions.append(Omission(f"a binary file: {each.path}", at))


def _count(change: FileChange) -> str:
    """Return how many lines change, as a sentence."""
    lines = change.text.split("\n")[2:]
    added, removed = (sum(line.startswith(sign) for line in lines) for sign in "+-")
    forms = [
        f"{count} line{'s' if count > 1 else ''} {verb}"
        for count, verb in ((removed, "removed"), (added, "added"))
        if count
    ]
    return f"`{change.path}`: {' and '.join(forms)}."


def _message(part: str) -> tuple[str, list[str]]:
    """Return the subject of a commit and the paragraphs below it, without signatures."""
    head, _, rest = part.partition("\n\n")
    lines = head.split("\n", 1)
    headers = HeaderParser(policy=policy.compat32).parsestr(lines[1] if len(lines) > 1 else "")
    subject = _SUBJECT.sub("", " ".join(_decoded(headers.get("Subject", "")).split()))
    body = re.split(r"^(?:---\s*$|diff --git )", rest, maxsplit=1, flags=re.MULTILINE)[0]
    paragraphs = [
        " ".join(line.strip() for line in paragraph.splitlines() if not _TRAILER.fullmatch(line.strip()))
        for paragraph in re.split(r"\n\s*\n", body)
    ]
    return subject, [each for each in paragraphs if each]


def _decoded(value: object) -> str:
    """Return a header's text, whose words can be encoded."""
    from email.errors import MessageError
    from email.header import decode_header, make_header

    try:
        return str(make_header(decode_header(str(value))))
    except (MessageError, LookupError, ValueError):
        return str(value)
