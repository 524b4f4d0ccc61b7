"""The texts of a spec in one language: finds the translation of each, and collects those that are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.frozen import dataclass
from vidbuild.json_types import Json
from vidbuild.spec import narration, schema, translatable
from vidbuild.spec.by_output import Chosen
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path
from vidbuild.spec.rebuilt import Rebuilder
from vidbuild.spec.translatable import field_of, tags
from vidbuild.spec.translations import VIDEO, Translation, Translations
from vidbuild.suggest import did_you_mean

# Fields that no picture depends on, of the spec and of a scene.
UNSEEN = frozenset({"title", "description", "language", "voice", "voices", "music", "output"})
UNSEEN_OF_SCENE = frozenset({"narration", "voice", "alt", "notes", "section", "music", "sounds", "made_from"})


@dataclass(frozen=True, slots=True)
class Missing:
    """A text without a translation. written: whether as a mapping from language to text."""

    path: Path
    scene: str
    field: str
    written: bool


class LanguageTexts:
    """The texts of one video's document in its language.

    chosen: the document of the video's output.
    languages: of the spec; the first is the one in which it is written.
    language: that of the video.
    translations: into the language.
    made: the document in the language.
    found: the problems; failed: path -> the errors of its value.
    changed: the indexes of the scenes that show another text than in the first language; looks_change: all do.
    translated: how many texts have a translation; missing: those that have none.
    """

    def __init__(self, chosen: Chosen, languages: Sequence[str], language: str, translations: Translations) -> None:
        document = chosen.layered.document
        self.chosen, self.languages, self.language, self.translations = chosen, languages, language, translations
        self.made = Rebuilder(document)
        self.data: Mapping[str, Any] = document.data if isinstance(document.data, Mapping) else {}
        self.found = DiagnosticCollector(document)
        self.failed: dict[Path, list[Diagnostic]] = {}
        self.changed: set[int] = set()
        self.looks_change = False
        self.translated = 0
        self.missing: list[Missing] = []

    @property
    def first(self) -> str:
        """The language in which the spec is written."""
        return self.languages[0]

    @property
    def is_first(self) -> bool:
        """Whether the video is in that language."""
        return self.language == self.first

    def is_choice(self, value: Mapping[str, Json], path: Path) -> bool:
        """Return whether a mapping is one from language to value: the schema has no such mapping at its path."""
        if not value or not all(map(schema.is_language_tag, value)):
            return False
        if not any(narration.lookup(each, tags(value)) for each in self.languages):
            return False
        allowed = list(schema.allowed(path, self.data))
        names = {name for node in allowed for name in node.get("properties", {})}
        is_open = any(isinstance(node.get("additionalProperties"), Mapping) for node in allowed)
        return bool(allowed) and not is_open and not names & value.keys()

    def keys(self, value: Mapping[str, Json], new: Path, old: Path) -> tuple[str | None, str | None]:
        """Return the keys of the language and of the first one; add an error for each of no language of the spec."""
        used = {narration.lookup(each, tags(value)) for each in self.languages}
        for key in value:
            if key not in used:
                hint = did_you_mean(str(key), self.languages) or f"expected {', '.join(self.languages)}"
                message = f"'{key}' is not in 'languages'"
                if schema.is_language_tag(key):
                    self.found.warning("VB115", (*old, key), f"{message}: no video has this text", hint, key=True)
                else:
                    self.found.error((*old, key), message, hint, key=True)
                    self.failed.setdefault(new, [])
        return narration.lookup(self.language, tags(value)), narration.lookup(self.first, tags(value))

    def translation(self, new: Path, old: Path) -> Translation | None:
        """Return the translation of the text at a path. old: its path in the document of the output."""
        return self.translations.get(*self.name(new, old))

    def replaced(self, found: Translation, new: Path, *, different: bool = True) -> str:
        """Return a translation, which becomes the value at a path."""
        self.translated += 1
        self.note_change(new, different=different)
        self.made.node(new, found.path, found.document)
        return found.text

    def count(self) -> None:
        """Count a text that the spec itself has in the language."""
        self.translated += 1

    def name(self, new: Path, old: Path) -> tuple[str, str]:
        """Return the scene and field by which translations name a text."""
        scene = translatable.scene_name(self.chosen.layered, int(new[1])) if new[0] == "scenes" else VIDEO
        return scene, field_of(self.chosen.origin(old))

    def miss(self, new: Path, old: Path, *, written: bool = False) -> None:
        """Note that a text has no translation, not even a wrong one.

        written: whether it is a mapping from language to text.
        """
        name = self.name(new, old)
        if not self.translations.is_wrong(*name):
            self.missing.append(Missing(old, *name, written))

    def fail(self, new: Path, old: Path, message: str, hint: str) -> None:
        """Add the error of a value, unless it has one."""
        if new not in self.failed:
            self.found.error(old, message, hint)
            self.failed[new] = []

    def fail_first(self, new: Path, old: Path) -> None:
        """Add the error of a mapping without a text in the first language."""
        self.fail(new, old, f"no text in the first language '{self.first}'", f"add '{self.first}: ...'")

    def note_change(self, path: Path, *, different: bool) -> None:
        """Note whether the value at a path is another one than in the first language."""
        if not different:
            return
        if path[0] != "scenes":
            self.looks_change |= path[0] not in UNSEEN
        elif path[2] not in UNSEEN_OF_SCENE:
            self.changed.add(int(path[1]))
