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

        {"title", "label", "source": the field to which warnings belong, "entries": [{"name", "comment", "folder",
        "omitted", "depth", "from": the index of the entry above it with which a line connects it, -1 for none,
        "step"}], "highlights": [index of an entry]}.
        """
        fields = scene.fields
        entries = _entries(fields)
        steps = _steps(fields["reveal"], entries)
        return {
            **texts(fields, "title"),
            "source": "folder" if "folder" in fields else "tree",
            "label": fields["label"].strip() or (PurePath(fields["folder"]).name if "folder" in fields else None),
            "entries": [
                {
                    "name": isolation.isolate(entry.name, isolation.PROSE) + ("/" if entry.folder else ""),
                    "comment": entry.comment or None,
                    "folder": entry.folder,
                    "omitted": entry.omitted,
                    "depth": entry.depth,
                    "from": _connected(entries, index),
                    "step": step,
                }
                for index, (entry, step) in enumerate(zip(entries, steps, strict=True))
            ],
            "highlights": [matching(entries, item["path"])[0] for item in fields["highlight"]],
        }

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the window rise, with the entries if they appear at once."""
        step = {"step-0": "rise"} if scene.fields["reveal"] == "all" else {}
        return {**rising(scene.fields, {"heading": "title"}), "window": "rise", **step}

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Reveal the entries step by step, then replace each highlight by the next one."""
        fields = scene.fields
        entries = _entries(fields)
        appearing = [] if fields["reveal"] == "all" else list(_appearing(fields, entries))
        marked = [_highlight(index, item, entries) for index, item in enumerate(fields["highlight"])]
        return [*appearing, *marked]


def _entries(fields: Mapping[str, Any]) -> list[Entry]:
    return of_listing(fields["listing"]) if "listing" in fields else of_text(fields["tree"])


def _too_many(fields: Mapping[str, Any], entries: Sequence[Entry]) -> tuple[str, str] | None:
    count, folder = len(entries), "folder" in fields
    if count > MAX_ENTRIES:
        way = "set 'depth' or 'exclude'" if folder else "replace entries by '…'"
        return f"the tree has {count} entries: the maximum is {MAX_ENTRIES}", way
    if fields["reveal"] == "entry" and count > MAX_STEPS:
        return f"{count} entries appear one by one: the maximum is {MAX_STEPS}", "set 'reveal: depth'"
    return None


def _path_problems(fields: Mapping[str, Any], entries: Sequence[Entry]) -> Iterator[SceneProblem]:
    named = [
        (f"{name}.{index}", item["path"])
        for name in ("entries", "highlight")
        for index, item in enumerate(fields[name])
    ]
    known = ["/".join(entry.path) for entry in entries]
    for field, path in named:
        found = matching(entries, path)
        if not found:
            hint = did_you_mean(path, known) or did_you_mean(path, [entry.name for entry in entries])
            yield SceneProblem(f"{field}.path", f"'{path}' is not in the tree", hint)
        elif len(found) > 1:
            whole = " or ".join(f"'{known[index]}'" for index in found[:3])
            message = f"'{path}' is in the tree {len(found)} times"
            yield SceneProblem(f"{field}.path", message, f"did you mean {whole}?")
    if fields["entries"] and fields["reveal"] != "entry":
        yield SceneProblem("entries", "'entries' has times of entries that appear one by one", "add 'reveal: entry'")


def _steps(reveal: str, entries: Sequence[Entry]) -> list[int]:
    """Return the step with which each entry appears."""
    if reveal == "all":
        return [0] * len(entries)
    return list(range(len(entries))) if reveal == "entry" else [entry.depth for entry in entries]


def _connected(entries: Sequence[Entry], index: int) -> int:
    """Return the entry from which a line leads to this one: the one before it in its folder, or the folder."""
    own = entries[index]
    for above in range(index - 1, -1, -1):
        if entries[above].depth <= own.depth:
            return above if own.depth else -1
    return -1


def _appearing(fields: Mapping[str, Any], entries: Sequence[Entry]) -> Iterator[Reveal]:
    """Yield the reveals of the steps; an entry that has no time of its own follows its words."""
    source = "folder" if "folder" in fields else "tree"
    if fields["reveal"] == "depth":
        for step in range(max(entry.depth for entry in entries) + 1):
            yield Reveal(field=source, enter={f"step-{step}": "fade"})
        return
    timed = {
        matching(entries, item["path"])[0]: (f"entries.{nth}", item["at"]) for nth, item in enumerate(fields["entries"])
    }
    for index, entry in enumerate(entries):
        field, at = timed.get(index, (source, None))
        yield Reveal(field=field, at=at, words=_spoken(entry), enter={f"step-{index}": "rise"})


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
