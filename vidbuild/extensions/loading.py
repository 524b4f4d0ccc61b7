"""Imports plug-ins, and refuses those that were written for another version of vidbuild's interface."""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild import __version__
from vidbuild.errors import PluginError, VidbuildError
from vidbuild.extensions import content
from vidbuild.extensions.guard import describe, error_of
from vidbuild.extensions.installed import GROUPS, Plugin
from vidbuild.frozen import values

if TYPE_CHECKING:
    from importlib.abc import Loader


def load(plugin: Plugin, protocol: type) -> Any:  # noqa: ANN401 - what a plug-in adds, as its protocol describes it
    """Import what a plug-in adds, and check that it has the members of its protocol. Raises PluginError.

    It is an object, or a class, of which an instance is made.
    """
    content.code_of(plugin)
    return _checked(plugin, protocol, lambda: import_module(plugin.module))


def to_variable(plugin: Plugin) -> str:
    """Return what a step must know to load the plug-in.

    Its identity is in it, so that a worker that is kept, and has loaded older code, gets none of its steps.
    """
    code, identity = content.code_of(plugin), content.identity(plugin)
    return json.dumps({**values(plugin), "package": code.package, "path": str(code.path), "identity": identity})


def from_variable(text: str, protocol: type) -> tuple[Plugin, Any]:
    """Return the plug-in of `to_variable`, and what it adds.

    A step finds it by its path alone: its environment does not have the variables that let Python find it elsewhere.
    """
    data: dict[str, str] = json.loads(text)
    del data["identity"]
    package, path = data.pop("package"), Path(data.pop("path"))
    plugin = Plugin(**data)
    return plugin, _checked(plugin, protocol, lambda: _imported(plugin.module, package, path))


def members(protocol: type) -> set[str]:
    """Return the names of what a protocol asks for."""
    own = (vars(each) for each in protocol.__mro__ if each is not object and each.__module__ != "typing")
    return {name for names in own for name in (*names.get("__annotations__", {}), *names) if not name.startswith("_")}


def _checked(plugin: Plugin, protocol: type, import_: Callable[[], types.ModuleType]) -> Any:  # noqa: ANN401 - as `load`
    interface = GROUPS[plugin.group].interface
    try:
        made: Any = import_()
        for part in filter(None, plugin.attribute.split(".")):
            made = getattr(made, part)
        made = made() if isinstance(made, type) else made
    except VidbuildError:
        raise
    except (Exception, SystemExit) as error:
        hint = f"install a version of '{plugin.distribution}' for version {interface} of the interface of plug-ins"
        raise error_of(plugin, f"cannot be imported: {describe(error, plugin)}", hint) from error
    stated = getattr(made, "interface", None)
    if stated != interface:
        found = "states no version" if stated is None else f"is for version {stated}"
        message = f"{plugin.label} {found} of the interface of plug-ins: vidbuild {__version__} has version {interface}"
        raise PluginError(message, hint=f"install a version of '{plugin.distribution}' for it")
    missing = sorted(name for name in members(protocol) if not hasattr(made, name))
    if missing:
        raise error_of(plugin, f"has no {', '.join(missing)}", "see docs/plugins.md")
    if made.name != plugin.name:
        raise error_of(plugin, f"has the name '{made.name}': expected that of its entry point")
    return made


def _imported(module: str, package: str, path: Path) -> types.ModuleType:
    """Import a module of a package, or a module, from where it is."""
    *outer, _ = package.split(".")
    for depth in range(len(outer)):
        _add_namespace(".".join(outer[: depth + 1]), path.parents[len(outer) - depth - 1])
    if package not in sys.modules:
        is_package = path.is_dir()
        places = [str(path)] if is_package else None
        file = path / "__init__.py" if is_package else path
        spec = spec_from_file_location(package, file, submodule_search_locations=places)
        if spec is None or spec.loader is None:
            raise ImportError(f"no module '{package}' at '{path}'")
        _execute(spec, spec.loader)
    return import_module(module)


def _execute(spec: ModuleSpec, loader: Loader) -> None:
    sys.modules[spec.name] = made = module_from_spec(spec)
    try:
        loader.exec_module(made)
    except BaseException:
        del sys.modules[spec.name]
        raise


def _add_namespace(name: str, folder: Path) -> None:
    if name not in sys.modules:
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(folder)]
