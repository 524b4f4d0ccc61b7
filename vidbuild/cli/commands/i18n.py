"""`vidbuild i18n`: translations of a spec."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vidbuild.cli import console, options, spec_files
from vidbuild.cli.exit_codes import Exit
from vidbuild.cli.group import SuggestingGroup

if TYPE_CHECKING:
    from vidbuild.api.i18n import Language, Written

MAX_LISTED = 10  # texts of one state
_LANGUAGES = click.option(
    "--language", "languages", metavar="TAG", multiple=True, help="Only this one; may be repeated."
)


@click.group(
    "i18n",
    cls=SuggestingGroup,
    epilog=options.example("vidbuild i18n extract", "vidbuild i18n export --language de -o de.po"),
)
def command() -> None:
    """Translate the texts of a spec.

    The first of a spec's languages is the one in which it is written. Translations into the others are in
    i18n/LANGUAGE.yaml beside the spec.
    """


@command.command("extract", epilog=options.example("vidbuild i18n extract", "vidbuild i18n extract --language de"))
@options.spec()
@_LANGUAGES
@options.as_json("the files and what is missing in them")
def extract(spec: Path | None, languages: tuple[str, ...], *, as_json: bool) -> int:
    """Write or update the files of translations.

    New texts are added without a translation. A translation whose source has changed keeps the old source, with the new
    one in a comment. What the spec no longer has is moved to the end. Comments and order stay.
    """
    from vidbuild.api import i18n

    written = i18n.extract(_path(spec), languages)
    if as_json:
        console.result_json({"languages": [_to_json(each.language, changed=each.changed) for each in written]})
        return Exit.DONE
    for each in written:
        state = "written" if each.changed else "up to date"
        console.result(f"{each.language.file}: {state}: {_counts(each.language)}")
    return Exit.DONE


@command.command("status", epilog=options.example("vidbuild i18n status", "vidbuild i18n status --strict"))
@options.spec()
@_LANGUAGES
@click.option("--strict", is_flag=True, help="Exit with code 2 if a translation is missing, stale or wrong.")
@options.as_json("the state of every text")
def status(spec: Path | None, languages: tuple[str, ...], *, strict: bool, as_json: bool) -> int:
    """Show which translations are missing or stale.

    A stale translation was made from a text that the spec no longer has.
    """
    from vidbuild.api import i18n

    found = i18n.status(_path(spec), languages)
    is_whole = all(each.count("done") == len(each.units) and not each.problems for each in found)
    if as_json:
        console.result_json({"complete": is_whole, "languages": [_to_json(each) for each in found]})
    else:
        for each in found:
            _print(each)
    return Exit.DONE if is_whole or not strict else Exit.WRONG


@command.command("export", epilog=options.example("vidbuild i18n export --language de -o de.xlf"))
@options.spec()
@click.option("--language", metavar="TAG", required=True, help="Language to translate into.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    required=True,
    help="File to write: .po for GNU gettext, .xlf for XLIFF 1.2.",
)
@options.as_json("the file and the texts in it")
def export(spec: Path | None, language: str, output: Path, *, as_json: bool) -> int:
    """Write a file for a translator's tool.

    Cues such as [[install]] must stay in a translation: XLIFF has them as elements that tools protect.
    """
    from vidbuild.api import i18n

    found = i18n.export(_path(spec), language, output)
    if as_json:
        console.result_json(_to_json(found) | {"file": str(output)})
        return Exit.DONE
    console.message(f"{len(found.units)} texts: {_counts(found)}")
    console.result(str(output))
    return Exit.DONE


@command.command("import", epilog=options.example("vidbuild i18n import de.xlf"))
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@options.spec()
@click.option("--language", metavar="TAG", help="Language of FILE; default: as FILE says.")
@options.as_json("the file and what was skipped")
def import_(file: Path, spec: Path | None, language: str | None, *, as_json: bool) -> int:
    """Take translations of FILE, PO or XLIFF, into i18n/LANGUAGE.yaml.

    A translation that lacks a cue of its source is left out, and reported.
    """
    from vidbuild.api import i18n

    written = i18n.import_(_path(spec), file, language)
    if as_json:
        own = {"imported": written.imported, "skipped": list(written.skipped)}
        console.result_json({**_to_json(written.language, changed=written.changed), **own})
        return Exit.DONE
    _print_import(written)
    return Exit.DONE


def _print_import(written: Written) -> None:
    for each in written.skipped:
        console.message(f"warning: skipped: {each}")
    texts = "1 text" if written.imported == 1 else f"{written.imported} texts"
    console.result(f"{written.language.file}: {texts} imported: {_counts(written.language)}")


def _path(spec: Path | None) -> Path:
    return spec_files.resolve_spec(spec)


def _counts(language: Language) -> str:
    counts = [f"{language.count('done')} of {len(language.units)} translated"]
    counts += [f"{number} {state}" for state in ("stale", "missing") if (number := language.count(state))]
    return ", ".join(counts)


def _print(language: Language) -> None:
    """Print the state of a language, and the first texts that need work."""
    console.result(f"{language.language}: {_counts(language)}")
    for state in ("missing", "stale"):
        own = [unit for unit in language.units if unit.state == state]
        for unit in own[:MAX_LISTED]:
            console.result(f"  {state}  {unit.scene}: {unit.field}: {_shortened(unit.source)}")
        if len(own) > MAX_LISTED:
            console.result(f"  {state}  and {len(own) - MAX_LISTED} more")
    for unit, problem in language.problems:
        console.result(f"  wrong  {unit.scene}: {unit.field}: {problem}")


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"  # noqa: PLR2004 - characters in a line


def _to_json(language: Language, *, changed: bool | None = None) -> dict[str, Any]:
    wrong = {(unit.scene, unit.field): problem for unit, problem in language.problems}
    return {
        "language": language.language,
        "file": str(language.file),
        **({} if changed is None else {"changed": changed}),
        **{state: language.count(state) for state in ("done", "stale", "missing")},
        "texts": [
            {
                "scene": unit.scene,
                "field": unit.field,
                "source": unit.source,
                "text": unit.text,
                "was": unit.was or None,
                "state": unit.state,
                "line": unit.line,
                "problem": wrong.get((unit.scene, unit.field)),
            }
            for unit in language.units
        ],
    }
