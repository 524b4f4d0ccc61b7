"""What is new between two versions of the user's own repository: the commits of a range, grouped by their kind."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from vidbuild.create.importers.changelog import changes
from vidbuild.create.source.outline import Item, Omission, Outline, Prose, Section
from vidbuild.create.source.protocol import Source, SourceError

MAX_COMMITS = 2000
SECONDS = 20
_REVISION = r"[A-Za-z0-9@][\w.\-/~^@{}+]*?(?<![/.])"
_RANGE = re.compile(rf"(?P<old>{_REVISION})\.\.(?P<new>(?:{_REVISION})?)")
_CONVENTIONAL = re.compile(r"(?P<type>[A-Za-z]+)(?:\((?P<scope>[^()]*)\))?(?P<breaking>!)?:\s+(?P<text>\S.*)")
_BREAKING = re.compile(r"^BREAKING[ -]CHANGE:\s", re.MULTILINE)
_KINDS = {
    "feat": "Added", "feature": "Added",
    "fix": "Fixed", "bugfix": "Fixed", "perf": "Performance", "docs": "Documentation",
    "revert": "Reverted", "security": "Security", "deprecate": "Deprecated", "remove": "Removed",
}  # fmt: skip
_UPKEEP = frozenset({"chore", "ci", "build", "test", "tests", "style", "refactor", "release", "deps"})
_ORDER = ("Breaking changes", "Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Performance",
          "Reverted", "Documentation")  # fmt: skip
_FIELD, _RECORD = "\x1f", "\x1e"


@dataclass(frozen=True, slots=True)
class _Commit:
    digest: str
    subject: str
    body: str


class GitRangeImporter:
    """A section for each kind of commit. Git is asked in a process of its own, with no settings of the user's."""

    name = "changelog"
    summary = ""
    endings: Collection[str] = ()
    network = False

    def recognizes(self, source: Source) -> bool:
        """A range such as v1.0..v1.1."""
        return _RANGE.fullmatch(source.address) is not None

    def read(self, source: Source) -> Outline:
        """Return the commits of a range. Raises SourceError if there are none."""
        match = _RANGE.fullmatch(source.address)
        if match is None:
            raise SourceError(f"'{source.address}' is no range of a git repository: expected one such as v1.0..v1.1")
        commits = list(_commits(source))
        if not commits:
            hint = f"list them: git log --oneline {source.address}"
            raise SourceError(f"the range '{source.address}' has no commits", hint=hint)
        groups: dict[str, list[tuple[Item, str]]] = {}
        left_out = 0
        for commit in commits:
            kind, item = _change(commit)
            if kind:
                groups.setdefault(kind, []).append((item, commit.digest))
            else:
                left_out += 1
        new, old = match["new"] or "HEAD", match["old"]
        title = f"What is new since {old}" if new == "HEAD" else f"What is new in {new}"
        count = f"{len(commits)} change{'s' if len(commits) > 1 else ''} since {old}."
        first = Section(title, (Prose(count),), source_text="\n".join(each.digest for each in commits), name=title)
        omissions = (
            [Omission(f"{left_out} commit{'s' if left_out > 1 else ''} about the project's upkeep")] if left_out else []
        )
        return Outline(title, (first, *_sections(groups, title)), omissions=tuple(omissions)).named()


def _sections(groups: dict[str, list[tuple[Item, str]]], title: str) -> Iterator[Section]:
    for kind in _ORDER:
        if entries := groups.get(kind):
            blocks = tuple(changes.split([item for item, _ in entries]))
            yield Section(kind, blocks, (title,), source_text="\n".join(digest for _, digest in entries))


def _change(commit: _Commit) -> tuple[str, Item]:
    """Return the kind of a commit, "" for the project's upkeep, and how it is listed."""
    match = _CONVENTIONAL.fullmatch(commit.subject)
    text = changes.without_references(match["text"] if match else commit.subject) or commit.subject
    scope = (match["scope"] or "").strip() if match else ""
    name = match["type"].lower() if match else ""
    if match and name not in _KINDS and name not in _UPKEEP:
        scope = scope or match["type"]  # "cli: read two files" names a part of the project instead of a kind
    item = Item(text[:1].upper() + text[1:], scope)
    if (match and match["breaking"]) or _BREAKING.search(commit.body):
        return "Breaking changes", item
    if match is None:
        return "Changed", item
    return ("" if name in _UPKEEP else _KINDS.get(name, "Changed")), item


def _commits(source: Source) -> Iterator[_Commit]:
    output = _git(source, ["log", "--no-merges", "--no-show-signature", "--no-color", "--encoding=UTF-8",
                           f"--max-count={MAX_COMMITS}", f"--format=%H{_FIELD}%s{_FIELD}%b{_RECORD}",
                           "--end-of-options", source.address, "--"])  # fmt: skip
    for record in output.split(_RECORD):
        match record.strip("\n").split(_FIELD):
            case [commit, subject, body] if subject.strip():
                yield _Commit(commit, " ".join(_printable(subject).split()), body)


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable() or character == "\t").replace("`", "'")


def _git(source: Source, arguments: Sequence[str]) -> str:
    """Return what git prints, in the current repository, without the user's settings and any network."""
    import os
    import subprocess

    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_PAGER": "cat",
    }
    command = ["git", "-c", "log.showSignature=false", "-c", "core.fsmonitor=false", *arguments]
    try:
        done = subprocess.run(
            command, cwd=source.root, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS,
            check=False,
        )  # fmt: skip
    except FileNotFoundError as error:
        hint = "install git, or name a changelog's file: --from changelog:CHANGELOG.md"
        raise SourceError("git was not found: a range is read with it", hint=hint) from error
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"git did not answer in {SECONDS} s", hint="name a smaller range") from error
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").splitlines()
        message = next((each.partition(": ")[2] for each in lines if each.startswith(("fatal", "error"))), "it failed")
        hint = "run vidbuild in the repository, with names of its tags or branches: git tag --list"
        raise SourceError(f"git cannot read the range '{source.address}': {message}", hint=hint)
    return done.stdout.decode("utf-8", "replace")
