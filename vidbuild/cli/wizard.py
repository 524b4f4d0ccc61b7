"""`vidbuild create wizard`: ask what a video is to be, and write the beginning of its spec."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from vidbuild.cli import console, questions
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError
from vidbuild.platforms import shell_command

NAMES = ("title", "audience", "length", "voice", "theme", "scenes")
OF_BRAND = frozenset({"voice", "theme"})  # questions that a brand answers
SPEC = Path("video.yaml")
DEFAULT_THEME = "midnight"


def run(
    output: Path | None,
    length: float | None,
    head: Mapping[str, str | None],
    kind: click.ParamType[Any],
    *,
    dry_run: bool,
) -> int:
    """Ask, and write the spec, or print it. Raises UsageError if there is no terminal to ask on."""
    from vidbuild.api.brands import check as check_brand
    from vidbuild.api.themes import themes
    from vidbuild.api.wizard import Answers, spec_text, write

    if not questions.can_ask():
        raise UsageError(
            "'wizard' asks questions: expected a terminal",
            hint="write what is to be said as a document and run 'vidbuild create --from notes.md --length 90s', or run"
            " 'vidbuild init --yes --title TITLE' for a project to begin with",
        )
    built_in = [each.name for each in themes()]
    brand = head.get("brand") or ""
    given = {"length": f"{length:g}s" if length else None, "voice": head.get("voice"), "theme": head.get("theme")}
    defaults = {"title": "A video", "length": "90s", "theme": DEFAULT_THEME, "scenes": "Why, How, What next"}
    kinds = {"length": kind, "theme": click.Choice(built_in)}
    names = [each for each in NAMES if not brand or each not in OF_BRAND or given[each]]
    if brand:
        check_brand(brand, output or SPEC)
    answers = questions.answers(names, given, defaults, kinds, ask=True)
    wanted = Answers(
        answers["title"],
        answers["audience"],
        float(kind.convert(answers["length"], None, None)),
        answers.get("voice", ""),
        answers.get("theme", ""),
        [each.strip() for each in answers["scenes"].split(",")],
        brand,
    )
    if dry_run:
        console.result(spec_text(wanted).rstrip("\n"))
        return Exit.DONE
    path = output or SPEC
    write(path, wanted)
    console.result(str(path))
    console.message("next: write the narrations, then " + shell_command("vidbuild", "build", path))
    return Exit.DONE
