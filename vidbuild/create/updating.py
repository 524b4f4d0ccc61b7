"""Follows a source: makes the scenes of changed parts again, and leaves what was edited by hand as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any

from vidbuild.create import merging, writing
from vidbuild.create.composer import Place, SceneDraft, compose
from vidbuild.create.editing import NotEditableError, SpecEditor
from vidbuild.create.record import Record
from vidbuild.create.source.outline import Outline
from vidbuild.create.source.protocol import SourceError
from vidbuild.errors import UsageError

Scene = Mapping[str, Any]
EDITABLE = "write the scenes as a list whose entries begin with a hyphen, a field in each line, without aliases"


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that an update did not change, although its source has changed.

    line: in the spec; field: "" for the whole scene.
    source: what the source makes of the field now; "" if nothing.
    """

    line: int
    scene: str
    field: str
    source: str


@dataclass(slots=True)
class Update:
    """The spec's new text, and what an author should look at."""

    text: str
    record: Record
    kept: list[Kept] = field(default_factory=list)


def update(text: str, record: Record, outline: Outline, place: Place, name: str = "spec") -> Update:
    """Return a spec's text with the scenes of changed parts made again. name: of the spec's file.

    Raises UsageError if the text is no spec whose scenes can be edited one by one.
    """
    try:
        return _Updater(SpecEditor(text, name), record, outline, place).run()
    except SourceError as error:
        raise UsageError(f"the spec's scenes cannot be updated: {error.message}", hint=error.hint) from error
    except NotEditableError as error:
        raise UsageError("the spec's scenes cannot be updated", hint=EDITABLE) from error


def with_origin(draft: SceneDraft, source: str) -> dict[str, Any]:
    """Return a scene's fields with what it is made from, if that is a part of the source.

    source: its path as the spec names it.
    """
    if not draft.section.name:
        return dict(draft.fields)
    origin = {"source": source, "part": draft.section.name, "sha256": draft.section.digest}
    return {**draft.fields, "made_from": origin}


def merge(editor: SpecEditor, index: int, base: Scene, new: Scene) -> Iterator[Kept]:
    """Change a scene of a spec to what is made of it now, and yield what stays as its author edited it.

    base: what was made of it last time.
    """
    scene, order = editor.scenes[index], list(new)
    for each in merging.merged(base, scene, new):
        if isinstance(each, merging.Conflict):
            now = "" if each.value is merging.MISSING else str(each.value)
            yield Kept(editor.line(index, each.field), str(scene["id"]), each.field, now)
        elif each.value is merging.MISSING:
            editor.remove(index, each.field)
        else:
            editor.set(index, each.field, each.value, order[: order.index(each.field)])
    if "made_from" in new:
        editor.set(index, "made_from", new["made_from"], order)


