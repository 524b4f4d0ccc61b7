"""Several ways to do one thing, of which a video shows the first: typed one after the other, they make no sense."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vidbuild.create.source.outline import Commands

# "Or, use Docker" begins another way, in the languages of most documents.
_OTHER = re.compile(
    r"(?:or|alternatively|otherwise|oder|alternativ|andernfalls|ou|o bien|oppure|of|eller|lub)\b[,:\s]", re.IGNORECASE
)
_INSTALLS = re.compile(r"(?:^|\s)(?:install|add|get|require|tap|-S\w*|-i\w*|-iA|fetch|upgrade|update)(?:\s|$)")
MAX_LABEL = 3  # words of "wget:" and "With Homebrew:"


def is_other_way(prose: Sequence[str]) -> bool:
    """Return whether paragraphs begin another way to do what is shown before them."""
    return bool(prose) and _OTHER.match(prose[0]) is not None


def is_label(prose: Sequence[str]) -> bool:
    """Return whether the prose before commands only names a way: "wget:"."""
    return bool(prose) and prose[-1].rstrip().endswith((":", "\uff1a")) and len(prose[-1].split()) <= MAX_LABEL


def first_way(block: Commands) -> tuple[Commands, int]:
    """Return the commands without other ways to install the same, and how many were left out.

    These are commands of different programs, each of which installs something of one name.
    """
    runs = [each.run for each in block.commands]
    if not runs[1:] or not all(map(_INSTALLS.search, runs)):
        return block, 0
    programs = [_words(run)[0] for run in runs if _words(run)]
    names = {_name(run) for run in runs}
    if len({*programs}) < len(runs) or len(names) > 1:
        return block, 0
    return Commands(block.commands[:1], block.shell), len(runs) - 1


def _words(run: str) -> list[str]:
    words = run.split()
    return words[1:] if words[:1] in (["sudo"], ["doas"]) else words


def _name(run: str) -> str:
    """Return the last part of the name of what is installed: "vhs" of "nixpkgs.vhs" and "charmbracelet/tap/vhs"."""
    return re.split(r"[./@:]", run.rsplit(maxsplit=1)[-1].partition("@")[0])[-1].lower()
