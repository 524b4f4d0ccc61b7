"""Translations of a spec: what is missing, files to translate, and their exchange with translators' tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from vidbuild.engine.disk import durable
from vidbuild.errors import UsageError, os_error_text
from vidbuild.frozen import dataclass
from vidbuild.i18n import catalog, merge, po, xliff, yaml_file
from vidbuild.i18n.catalog import CatalogError, Entry, Name, Source, Unit
from vidbuild.i18n.exchange import Exchange
from vidbuild.project import OTHER_SPECS, name_of, root_of
from vidbuild.spec import brand, paths, reader, schema, translatable, translations
from vidbuild.spec.diagnostics import SpecError
from vidbuild.spec.load import MAX_BYTES as MAX_SPEC
from vidbuild.spec.narration import lookup
from vidbuild.spec.own_files import own_content, why_unreadable
from vidbuild.spec.videos import Videos
from vidbuild.suggest import did_you_mean

MAX_BYTES = 20_000_000  # of a file of a translator: both languages, and markup
PO, XLIFF = (".po", ".pot"), (".xlf", ".xliff")


@dataclass(frozen=True, slots=True)
class Language:
    """The translations into one language. file: where they are, or will be; units: those that the file is for."""

    language: str
    file: Path
    exists: bool
    units: tuple[Unit, ...]

    def count(self, state: catalog.State) -> int:
        """Return how many units are in a state."""
        return sum(unit.state == state for unit in self.units)

    @property
    def problems(self) -> list[tuple[Unit, str]]:
        """The translations whose cues or templates differ from those of their source, and how."""
        found = (
            (unit, catalog.problem(unit.was or unit.source, unit.text)) for unit in self.units if unit.text.strip()
        )
        return [(unit, problem) for unit, problem in found if problem]


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written, or is up to date. skipped: what of an imported file was not used, and why."""

    language: Language
    changed: bool
    skipped: tuple[str, ...] = ()
    imported: int = 0


@dataclass(frozen=True, slots=True)
class _Spec:
    path: Path
    languages: tuple[str, ...]
    texts: tuple[translatable.Text, ...]


def status(spec: Path, only: Sequence[str] = ()) -> list[Language]:
    """Return the state of the translations into each language of a spec. Raises SpecError, CatalogError.

    only: these languages instead.
    """
    read = _read(spec)
    return [_language(read, each) for each in _chosen(read, only)]


def extract(spec: Path, only: Sequence[str] = ()) -> list[Written]:
    """Write or update `i18n/LANGUAGE.yaml` for each language of a spec, with all texts that it has.

    only: these languages instead. Raises SpecError, CatalogError, UsageError.
    """
    read = _read(spec)
    written = []
    for each in _chosen(read, only):
        language = _language(read, each)
        text = _text_of(language.file) or yaml_file.header(spec.name, each)
        written.append(
            _save(
                language,
                yaml_file.updated(
                    text, language.units, str(language.file), shared=_is_shared(spec, language.file, each)
                ),
            )
        )
    return written


def export(spec: Path, language: str, output: Path) -> Language:
    """Write the translations into one language as PO or XLIFF 1.2, by the ending of the output's name."""
    read = _read(spec)
    [wanted] = _chosen(read, [language])
    found = _language(read, wanted)
    exchange = Exchange(read.languages[0], wanted, spec.name)
    data = (po if _is_po(output) else xliff).write(found.units, exchange)
    if output.resolve() in {spec.resolve(), found.file.resolve()}:
        raise UsageError(f"'{output}' is a file of the project and cannot be written")
    _write(output, data)
    return found


def import_(spec: Path, file: Path, language: str | None = None) -> Written:
    """Take the translations of a PO or XLIFF file into `i18n/LANGUAGE.yaml`.

    language: into which they are; None: as the file says. A translation whose cues or templates differ from those of
    its source is left out. Raises SpecError, CatalogError, UsageError.
    """
    module = po if _is_po(file) else xliff
    raw = _content(file, MAX_BYTES)
    exchange = module.read(raw, str(file))
    read = _read(spec)
    target = language or exchange.target
    if not target:
        raise UsageError(f"'{file}' does not say its language", hint="add '--language TAG'")
    [wanted] = _chosen(read, [target])
    found = _language(read, wanted)
    units, skipped = merge.merged(found.units, exchange.found, str(file))
    count = sum(new != old for new, old in zip(units, found.units, strict=True))
    text = _text_of(found.file) or yaml_file.header(spec.name, wanted)
    result = _save(found, yaml_file.replaced(text, units, str(found.file), shared=_is_shared(spec, found.file, wanted)))
    return Written(result.language, result.changed, tuple(skipped), count)