class _Updater:
    def __init__(self, editor: SpecEditor, record: Record, outline: Outline, place: Place) -> None:
        self._editor = editor
        self._scenes = editor.scenes
        self._record = record
        self._outline = outline
        self._place = place
        self._source: str = record.scenes[0]["made_from"]["source"] if record.scenes else record.source
        self._kept: list[Kept] = []
        self._now = {each.name: each for each in outline.sections}
        self._ids = {str(scene.get("id")) for scene in editor.scenes}
        self._index = dict(_found(record.scenes, editor.scenes))

    def run(self) -> Update:
        parts = _by_part(self._record.scenes)
        names = _renamed(list(parts), list(self._now))
        kept = {names[part]: len(scenes) for part, scenes in parts.items() if part in names}
        made = compose(self._outline, self._record.language, self._record.choices, self._place, kept)
        drafts: dict[str, list[SceneDraft]] = {}
        for draft in made.scenes:
            drafts.setdefault(draft.section.name, []).append(draft)
        written: list[Scene] = []
        place = -1
        before = {now: part for part, now in names.items()}
        for name in [
            *(each for each in self._now if each in before or each in drafts),
            *(part for part in parts if part not in names),
        ]:
            base = parts.get(before.get(name, name), [])
            section = self._now.get(name)
            if section is None:
                written += self._gone(base)
            elif base and before[name] == name and base[0]["made_from"]["sha256"] == section.digest:
                written += base
            else:
                place = self._last(base, place)
                written += self._section(base, [self._written(each) for each in drafts.get(name, [])], place)
            place = self._last(base, place)
        self._follow_others()
        return Update(self._editor.text(), replace(self._record, scenes=tuple(written)), self._kept)

    def _last(self, base: Sequence[Scene], place: int) -> int:
        """Return the index behind which the next scene belongs: that of a part's last one, wherever its author put it.

        place: what it is for a part that has no scenes any more.
        """
        return max((self._index[each["id"]] for each in base if each["id"] in self._index), default=place)

    def _linked(self, scene: Scene) -> int | None:
        """Return the index of a scene in the spec; None if its author removed it, or removed what it was made from."""
        index = self._index.get(scene["id"])
        return index if index is not None and self._scenes[index].get("made_from") else None

    def _written(self, draft: SceneDraft) -> Scene:
        return writing.as_written(with_origin(draft, self._source))

    def _section(self, base: Sequence[Scene], new: Sequence[Scene], place: int) -> Iterator[Scene]:
        """Update the scenes of one part, and yield what the record has of them now."""
        pairs, added, removed = _matched(base, new)
        for before, now in pairs:
            yield self._scene(before, now)
        for scene in removed:
            yield from self._gone([scene])
        for now in added:
            own = {**now, "id": self._free(str(now["id"]))}
            self._editor.insert(place, own)
            yield own

    def _scene(self, base: Scene, new: Scene) -> Scene:
        index = self._linked(base)
        if index is None:
            return {**new, "id": base["id"]}
        self._kept += merge(self._editor, index, base, new)
        return {**new, "id": base["id"]}

    def _gone(self, base: Sequence[Scene]) -> Iterator[Scene]:
        """Remove scenes whose part is gone, unless their author has edited them."""
        for scene in base:
            index = self._linked(scene)
            if index is None:
                continue
            if self._scenes[index] == scene:
                self._editor.delete(index)
            else:
                self._kept.append(Kept(self._editor.line(index, ""), str(self._scenes[index]["id"]), "", ""))
                yield scene

    def _follow_others(self) -> None:
        """Report the scenes of changed parts that `create` did not write, and note the part as it is now."""
        for index in sorted({*range(len(self._scenes))} - {*self._index.values()}):
            origin = self._scenes[index].get("made_from")
            if not isinstance(origin, Mapping) or origin.get("source") != self._source:
                continue
            section = self._now.get(str(origin.get("part")))
            if section is None or origin.get("sha256") == section.digest:
                continue
            self._kept.append(Kept(self._editor.line(index, ""), str(self._scenes[index].get("id")), "", ""))
            self._editor.set(index, "made_from", {**origin, "sha256": section.digest}, ())

    def _free(self, name: str) -> str:
        used = {*self._ids, *(each["id"] for each in self._record.scenes)}
        number = 2
        own = name
        while own in used:
            own, number = f"{name}-{number}", number + 1
        self._ids.add(own)
        return own


def _found(recorded: Sequence[Scene], scenes: Sequence[Scene]) -> Iterator[tuple[str, int]]:
    """Yield the ids of recorded scenes with their indexes in the spec, also of those that got another id there."""
    indexes = {str(scene.get("id")): index for index, scene in enumerate(scenes)}
    others = [index for name, index in indexes.items() if name not in {each["id"] for each in recorded}]
    for scene in recorded:
        if scene["id"] in indexes:
            yield scene["id"], indexes[scene["id"]]
        elif same := [index for index in others if scenes[index].get("made_from") == scene["made_from"]]:
            others.remove(same[0])
            yield scene["id"], same[0]


def _by_part(scenes: Sequence[Scene]) -> dict[str, list[Scene]]:
    parts: dict[str, list[Scene]] = {}
    for scene in scenes:
        parts.setdefault(str(scene["made_from"]["part"]), []).append(scene)
    return parts


def _renamed(before: Sequence[str], now: Sequence[str]) -> dict[str, str]:
    """Return old part -> the part that it is now: of the same name, or between the same neighbors."""
    names = {name: name for name in before if name in now}
    shown = [name for name in now if name in names or name not in before]
    for tag, start, end, first, last in SequenceMatcher(a=before, b=shown, autojunk=False).get_opcodes():
        if tag == "replace" and end - start == last - first:
            names |= {
                old: new
                for old, new in zip(before[start:end], shown[first:last], strict=True)
                if old not in names and new not in names.values()
            }
    return names


def _matched(base: Sequence[Scene], new: Sequence[Scene]) -> tuple[list[tuple[Scene, Scene]], list[Scene], list[Scene]]:
    """Return pairs of old and new scenes, the new ones without an old one, and the old ones without a new one."""
    pairs: list[tuple[Scene, Scene]] = []
    added: list[Scene] = []
    removed: list[Scene] = []
    types = SequenceMatcher(a=[each["type"] for each in base], b=[each["type"] for each in new], autojunk=False)
    for tag, start, end, first, last in types.get_opcodes():
        count = min(end - start, last - first) if tag == "replace" else end - start
        if tag in {"equal", "replace"}:
            pairs += zip(base[start : start + count], new[first : first + count], strict=True)
            removed += base[start + count : end]
            added += new[first + count : last]
        else:
            removed += base[start:end]
            added += new[first:last]
    return pairs, added, removed
