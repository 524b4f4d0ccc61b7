"""The videos that a spec describes: its `languages` and `outputs`, and the document of one of them.

A spec with one of these fields is checked for each video: the document of a video has the scenes of its output, the
fields that differ in it, and each text in its language, so that it is checked and built as the spec of an only video.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from vidbuild.choice import Choice
from vidbuild.diagnostic import Diagnostic
from vidbuild.frozen import dataclass, field, replaced
from vidbuild.model import Spec
from vidbuild.spec import by_language, by_output, schema, translatable
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Document, Path
from vidbuild.spec.layers import Layered
from vidbuild.spec.translations import Translations

NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Videos:
    """What `languages` and `outputs` of a document say, as far as it is valid.

    languages: the tags; the first is the language in which the spec is written.
    outputs: name -> index of the entry.
    """

    languages: tuple[str, ...] = ()
    outputs: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document) -> Videos:
        """Return what a document says; wrong values are left out, since its check reports them."""
        data = document.data if isinstance(document.data, Mapping) else {}
        languages = [each for each in _list(data, "languages") if schema.is_language_tag(each)]
        names: dict[str, int] = {}
        for index, entry in enumerate(_list(data, "outputs")):
            name = entry.get("name") if isinstance(entry, Mapping) else None
            if isinstance(name, str) and NAME.fullmatch(name):
                names.setdefault(name, index)
        return cls(tuple(dict.fromkeys(languages)), names)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The videos, the outputs in order and each in all languages; one without a name if there is only one."""
        languages = self.languages if len(self.languages) > 1 else ("",)
        return tuple(Choice(output, language) for output in (self.outputs or ("",)) for language in languages)


@dataclass(frozen=True, slots=True)
class Selected:
    """The document of one video.

    failed: path -> the errors of the values that it has not, as they were written.
    problems: all other problems.
    files: the files that were read or looked for. sources: their names -> texts.
    unchanged: the indexes of the scenes that show the same in the spec's first language.
    choice: the video, in a spec that has `languages` or `outputs`.
    first: the first language, "" if the spec has one only.
    """

    layered: Layered
    failed: Mapping[Path, list[Diagnostic]] = field(default_factory=dict)
    problems: tuple[Diagnostic, ...] = ()
    files: tuple[FilePath, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    unchanged: frozenset[int] = frozenset()
    choice: Choice | None = None
    first: str = ""

    @property
    def is_one_of_several(self) -> bool:
        """Whether the document is another one than that of the spec."""
        return self.choice is not None

    def marked(self, spec: Spec) -> Spec:
        """Return the video's spec with what distinguishes it."""
        if self.choice is None:
            return spec
        return replaced(spec, choice=self.choice, first_language=self.first, shown_in_first=self.unchanged)


def select(layered: Layered, videos: Videos, choice: Choice) -> Selected:
    """Return the document of a video, as it is written: its templates are not expanded."""
    document = layered.document
    if not videos.languages and not videos.outputs and not _mentions_outputs(document):
        return Selected(layered)
    collector = DiagnosticCollector(document)
    _check(document, collector)
    chosen = by_output.select(layered, videos.outputs, choice.output, collector)
    failed: dict[Path, list[Diagnostic]] = {("scenes",): []} if chosen.has_no_scene else {}
    if not videos.languages:
        return Selected(chosen.layered, failed, tuple(collector.diagnostics), choice=choice)
    language = choice.language or videos.languages[0]
    texts = Translations(document.name, language)
    if texts.sources:
        known = translatable.texts(layered, videos.languages[0])
        texts.check_names((each.scene, each.field) for each in known)
    found = by_language.select(chosen, videos.languages, language, texts, collector)
    return Selected(
        replaced(chosen.layered, document=found.document),
        {**failed, **found.failed},
        (*collector.diagnostics, *texts.diagnostics),
        tuple(texts.files),
        texts.sources,
        found.unchanged,
        choice,
        videos.languages[0],
    )


def _list(data: Mapping[str, Any], name: str) -> list[Any]:
    found = data.get(name)
    return found if isinstance(found, list) else []


def _mentions_outputs(document: Document) -> bool:
    scenes = document.data.get("scenes") if isinstance(document.data, Mapping) else None
    return isinstance(scenes, list) and any(
        isinstance(each, Mapping) and ("only" in each or "on" in each) for each in scenes
    )


def _check(document: Document, collector: DiagnosticCollector) -> None:
    """Add an error for each language or name that is given twice, and for a `language` that is not the first one."""
    data = document.data if isinstance(document.data, Mapping) else {}
    languages = _list(data, "languages")
    names = [each.get("name") if isinstance(each, Mapping) else None for each in _list(data, "outputs")]
    for index, tag in enumerate(languages):
        if isinstance(tag, str) and tag.lower() in {str(each).lower() for each in languages[:index]}:
            collector.error(("languages", index), f"language '{tag}' is given twice", "remove one of them")
    for index, name in enumerate(names):
        if name is not None and name in names[:index]:
            collector.error(("outputs", index, "name"), f"output '{name}' is defined twice", "rename one of them")
    first, own = next(iter(languages), None), data.get("language")
    if first is not None and own is not None and own != first and document.is_own(("language",)):
        message = f"'language' is '{own}', but the first of 'languages' is '{first}'"
        collector.error(("language",), message, "remove 'language'")
