"""Loading plug-ins, and what is refused."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.support import plugin_lab
from vidbuild.errors import PluginError, StepError
from vidbuild.extensions import content, loading
from vidbuild.extensions.guard import Guarded
from vidbuild.extensions.installed import Plugin, _all, installed

COUNT = itertools.count()
GOOD = "class Thing:\n    interface = 1\n    name = 'thing'\n    size = 3\n    def act(self): return 'done'\n"


class Acting(Protocol):
    """A protocol to check against."""

    name: str
    size: int

    def act(self) -> str:
        """Do something."""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which Python finds what is installed."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


def plugin(site: Path, text: str, files: dict[str, str] | None = None, target: str = "{module}:Thing") -> Plugin:
    """Install a plug-in with a module of its own name, since Python keeps what it has imported."""
    module = f"thing_{next(COUNT)}"
    modules = {f"{module}.py": text, **{name.format(module=module): each for name, each in (files or {}).items()}}
    points = f"[vidbuild.importers]\nthing = {target.format(module=module)}\n"
    plugin_lab.write(site, f"dist-{module}", "1.0", points, modules)
    _all.cache_clear()  # which is kept for the life of a process
    [found] = [each for each in installed("importers") if each.distribution == f"dist-{module}".replace("_", "-")]
    return found


def test_a_class_is_instantiated_and_an_object_is_taken(site: Path) -> None:
    """An entry point leads to a class without arguments, or to an object."""
    for target in ("{module}:Thing", "{module}:THING", "{module}:Space.thing"):
        text = f"{GOOD}THING = Thing()\nclass Space: thing = THING\n"
        assert loading.load(plugin(site, text, target=target), Acting).act() == "done"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 / 0", r"cannot be imported: ZeroDivisionError: division by zero \(thing_\d+.py:1\)"),
        ("import sys; sys.exit(3)", r"cannot be imported: SystemExit: 3 \(thing_\d+.py:1\)"),
        ("from vidbuild.plugins import Nothing", "cannot be imported: ImportError: cannot import name 'Nothing'"),
        ("def :", "cannot be imported: SyntaxError"),
        ("", "cannot be imported: AttributeError: module 'thing_\\d+' has no attribute 'Thing'"),
        (
            GOOD.replace("interface = 1", "interface = 2"),
            "is for version 2 of the interface of .* 1$",
        ),
        (GOOD.replace("interface = 1", "pass"), "states no version of the interface of plug-ins"),
        (GOOD.replace("size = 3", "pass"), "has no size"),
        (GOOD.replace("def act", "def other"), "has no act"),
        (GOOD.replace("'thing'", "'other'"), "has the name 'other': expected that of its entry point"),
        (GOOD + "    def __init__(self, needed): pass\n", "cannot be imported: TypeError"),
    ],
)
def test_what_cannot_be_used_is_refused(site: Path, text: str, message: str) -> None:
    """Each fault is a PluginError with the distribution and its version."""
    made = plugin(site, text)
    with pytest.raises(PluginError, match=f"the importer 'thing' of the plug-in {made.origin} {message}"):
        loading.load(made, Acting)


def test_a_module_that_is_missing(site: Path) -> None:
    """A distribution without its module is named, with the way to repair it."""
    made = plugin(site, GOOD, target="absent_module:Thing")
    with pytest.raises(PluginError, match="there is no module 'absent_module'") as raised:
        loading.load(made, Acting)
    assert raised.value.hint == f"pip install --force-reinstall {made.distribution}"


@pytest.mark.parametrize("target", ["", "{module}!!:Thing", ".{module}:Thing"])
def test_an_entry_point_that_leads_nowhere(site: Path, target: str) -> None:
    """What is no name of a module is reported as a module that is missing."""
    with pytest.raises(PluginError, match="cannot be imported: there is no module"):
        loading.load(plugin(site, GOOD, target=target), Acting)


def test_a_step_loads_it_from_where_it_is(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a step receives is enough to load a module, a package or a part of a namespace that Python cannot find."""
    relative = "from .part import VALUE\n" + GOOD
    for files, target in (
        ({}, "{module}:Thing"),
        ({"{module}_p/__init__.py": relative, "{module}_p/part.py": "VALUE = 1\n"}, "{module}_p:Thing"),
        ({"{module}_n/inner/__init__.py": "", "{module}_n/inner/deep.py": GOOD}, "{module}_n.inner.deep:Thing"),
    ):
        made = plugin(site, GOOD, files, target)
        text = loading.to_variable(made)
        with monkeypatch.context() as alone:
            alone.setattr(sys, "path", [path for path in sys.path if path != str(site)])
            found, thing = loading.from_variable(text, Acting)
        assert found == made
        assert thing.act() == "done"


def test_what_a_step_receives_changes_with_the_code(site: Path) -> None:
    """A worker that is kept gets only steps with the environment that it began with, and none of newer code."""
    made = plugin(site, GOOD)
    before = loading.to_variable(made)
    assert loading.to_variable(made) == before
    with content.code_of(made).path.open("a", encoding="utf-8") as file:
        file.write("# edited\n")
    assert loading.to_variable(made) != before


def test_an_identity_changes_with_code_version_and_requirements(site: Path) -> None:
    """The identity has the version in words, and follows every file; bytecode and caches are no part of it."""
    made = plugin(site, GOOD, {"{module}_p/__init__.py": GOOD, "{module}_p/data.bin": "a"}, "{module}_p:Thing")
    folder = content.code_of(made).path
    before = content.identity(made)
    assert before.startswith("1.0 (")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_text("x", encoding="utf-8")
    assert content.identity(made) == before
    (folder / "data.bin").write_text("b", encoding="utf-8")
    changed = content.identity(made)
    assert changed != before
    info = site / f"{made.distribution.replace('-', '_')}-1.0.dist-info" / "METADATA"
    info.write_text(
        info.read_text(encoding="utf-8") + "Requires-Dist: required-thing>=1\nRequires-Dist: vidbuild\n", "utf-8"
    )
    assert content.identity(made) == changed  # what is not installed is left out
    plugin_lab.write(site, "required-thing", "1.0", "", {})
    assert content.identity(made) != changed


class Faulty:
    """An object whose methods raise."""

    name = "faulty"

    def act(self) -> str:
        """Raise what a plug-in may not."""
        return dict[str, str]()["key"]

    def items(self) -> Any:
        """Raise after the first item."""
        yield 1
        raise ValueError("later")

    def own(self) -> None:
        """Raise what a plug-in may."""
        raise StepError("by intent")

    @property
    def attribute(self) -> str:
        """Raise while it is read."""
        raise RuntimeError("read")


def guarded() -> Guarded:
    """The object as vidbuild sees it."""
    return Guarded(Faulty(), Plugin("importers", "thing", __name__, "Faulty", "acme", "1"))


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("act", r"failed in 'act': KeyError: 'key' \(test_loading.py:\d+\)"),
        ("items", "failed in 'items': ValueError: later"),
    ],
)
def test_what_a_method_raises_is_the_fault_of_the_plugin(method: str, message: str) -> None:
    """Exceptions, also those of generators, become errors with the plug-in's name and line."""
    with pytest.raises(PluginError, match=f"the importer 'thing' of the plug-in acme 1 {message}"):
        list(getattr(guarded(), method)())


def test_errors_of_vidbuild_pass() -> None:
    """What a protocol lets a method raise is not changed; an attribute that raises is a fault."""
    with pytest.raises(StepError, match="by intent"):
        guarded().own()
    with pytest.raises(PluginError, match="failed in 'attribute': RuntimeError: read"):
        _ = guarded().attribute
    assert guarded().name == "faulty"
