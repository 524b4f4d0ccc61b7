"""`vidbuild create`: write a spec from a document or another source."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit
from vidbuild.platforms import shell_command

if TYPE_CHECKING:
    from vidbuild.api.create import Created
    from vidbuild.api.scripts import Commission

MAX_OMISSIONS = 12
MAX_SECONDS = 3600
_WITH_UPDATE = {"update", "dry_run", "rewrite", "writer", "seed", "as_json"}
_WITH_WIZARD = {"wizard", "output", "length", "voice", "theme", "brand", "dry_run"}


class _Length(click.ParamType):  # type: ignore[type-arg] # generic in click 8.3 alone
    """A length: 90, 90s, 2m or 1m30s."""

    name = "length"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        match = re.fullmatch(r"(?:(\d+(?:\.\d+)?)m(?:in)?)?(?:(\d+(?:\.\d+)?)s?)?", str(value).strip())
        seconds = 60 * float(match[1] or 0) + float(match[2] or 0) if match else 0.0
        if not 0 < seconds <= MAX_SECONDS:
            self.fail(f"'{value}' is no length: expected 90s, 2m or 1m30s, up to 60m", param, ctx)
        return seconds


@click.command(
    "create",
    epilog=options.example(
        "vidbuild create --from README.md", "vidbuild create --from docs/guide.md --length 90s -o guide.yaml"
    ),
)
@click.argument("wizard", required=False, metavar="[wizard]", type=click.Choice(["wizard"]))
@click.option("--from", "source", metavar="[KIND:]SOURCE", help="What the video is made from.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="The spec to write."
)
@click.option(
    "--length", type=_Length(), metavar="LENGTH", help="About how long the video is (90s, 2m); default: 2m30s."
)
@click.option("--scenes", type=click.IntRange(min=1), metavar="N", help="At most N scenes.")
@click.option("--section", default="", metavar="HEADING", help="Only what is below this heading.")
@click.option(
    "--pages",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="PDF",
    help="The slides as a PDF, whose pages are shown; the slides' notes stay the narration.",
)
@click.option("--language", metavar="TAG", help="Language of the source; default: as it says, or a guess.")
@click.option("--voice", metavar="VOICE", help="Voice of the spec, as listed by 'vidbuild voices'.")
@click.option("--theme", metavar="NAME", help="Theme of the spec, as listed by 'vidbuild themes'.")
@click.option(
    "--brand",
    metavar="NAME",
    shell_complete=options.completes("brand"),
    help="Brand of the spec, as listed by 'vidbuild brands'; what it sets is left out of the spec.",
)
@click.option("--accent", metavar="COLOR", help="Accent of the spec's theme: a name such as 'blue', or a hex color.")
@click.option("--build", is_flag=True, help="Build the video at once.")
@click.option(
    "--update",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="SPEC",
    help="Make the scenes again whose part of the source has changed; what you edited stays.",
)
@click.option("--writer", metavar="NAME:MODEL", help="Let a model write the narration, such as openai:MODEL.")
@click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), metavar="N", help="The model's seed; default: by the source."
)
@click.option("--rewrite", metavar="SCENE", help="With --update: let the model write this scene again.")
@click.option("-n", "--dry-run", is_flag=True, help="Print the spec or its change, and write nothing.")
@options.as_json("what was written and what was left out")
def command(
    wizard: str | None,
    source: str | None,
    output: Path | None,
    length: float | None,
    scenes: int | None,
    section: str,
    update: Path | None,
    pages: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
    build: bool,
    accent: str | None,
    writer: str | None,
    seed: int | None,
    rewrite: str | None,
    **head: str | None,
) -> int:
    """Write a spec from a document or another source.

    Sentences of the source are chosen and shortened, none is invented; the result is for you to read and edit.
    With --writer, a model of a server in your settings (see 'vidbuild config') gets the source and writes instead.
    'vidbuild create wizard' asks for a title, an audience, a length, a voice, a theme and scenes instead.
    """
    from vidbuild.api.create import Choices, Commission, create

    if sum(each is not None for each in (wizard, source, update)) != 1:
        raise click.UsageError("expected --from SOURCE, --update SPEC, or 'wizard'")
    if source is None:
        _refuse_others("--update" if update else "wizard", _WITH_UPDATE if update else _WITH_WIZARD)
    _check_writer(writer, seed, rewrite, source=source, update=update)
    commission = Commission(writer or "", seed, console.message)
    if wizard is not None:
        from vidbuild.cli import wizard as questions

        return questions.run(output, length, head, _Length(), dry_run=dry_run)
    if update is not None:
        return _update(update, rewrite, commission, dry_run=dry_run, as_json=as_json)
    assert source is not None  # noqa: S101 - one of the two is there
    extends = {"extends": head["theme"]} if head["theme"] else {}
    theme = {**extends, "accent": accent} if accent else head["theme"]
    asked = commission if writer else None
    fields = {"brand": None, **head, "theme": theme}
    made = create(source, output, Choices(length, scenes, section), fields, pages, asked)
    return _finish(made, dry_run=dry_run, build=build, as_json=as_json)


def _finish(made: Created, *, dry_run: bool, build: bool, as_json: bool) -> int:
    """Write a new spec, and print what was written and left out."""
    if as_json and build:
        raise click.UsageError("--json and --build both write to stdout: build the spec afterwards")
    if as_json:
        text = {"text": made.text} if dry_run else {}
        written = [] if dry_run else [str(path) for path in made.write()]
        left_out = [{"line": each.line, "what": each.what} for each in made.omissions]
        console.result_json({"spec": str(made.path), "written": written, "left_out": left_out, **text})
        return Exit.DONE
    for each in made.omissions[:MAX_OMISSIONS]:
        console.message(f"{made.source}:{each.line}: left out {each.what}" if each.line else f"left out {each.what}")
    if len(made.omissions) > MAX_OMISSIONS:
        console.message(f"left out {len(made.omissions) - MAX_OMISSIONS} more")
    if dry_run:
        console.result(made.text.rstrip("\n"))
        return Exit.DONE
    for path in made.write():
        console.result(str(path))
    if build:
        from vidbuild.cli.commands.build import command as build_command

        context = click.get_current_context()
        return int(build_command.main([str(made.path)], "vidbuild build", standalone_mode=False, obj=context.obj))
    console.message("next: " + shell_command("vidbuild", "build", made.path))
    return Exit.DONE


def _refuse_others(way: str, taken: Collection[str]) -> None:
    """Refuse the options that one way of `create` does not use; taken: the names of those that it does."""
    context = click.get_current_context()
    for each in context.command.params:
        is_given = context.get_parameter_source(str(each.name)) is ParameterSource.COMMANDLINE
        if is_given and each.name not in taken:
            raise click.UsageError(f"'{each.opts[0]}' has no effect with {way}: it is for --from")


def _check_writer(writer: str | None, seed: int | None, rewrite: str | None, *, source: object, update: object) -> None:
    """Raise a usage error for options of writers that have no meaning together."""
    if rewrite is not None and update is None:
        raise click.UsageError("--rewrite names a scene of a spec: expected --update SPEC --rewrite SCENE")
    if writer is not None and source is None and rewrite is None:
        raise click.UsageError(
            "--writer needs something to write: expected --from SOURCE, or --update SPEC --rewrite SCENE"
        )
    if seed is not None and writer is None and rewrite is None:
        raise click.UsageError("--seed is that of a model: expected --writer NAME:MODEL with it")


def _update(path: Path, rewrite: str | None, commission: Commission, *, dry_run: bool, as_json: bool) -> int:
    """Bring a spec up to date with its source, or have one scene written again, and print what changes."""
    from vidbuild.api.create import update
    from vidbuild.api.rewrite import rewrite as rewritten

    made = rewritten(path, rewrite, commission) if rewrite is not None else update(path)
    changed, now = "its source has changed", "its source now makes"
    if rewrite is not None:
        changed, now = "it was written again", "the new text"
    if as_json:
        kept = [{"scene": each.scene, "field": each.field, "line": each.line, "now": each.source} for each in made.kept]
        diff = made.diff()
        if not dry_run:
            made.write()
        written = [str(path)] if diff and not dry_run else []
        console.result_json({"spec": str(path), "written": written, "kept": kept, "diff": diff})
        return Exit.DONE
    for each in made.kept:
        what = f"'{each.field}'" if each.field else "the scene"
        console.message(f"{path}:{each.line}: kept {what} of '{each.scene}' as edited, although {changed}")
        if each.source:
            console.message(f"      hint: {now}: {each.source}")
    if diff := made.diff():
        console.result(diff)
    if not dry_run:
        made.write()
    console.message("up to date" if not diff else "would update" if dry_run else f"updated {path}")
    return Exit.DONE
