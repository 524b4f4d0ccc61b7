"""Resolves the files that a scene's own fields name, at any depth, and reads what its type needs from them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from vidbuild.json_types import Json
from vidbuild.spec import animated, assets, files, paths, scene_problems, schema
from vidbuild.spec.document import Path
from vidbuild.spec.folder_listing import Listing, listing
from vidbuild.spec.scene_context import SceneContext

_FILE_NAME = re.compile(r"[\w.-][\w./-]{0,200}")
INSTEAD = "use a scene of type 'clip'"  # of an image that is a video


def resolve(own: dict[str, Any], path: Path, kind: str, context: SceneContext) -> bool:
    """Replace the paths in a scene's own fields by absolute ones, and add what the type needs from the files.

    Return whether all of them can be used.
    """
    return _walk(own, schema.definition(f"scene_{kind}"), path, context)


def image(name: str, path: Path, context: SceneContext) -> FilePath | None:
    """Return the file of an image that belongs to no scene type, such as a background; None after adding an error."""
    try:
        file = _resolved(name, path, context)
        files.image_size(file, name, INSTEAD)
    except paths.InputError as error:
        context.collector.error(path, error.message, error.hint)
        return None
    _warn(name, file, path, context, is_image=True)
    return file


def video(name: str, path: Path, context: SceneContext) -> FilePath | None:
    """Return the file of a video that belongs to no scene type; None after adding an error."""
    try:
        file = _resolved(name, path, context)
        files.check_playable(file, name, "a video", "use 'watermark' for an image")
    except paths.InputError as error:
        context.collector.error(path, error.message, error.hint)
        return None
    _warn(name, file, path, context, is_image=False)
    return file


def _resolved(name: str, path: Path, context: SceneContext) -> FilePath:
    folder = context.folder(path)
    file = paths.resolve(name, folder, context.root)
    context.files.append(paths.as_written(name, folder))
    return file


def _warn(name: str, file: FilePath, path: Path, context: SceneContext, *, is_image: bool) -> None:
    if spelling := paths.other_spelling(name, context.folder(path)):
        context.collector.warning("VB111", path, *spelling)
    if is_image and animated.is_animated(file):
        message = f"'{name}' is animated: only its first frame is shown"
        context.collector.warning("VB310", path, message, f"{INSTEAD} to play it")


def _walk(value: Json, node: schema.Schema, path: Path, context: SceneContext) -> bool:
    """Resolve the paths in a value, which is an instance of a part of the schema."""
    branch = schema.fitting(value, node)
    if isinstance(value, list):
        items = branch.get("items", {})
        usable = [_walk(item, items, (*path, index), context) for index, item in enumerate(value)]
        return all(usable)
    if not isinstance(value, dict):
        return True
    valid = True
    for name, field in branch.get("properties", {}).items():
        if name not in value:
            continue
        use = _use_of(value[name], field)
        if isinstance(value[name], str) and use is None:
            _warn_of_name(value[name], (*path, name), branch, context)
        found = (
            _walk(value[name], field, (*path, name), context) if use is None else _use(value, name, use, path, context)
        )
        valid = valid and found
    return valid


def _warn_of_name(text: str, path: Path, mapping: schema.Schema, context: SceneContext) -> None:
    """Warn if a text of code, a tree or a diagram is the name of a file, which is not what is shown then."""
    name = str(path[-1])
    node = mapping["properties"][name]
    if not any("\n" in str(each) for each in schema.resolve(node).get("examples", ())):
        return
    takes_file = any("file" in branch.get("properties", {}) for branch in schema.branches(node))
    other = "folder" if "folder" in mapping["properties"] else "file"
    instead = f"rename '{name}' to '{other}'" if other in mapping["properties"] else None
    hint = f"write {{file: {text}}}" if takes_file else instead
    warn_of_file_name(text, path, hint, context)


def warn_of_file_name(text: str, path: Path, hint: str | None, context: SceneContext) -> None:
    """Warn if a text that is shown is the name of a file or folder of the project. hint: how to show that instead."""
    folder = context.folder(path)
    if not _FILE_NAME.fullmatch(text) or ".." in text or not (folder / text).exists():
        return
    context.files.append(paths.as_written(text, folder))
    message = f"'{text}' is shown as this text, and not the file of this name"
    context.collector.warning("VB112", path, message, hint)


def _use_of(value: Json, field: schema.Schema) -> schema.Schema | None:
    """Return how a field uses the file that it names, or each of the files."""
    nodes = schema.branches(field)
    if isinstance(value, list):
        nodes = (node.get("items", {}) for node in nodes)
    uses = (node["x-path"] for node in nodes if "x-path" in node)
    return next(uses, None) if isinstance(value, str | list) else None


def _use(own: dict[str, Any], name: str, use: schema.Schema, path: Path, context: SceneContext) -> bool:
    """Resolve one path among the fields of a mapping."""
    if use.get("into") in own:
        message = f"'{name}' and '{use['into']}' cannot both be given"
        context.collector.error((*path, name), message, "remove one of them", key=True)
        return False
    if use["kind"] == "asset":
        return _use_assets(own, name, use["into"], path, context)
    try:
        file = _resolved(own[name], (*path, name), context)
        content = _content(use["kind"], file, own[name], own)
        if isinstance(content, Listing):
            context.files.extend(content.folders)
            content = list(content.names)
        _warn(own[name], file, (*path, name), context, is_image=use["kind"] == "image")
    except paths.InputError as error:
        context.collector.error((*path, name), error.message, error.hint)
        return False
    own[name] = str(file)
    if "into" in use:
        own[use["into"]] = content
        if isinstance(content, str):
            context.sources[scene_problems.shown_name((*path, name), context.collector)] = content
    return True


def _use_assets(own: dict[str, Any], name: str, into: str, path: Path, context: SceneContext) -> bool:
    """Resolve the files that a layout reads, and add where it finds them: {"layout": its own path, "names": theirs}.

    Paths are those in the project, so that the layout finds what its writer sees in an editor.
    """
    usable, files_, names = True, [], []
    for index, value in enumerate(own[name]):
        where = (*path, name, index)
        try:
            file = _resolved(value, where, context)
            text = assets.text(file, value)
            _warn(value, file, where, context, is_image=text is None)
        except paths.InputError as error:
            context.collector.error(where, error.message, error.hint)
            usable = False
            continue
        files_.append(str(file))
        names.append(_in_project(paths.as_written(value, context.folder(where)), file, context.root))
        if text is not None:
            context.sources[scene_problems.shown_name(where, context.collector)] = text
    if own[name]:
        own_folder = context.folder(path)
        folder = _in_project(own_folder, own_folder.resolve(), context.root)
        layout = FilePath(own["file"]).relative_to(context.root).as_posix() if "file" in own else f"{folder}/layout.typ"
        own[into] = {"layout": layout.removeprefix("./"), "names": names}
    own[name] = files_
    return usable


def _in_project(written: FilePath, real: FilePath, root: FilePath) -> str:
    """Return a path from the project's root: as it is written, unless a link to the project leads there."""
    path = FilePath(os.path.normpath(written))
    return (path if path.is_relative_to(root) else real).relative_to(root).as_posix()


def _content(kind: str, file: FilePath, name: str, own: Mapping[str, Any]) -> Json | Listing:
    """Check a file of a kind; return an image's size, a text file's text, a folder's names, or None for a video."""
    if kind == "folder":
        return listing(file, name, own)
    if kind == "fixture":
        files.check_folder(file, name)
        return None
    if kind == "image":
        return files.image_size(file, name, INSTEAD)
    if kind == "pdf":
        files.check_pdf(file, name)
        return None
    if kind == "text":
        return files.text(file, name)
    files.check_playable(file, name, "a video", "use a scene of type 'image'")
    return None
