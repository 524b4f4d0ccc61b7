"""The tree scene. Layers: heading, window, bar-i behind each highlight, step-n, then focus-i over each bar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes import isolation
from vidbuild.scenes.defaults import SceneDefaults, line_span, rising, texts
from vidbuild.scenes.protocol import Reveal, SceneProblem
from vidbuild.scenes.tree.entries import Entry, TreeError, matching, of_listing, of_text
from vidbuild.suggest import did_you_mean

MAX_ENTRIES = 100  # more than any frame can show
MAX_STEPS = 48  # entries that appear one by one: each is a layer


class TreeScene(SceneDefaults):
    """A folder tree: files and folders with guides, revealed in steps, with one entry marked at a time."""

    name = "tree"
    summary = "a folder tree, from text or read from a folder, whose entries appear and are highlighted"
    spec_fields: Mapping[str, str] = {"entries": "tree", "source": "tree"}

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Require a tree from one source, with a limited number of entries, and paths that are in it."""
        if fields.get("tree") is None and fields.get("listing") is None:
            yield SceneProblem("", "a tree scene needs 'tree' or 'folder'")
            return
        source = "folder" if "folder" in fields else "tree"
        if "tree" in fields and "folder" in fields:
            yield SceneProblem("folder", "'folder' and 'tree' cannot both be given", "remove one of them")
            return
        try:
            entries = _entries(fields)
        except TreeError as error:
            span = line_span(fields["tree"], error.line)
            yield SceneProblem("tree", str(error), span=span)
            return
        if not entries:
            yield SceneProblem(source, f"'{source}' has no entries to show")
        elif problem := _too_many(fields, entries):
            yield SceneProblem(source, *problem)
        else:
            yield from _path_problems(fields, entries)

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return the visible content as JSON values.

        {"title", "filename", "source": the field to which warnings belong, "entries": [{"name", "comment", "folder",
        "omitted", "depth", "from": the index of the entry above it with which a line connects it, -1 for none,
        "step"}], "highlights": [index of an entry]}.
        """
        fields = scene.fields
        entries = _entries(fields)
        steps = _steps(fields["reveal"], entries)
        return {
            **texts(fields, "title"),
            "source": "folder" if "folder" in fields else "tree",
            "filename": fields["filename"].strip() or (PurePath(fields["folder"]).name if "folder" in fields else None),
            "entries": [
                {
                    "name": isolation.isolate(entry.name, isolation.PROSE) + ("/" if entry.folder else ""),
                    "comment": entry.comment or None,
                    "folder": entry.folder,
                    "omitted": entry.omitted,
                    "depth": entry.depth,
                    "from": _connected(entries, steps, index),
                    "step": step,
                }
                for index, (entry, step) in enumerate(zip(entries, steps, strict=True))
            ],
            "highlights": [matching(entries, item["path"])[0] for item in fields["highlight"]],
        }

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the window rise, with the entries that do not appear later."""
        entries = _entries(scene.fields)
        later = {layer for reveal in _appearing(scene.fields, entries) for layer in reveal.enter}
        first = {"step-0": "rise"} if "step-0" not in later and 0 in _steps(scene.fields["reveal"], entries) else {}
        return {**rising(scene.fields, {"heading": "title"}), "window": "rise", **first}

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Reveal the entries step by step, then replace each highlight by the next one."""
        fields = scene.fields
        entries = _entries(fields)
        marked = [_highlight(index, item, entries) for index, item in enumerate(fields["highlight"])]
        return [*_appearing(fields, entries), *marked]


def _entries(fields: Mapping[str, Any]) -> list[Entry]:
    return of_listing(fields["listing"]) if "listing" in fields else of_text(fields["tree"])


def _too_many(fields: Mapping[str, Any], entries: Sequence[Entry]) -> tuple[str, str] | None:
    count, folder = len(entries), "folder" in fields
    if count > MAX_ENTRIES:
        way = "set 'depth' or 'exclude'" if folder else "replace entries by '…'"
        return f"the tree has {count} entries: the maximum is {MAX_ENTRIES}", way
    if fields["reveal"] == "entries" and count > MAX_STEPS:
        return f"{count} entries appear one by one: the maximum is {MAX_STEPS}", "set 'reveal: levels'"
    return None


def _path_problems(fields: Mapping[str, Any], entries: Sequence[Entry]) -> Iterator[SceneProblem]:
    named = [
        (f"{name}.{index}", item["path"])
        for name in ("reveal", "highlight")
        for index, item in enumerate(() if isinstance(fields[name], str) else fields[name])
    ]
    known = ["/".join(entry.path) for entry in entries]
    revealed = set()
    for field, path in named:
        found = matching(entries, path)
        if not found:
            hint = did_you_mean(path, known) or did_you_mean(path, [entry.name for entry in entries])
            yield SceneProblem(f"{field}.path", f"'{path}' is not in the tree", hint)
        elif len(found) > 1:
            whole = [f"'{each}'" for each in dict.fromkeys(known[index] for index in found[:3])]
            hint = f"did you mean {' or '.join(whole)}?" if len(whole) > 1 else "give each entry a name of its own"
            yield SceneProblem(f"{field}.path", f"'{path}' is in the tree {len(found)} times", hint)
        elif field.startswith("reveal."):
            if found[0] in revealed:
                yield SceneProblem(f"{field}.path", f"'{path}' appears twice")
            revealed.add(found[0])


def _steps(reveal: str | Sequence[Mapping[str, Any]], entries: Sequence[Entry]) -> list[int]:
    """Return the step with which each entry appears; with a list, 0 is what it does not name."""
    if reveal == "entries":
        return list(range(len(entries)))
    if reveal == "levels":
        return [entry.depth for entry in entries]
    listed = () if isinstance(reveal, str) else reveal
    steps = {matching(entries, item["path"])[0]: nth for nth, item in enumerate(listed, 1)}
    return [steps.get(index, 0) for index in range(len(entries))]


def _connected(entries: Sequence[Entry], steps: Sequence[int], index: int) -> int:
    """Return the entry from which a line leads to this one: the one before it in its folder, or the folder.

    A line passes what appears later than the entry.
    """
    own = entries[index]
    for above in range(index - 1, -1, -1):
        is_later = entries[above].depth == own.depth and steps[above] > steps[index]
        if entries[above].depth <= own.depth and not is_later:
            return above if own.depth else -1
    return -1


def _appearing(fields: Mapping[str, Any], entries: Sequence[Entry]) -> Iterator[Reveal]:
    """Yield the reveals of the steps; an entry that has no time of its own follows its words."""
    reveal, source = fields["reveal"], "folder" if "folder" in fields else "tree"
    if reveal == "levels":
        for step in range(max(entry.depth for entry in entries) + 1):
            yield Reveal(field=source, enter={f"step-{step}": "fade"})
    elif reveal == "entries":
        for index, entry in enumerate(entries):
            yield Reveal(field=source, words=_spoken(entry), enter={f"step-{index}": "rise"})
    elif not isinstance(reveal, str):
        for nth, item in enumerate(reveal):
            words = _spoken(entries[matching(entries, item["path"])[0]])
            yield Reveal(field=f"reveal.{nth}", at=item.get("at"), words=words, enter={f"step-{nth + 1}": "rise"})


def _highlight(index: int, item: Mapping[str, Any], entries: Sequence[Entry]) -> Reveal:
    layers = (f"bar-{index}", f"focus-{index}")
    [entry] = matching(entries, item["path"])
    enter = dict.fromkeys(layers, "fade")
    return Reveal(
        field=f"highlight.{index}", at=item.get("at"), words=_spoken(entries[entry]), enter=enter, until_next=layers
    )


def _spoken(entry: Entry) -> str:
    """Return how an entry is mentioned: by its name without what a folder or a hidden file has around it."""
    return "" if entry.omitted else entry.name.strip("./")


SCENE = TreeScene()
