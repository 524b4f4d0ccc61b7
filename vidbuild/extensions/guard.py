"""Keeps the faults of plug-ins apart from those of vidbuild: what their code raises is reported with their names."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

from vidbuild.errors import PluginError, VidbuildError
from vidbuild.extensions.installed import Plugin

# Errors of the machine, which are reported as such.
_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Guarded:
    """What a plug-in adds: each of its methods raises PluginError in place of what is no error of vidbuild's.

    An iterator that a method returns is read at once, since its code would run after the call.
    passing: exceptions that the protocol lets its methods raise, beside those of vidbuild.
    check: called with the name of a method and its result; raises PluginError if it is not what the protocol asks for.
    """

    def __init__(
        self,
        made: object,
        plugin: Plugin,
        check: Callable[[str, Any], str | None] = lambda _name, _result: None,
        passing: tuple[type[Exception], ...] = (),
    ) -> None:
        self._made, self.plugin, self._check = made, plugin, check
        self._passing = (VidbuildError, MemoryError, *passing)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as the protocol has it
        with_faults = _guarded(self.plugin, name, self._passing)
        found = with_faults(getattr)(self._made, name)
        if not callable(found):
            return found

        @wraps(found)
        def call(*args: object, **options: object) -> object:
            result = with_faults(_call)(found, args, options)
            problem = with_faults(self._check)(name, result)
            if problem is not None:
                raise error_of(self.plugin, f"failed in '{name}': {problem}")
            return iter(result) if isinstance(result, _Read) else result

        return call


class _Read(list[Any]):
    """What an iterator yielded."""


def _call(function: Callable[..., object], args: tuple[object, ...], options: dict[str, object]) -> object:
    result = function(*args, **options)
    return _Read(result) if isinstance(result, Iterator) else result


def _guarded(
    plugin: Plugin, name: str, passing: tuple[type[Exception], ...]
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that reports what a call raises as the plug-in's fault."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: object) -> object:
            try:
                return function(*args)
            except passing:
                raise
            except (Exception, SystemExit) as error:
                if isinstance(error, OSError) and error.errno in _DISK_FULL:
                    raise
                raise error_of(plugin, f"failed in '{name}': {describe(error, plugin)}") from error

        return call

    return decorate


def error_of(plugin: Plugin, problem: str, hint: str | None = None) -> PluginError:
    """Return the error about a plug-in."""
    return PluginError(f"{plugin.label} {problem}", hint=hint, group=plugin.group, name=plugin.name)


def describe(error: BaseException, plugin: Plugin) -> str:
    """Return what was raised, and the line of the plug-in's code in which it was."""
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    package = plugin.module.partition(".")[0]
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if str(frame.f_globals.get("__name__")).partition(".")[0] == package:
            place = f" ({Path(frame.f_code.co_filename).name}:{line})"
    return text + place