def _read(spec: Path) -> _Spec:
    """Return the texts of a spec as it is written. Raises SpecError if it cannot be read."""
    try:
        raw = own_content(spec, root_of(spec), MAX_SPEC)
    except (OSError, ValueError, paths.InputError) as error:
        raise UsageError(f"cannot read the spec '{spec}': {why_unreadable(error)}") from error
    text, problems = reader.decode(raw, str(spec))
    document = None
    if not problems:
        document, problems = reader.read(text, str(spec))
    if document is None or document.data is None or any(each.severity == "error" for each in problems):
        raise SpecError(problems, {str(spec): text})
    branded = brand.apply(document, root_of(spec), None)
    whole = branded.layered.document
    if not isinstance(whole.data, Mapping):
        raise UsageError(f"'{spec}' is not a spec")
    own = whole.data.get("language", schema.load()["properties"]["language"]["default"])
    languages = Videos.of(whole).languages or (str(own),)
    return _Spec(spec, languages, tuple(translatable.texts(branded.layered, languages[0])))


def _chosen(read: _Spec, only: Sequence[str]) -> list[str]:
    """Return the languages into which a spec is translated, or those of them that are given."""
    others = list(read.languages[1:])
    if not only:
        if not others:
            hint = f"write 'languages: [{read.languages[0]}, de]' in the spec"
            raise UsageError(f"'{read.path}' has no language to translate into", hint=hint)
        return others
    chosen = []
    for each in dict.fromkeys(only):
        tag = next((other for other in others if other.lower() == each.replace("_", "-").lower()), None)
        if tag is None:
            hint = did_you_mean(each, others) or f"add it to 'languages' in '{read.path}'"
            raise UsageError(f"'{read.path}' is not translated into '{each}'", hint=hint)
        chosen.append(tag)
    return chosen


def _language(read: _Spec, language: str) -> Language:
    file = _file_of(read.path, language)
    text = _text_of(file)
    entries = yaml_file.read(text, str(file)) if text else dict[Name, Entry]()
    units = catalog.units(_sources(read, language), entries)
    return Language(language, file, bool(text), tuple(units))


def _sources(read: _Spec, language: str) -> Iterator[Source]:
    """Yield the texts that a file of translations is for: those that the spec itself does not translate."""
    for each in read.texts:
        if lookup(language, list(each.others)) is None:
            yield Source(each.scene, each.field, each.value, each.location.line)


def _file_of(spec: Path, language: str) -> Path:
    """Return the file of a spec's translations: one that is there, or a file of its own if there are other specs."""
    own, shared = (spec.parent / translations.FOLDER / f"{name}{language}.yaml" for name in (f"{name_of(spec)}.", ""))
    return own if own.is_file() or (_has_others(spec) and not shared.is_file()) else shared


def _is_shared(spec: Path, file: Path, language: str) -> bool:
    """Return whether a file can have texts of other specs."""
    return file.name == f"{language}.yaml" and _has_others(spec)


def _has_others(spec: Path) -> bool:
    """Return whether there are other specs in a spec's folder."""
    found = (each for each in sorted(spec.parent.glob("*.y*ml")) if each.name != spec.name and each.is_file())
    return any(any(map(each.match, OTHER_SPECS)) or _is_spec(each) for each in found)


def _is_spec(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return any(line.startswith(b"vidbuild:") for line in opened.read(10_000).splitlines())
    except OSError:
        return False


def _text_of(file: Path) -> str:
    """Return the text of a file of translations, "" if there is none. Raises SpecError, CatalogError."""
    if not file.exists():
        return ""
    text, problems = reader.decode(_content(file, translations.MAX_BYTES), str(file))
    if not problems:
        _, problems = reader.read(text, str(file)) if text.strip() else (None, [])
    errors = [each for each in problems if each.severity == "error"]
    if errors:
        raise SpecError(errors, {str(file): text})
    return text


def _content(file: Path, limit: int) -> bytes:
    try:
        with file.open("rb") as opened:
            raw = opened.read(limit + 1)
    except OSError as error:
        raise CatalogError(f"cannot read '{file}': {os_error_text(error)}") from error
    if len(raw) > limit:
        raise CatalogError(f"'{file}' is too large: the maximum is {limit} bytes")
    return raw


def _save(language: Language, text: str) -> Written:
    data = text.encode()
    if len(data) > translations.MAX_BYTES:
        raise CatalogError(f"'{language.file}' would be too large: the maximum is {translations.MAX_BYTES} bytes")
    changed = not language.file.exists() or language.file.read_bytes() != data
    if changed:
        _write(language.file, data)
    entries = yaml_file.read(text, str(language.file))
    sources = [Source(each.scene, each.field, each.source, each.line) for each in language.units]
    return Written(Language(language.language, language.file, True, tuple(catalog.units(sources, entries))), changed)


def _write(file: Path, data: bytes) -> None:
    try:
        durable.make_folder(file.parent)
        durable.write(file, data)
    except OSError as error:
        raise UsageError(f"cannot write '{file}': {os_error_text(error)}") from error


def _is_po(file: Path) -> bool:
    ending = file.suffix.lower()
    if ending not in (*PO, *XLIFF):
        raise UsageError(f"'{file}': unknown format", hint=f"name it {file.stem or 'de'}.po or {file.stem or 'de'}.xlf")
    return ending in PO
