"""An outline of a writer's script, for the composer that makes scenes of all outlines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from vidbuild.create.composer import pairs
from vidbuild.create.composer.beats import beats
from vidbuild.create.source import fences
from vidbuild.create.source.outline import Block, Item, Items, Outline, Prose, Quotation, Section, Speech
from vidbuild.create.writers.script import Script, ScriptScene

Report = Callable[[str], None]


class Staging:
    """Makes sections of scripts.

    source: the sections that scenes may be about; report: called with what is left out.
    """

    def __init__(self, source: Sequence[Section], language: str, report: Report) -> None:
        self._source = source
        self._language = language
        self._report = report
        self._shown: set[int] = set()  # blocks of the source that a scene shows

    def outline(self, script: Script) -> Outline:
        """Return the outline of a whole script, whose sections become one scene each."""
        opening, *rest = script.scenes
        subtitle = opening.heading if opening.heading.casefold() != script.title.casefold() else ""
        sections = (self.opening(opening, script.title), *map(self.section, rest))
        return Outline(script.title, sections, self._language, description=subtitle, paced=True)

    def opening(self, scene: ScriptScene, title: str) -> Section:
        """Return the section that opens a video: the title, unless the writer has something else to show there."""
        if scene.points or scene.code:
            return self.section(scene)
        return _section(replace(scene, heading=title), (), self._about(scene))

    def section(self, scene: ScriptScene) -> Section:
        """Return the section of a scene: its narration, and what it shows."""
        about = self._about(scene)
        shown = list(self._own(scene)) or list(self._of_source(about))
        return _section(scene, shown, about)

    def _about(self, scene: ScriptScene) -> Section | None:
        """Return the section of the source that a scene names, by its name or by a heading that no other has."""
        if not scene.section or not self._source:
            return None
        wanted = _folded(scene.section)
        for name in ("name", "heading"):
            found = [each for each in self._source if _folded(getattr(each, name)) == wanted]
            if len(found) == 1:
                return found[0]
        self._report(f"the scene '{scene.heading}' names no section of the source: '{scene.section}'")
        return None

    def _own(self, scene: ScriptScene) -> Iterator[Block]:
        """Yield what the script itself shows: points, code, or both beside each other if both are readable so."""
        items = tuple(map(Item, scene.points))
        points = Items(items) if items else None
        code = fences.block(scene.code, scene.language) if scene.code.strip() else None
        if points and code:
            if pairs.fits(beats(Section(scene.heading, (points, code)), self._language)):
                yield points
            else:
                self._report(f"left out the points of '{scene.heading}', whose code needs the whole frame")
            yield code
        elif block := points or code:
            yield block

    def _of_source(self, about: Section | None) -> Iterator[Block]:
        """Yield the first thing that a section of the source shows, and that no scene before has shown."""
        for block in about.blocks if about else ():
            if not isinstance(block, Prose | Speech | Quotation) and id(block) not in self._shown:
                self._shown.add(id(block))
                yield block
                return


def _section(scene: ScriptScene, shown: Sequence[Block], about: Section | None) -> Section:
    """Return the section of a scene. about: of the source, what the scene is about."""
    blocks = (Speech(scene.narration), *shown)
    if about is None:
        return Section(scene.heading, blocks)
    return Section(scene.heading, blocks, source_text=about.source_text, name=about.name)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
