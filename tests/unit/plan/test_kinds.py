"""The tools that each kind of step names, compared with what the code of its steps can reach."""

from __future__ import annotations

import ast
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from vidbuild.api.tools import tools
from vidbuild.plan.kinds import KINDS

# A module that a step imports -> the tools that its bytes then depend on.
TOOLS = {
    "vidbuild.media.ffmpeg.process": {"ffmpeg"},
    "typst": {"typst", "fonts"},
    "PIL": {"pillow"},
    "pypdfium2": {"pdfium"},
    "numpy": {"numpy"},
}
# Engines of voices, scene types and plug-ins have tools of their own. The package itself names functions of the API.
APART = ("vidbuild.voices.registry", "vidbuild.scenes", "vidbuild.extensions")
# Kinds that reach more tools than all of their steps use: a step that uses one has it in its own `tools`.
BY_STEP = {
    "draw": {"ffmpeg", "numpy"},  # sizes of clips; layouts that follow each other
    "progress": {"ffmpeg", "numpy"},  # it shares the modules of `draw`, and neither has clips nor layouts
    "typeset": {"ffmpeg", "numpy"},  # so does this
    "render": {"pillow"},  # zoomed and typed layers
    "strip": {"pillow"},
    "transition": {"pillow"},
    "still": {"pillow"},
    "assemble": {"ffmpeg"},  # it reads the notes of `animate`, whose module runs ffmpeg
    "soundtrack": {"ffmpeg"},  # MP3
}


def is_module(name: str) -> bool:
    """Whether a name is that of a module or a package of vidbuild."""
    path = ROOT / name.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


@cache
def imported(module: str) -> frozenset[str]:
    """The modules that a module of vidbuild imports anywhere in its text, but for type checkers."""
    path = ROOT / module.replace(".", "/")
    tree = ast.parse((path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8"))
    unused = {
        each
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for each in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if node in unused:
            continue
        if isinstance(node, ast.Import):
            found.update(each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = (f"{node.module}.{each.name}" for each in node.names)
            found.update(name if is_module(name) else node.module for name in names)
    return frozenset(found)


def reached(module: str) -> set[str]:
    """The tools that a module of steps can reach, itself or through others."""
    seen, waiting, found = {"vidbuild"}, [module], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name.startswith(APART):
            continue
        seen.add(name)
        found |= TOOLS.get(name, set()) | TOOLS.get(name.partition(".")[0], set())
        if name.startswith("vidbuild."):
            waiting += imported(name)
    return found


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_names_the_tools_that_it_can_reach(name: str) -> None:
    """P5: a tool that decides the bytes of a kind is in its keys, and none that its code never reaches."""
    module = KINDS[name].run.partition(":")[0]
    assert reached(module) == set(KINDS[name].tools) | BY_STEP.get(name, set())
    assert BY_STEP.get(name, set()).isdisjoint(KINDS[name].tools)


def test_what_the_tables_name_exists() -> None:
    """No row is about a kind, a module or a tool that there is not."""
    assert set(BY_STEP) <= set(KINDS)
    assert set().union(*TOOLS.values(), *BY_STEP.values()) <= set(tools())
    for module in TOOLS:
        import_module(module)


def test_imports_for_type_checkers_reach_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What only a type checker imports, and what a package apart imports, is no tool of a step."""
    (tmp_path / "vidbuild" / "scenes").mkdir(parents=True)
    (tmp_path / "vidbuild" / "scenes" / "one.py").write_text("import numpy\n")
    lines = (
        "if TYPE_CHECKING:",
        "    import typst",
        "from vidbuild.scenes import one",
        "def f():",
        "    import PIL.Image",
    )
    (tmp_path / "vidbuild" / "step.py").write_text("\n".join(lines))
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    assert reached("vidbuild.step") == {"pillow"}
