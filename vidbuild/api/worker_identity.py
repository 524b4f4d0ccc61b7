"""Describes this machine's tools to the driver of a run on many machines, in a process of its own.

Reads the question as JSON, {"tools": [name], "plugins": bool}, and prints the answer: the package's digest, the
identities of the tools by name, the sandbox of steps, and the variables that are this machine's own.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from vidbuild.api.engine import Variables, machine_env
from vidbuild.api.sandbox_policy import sandbox_of
from vidbuild.api.tools import tools
from vidbuild.dask_executor import package
from vidbuild.engine.keys.tools import access_of
from vidbuild.errors import VidbuildError
from vidbuild.voices.protocol import PLUGIN, SETTINGS

_GROUPS = ("scenes", "voices")  # of plug-ins whose code runs in steps


def plugin_identities() -> dict[str, str]:
    """Return what identifies the code of each plug-in that steps may run, by what messages call it."""
    from vidbuild.extensions import content
    from vidbuild.extensions.installed import installed

    every = [plugin for group in _GROUPS for plugin in installed(group)]
    labels = [f"plug-in {plugin.distribution} ({plugin.noun} '{plugin.name}')" for plugin in every]
    return dict(zip(labels, map(content.identity, every), strict=True))


def describe(names: Sequence[str], *, plugins: bool) -> Mapping[str, Any]:
    """Return the description; a tool that is missing or cannot be used has none as its identity."""
    known, found = tools(), dict[str, str]()
    for name in names:
        try:
            found[name] = known[name].identify()
        except (VidbuildError, KeyError, OSError) as error:
            found[name] = f"none: {error}"
    sandbox = sandbox_of()
    return {
        "package": package.digest(),
        "identities": found | (plugin_identities() if plugins else {}),
        "sandbox": None if sandbox is None else sandbox.to_data(),
        "variables": {**machine_env(), **_variables(names)},
    }


def _variables(names: Sequence[str]) -> dict[str, str]:
    """Return the variables by which steps receive this machine's settings and plug-ins of the tools."""
    known, values, found = tools(), Variables(), dict[str, str]()
    for name in names:
        with contextlib.suppress(VidbuildError, KeyError):  # what is missing here has no identity either
            declared = access_of(known, [name]).env
            found |= {each: values[each] for each in declared if each.startswith((SETTINGS, PLUGIN))}
    return found


def main() -> None:
    """Answer the question on stdin."""
    question = json.load(sys.stdin)
    try:
        answer = describe(question["tools"], plugins=question["plugins"])
    except VidbuildError as error:
        raise SystemExit(error.message) from error
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
