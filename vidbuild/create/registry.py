"""All importers, and which of them reads a source."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.create.source import files
from vidbuild.create.source.protocol import Importer, Source
from vidbuild.errors import UsageError
from vidbuild.project import root_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Module in `importers` -> the name of its class. Each is imported when it is needed.
IMPORTERS = {
    "changelog": "ChangelogImporter",
    "gitrange": "GitRangeImporter",
    "slides": "SlidesImporter",
    "markdown": "MarkdownImporter",
    "captions": "CaptionsImporter",
    "cast": "CastImporter",
    "tape": "TapeImporter",
    "youtube": "YouTubeImporter",
    "data": "DataImporter",
    "topic": "TopicImporter",
    "notebook": "NotebookImporter",
    "pandoc": "PandocImporter",
}


def importers() -> Iterator[Importer]:
    """Yield an importer of each kind of source."""
    for module, name in IMPORTERS.items():
        importer: Importer = getattr(import_module(f"vidbuild.create.importers.{module}"), name)()
        yield importer


def own_kinds() -> list[str]:
    """Return the kinds of vidbuild's own importers."""
    return list(dict.fromkeys(each.name for each in importers()))


def importers_for(argument: str) -> list[Importer]:
    """Return vidbuild's own importers, and those of plug-ins if none of its own is meant. Raises PluginError.

    argument: KIND:SOURCE or a file, as for `resolve`.
    """
    own = list(importers())
    kinds = {each.name for each in own}
    kind, colon, _ = argument.partition(":")
    ending = Path(argument).suffix.lower()
    if (colon and kind in kinds) or any(ending in each.endings for each in own):
        return own
    from vidbuild.create import plugin

    is_named = bool(colon) and not files.exists(Path(argument))
    return [*own, *(plugin.of_kind(kind, kinds) if is_named else plugin.of_ending(ending, kinds))]


def resolve(argument: str, folder: Path | None = None) -> tuple[Importer, Source]:
    """Return the importer for the argument of `--from`, and the source. Raises UsageError if there is none.

    argument: KIND:SOURCE, or a file, whose kind is known by its ending.
    folder: the one in which a source that is no file is looked up; default: the current one.
    """
    known = importers_for(argument)
    kinds = list(dict.fromkeys(each.name for each in known))
    kind, colon, address = argument.partition(":")
    is_file = files.exists(Path(argument))
    if not is_file and (found := _without_file(argument, known, folder or Path.cwd())):
        return found
    if not colon or is_file or len(kind) == 1:  # one letter is a drive
        kind, address = "", argument
    elif kind not in kinds:
        from vidbuild.extensions.hints import unknown_hint

        raise UsageError(f"unknown kind of source '{kind}'", hint=unknown_hint("importers", kind, kinds))
    path = Path(address)
    if what := files.absence(path):
        raise UsageError(f"'{address}' {what}: expected a file to create a spec from")
    source = Source(kind, address, root_of(path))
    fitting = [each for each in known if kind in {"", each.name}]
    ending = path.suffix.lower()
    for importer in fitting:
        if ending in importer.endings and importer.recognizes(source):
            return importer, source
    endings = sorted({each for importer in fitting for each in importer.endings if each})
    raise UsageError(
        f"'{address}' is no {kind or 'source'} that vidbuild reads: expected a file that ends with {', '.join(endings)}"
    )


def named(name: str, folder: Path) -> tuple[Importer, Source]:
    """Return the importer and the source of a scene's `made_from`. Raises UsageError if there is none.

    name: a file's path relative to the folder, with its kind if its ending does not say it; or KIND:ADDRESS of a kind
        that reads no files.
    """
    kind, colon, path = name.partition(":")
    known = importers_for(name)
    if found := _without_file(name, known, folder, with_kind=True):
        return found
    if colon and kind in {each.name for each in known} and not files.exists(folder / name):
        return resolve(f"{kind}:{folder / path}")
    return resolve(str(folder / name))


def recorded(origin: str, folder: Path) -> tuple[Importer, Source]:
    """Return the importer and the source of a record, which is KIND:NAME. Raises UsageError if there is none."""
    kind, _, name = origin.partition(":")
    return _without_file(origin, importers_for(origin), folder, with_kind=True) or resolve(f"{kind}:{folder / name}")


def _without_file(
    argument: str, known: Sequence[Importer], folder: Path, *, with_kind: bool = False
) -> tuple[Importer, Source] | None:
    """Return the importer and the source of an argument that is no file; None if no importer takes it.

    A kind that reads no files takes all that is named after it, and one that shares its name with a kind that does
    takes what it recognizes. with_kind: whether the argument needs the name of a kind.
    """
    kind, _, address = argument.partition(":")
    reads_files = any(importer.endings for importer in known if importer.name == kind)
    for importer in known:
        is_named = kind == importer.name
        if importer.endings or (with_kind and not is_named):
            continue
        given = Source(importer.name, address if is_named else argument, folder, is_file=False)
        if (is_named and not reads_files) or importer.recognizes(given):
            return importer, given
    return None
