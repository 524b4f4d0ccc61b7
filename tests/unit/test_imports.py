"""What may import what, and what may be imported at start-up."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "vidbuild"

# A part of the package -> the parts it may import, wherever the import stands. A dotted name allows one module only.
# Everyone may import errors, place, printable, record and the package itself (for __version__); a part always itself.
ALLOWED: dict[str, set[str]] = {
    "__init__": {"api", "model", "spec.diagnostics"},
    "__main__": {"cli"},
    "cli": {"api", "report", "starter", "project", "engine.events"},
    "api": {"plan", "spec", "engine", "report", "project", "scenes", "voices", "media", "model"},
    "starter": set(),
    "project": set(),
    "plan": {"scenes", "voices", "model", "project", "engine.graph", "media.picture", "media.align", "media.encode"},
    "spec": {"scenes", "voices", "model", "project", "media.limits"},
    "steps": {"media", "voices", "engine.context", "report.timing", "report.page", "plan.timeline"},
    "scenes": {"model"},
    "voices": {"media"},
    "report": {"engine.events"},
    "media": set(),
    "engine": set(),
    "model": set(),
    "errors": set(),
    "place": set(),
    "printable": set(),
    "record": set(),
}
EVERYONES = {"errors", "place", "printable", "record", ""}
HEAVY = {
    "jsonschema",
    "jinja2",
    "yaml",
    "typst",
    "PIL",
    "ffmpeg",
    "edge_tts",
    "aiohttp",
    "rich",
    "asyncio",
    "imageio_ffmpeg",
}

# Of the standard library: what takes milliseconds to import and serves no build that has nothing to do.
COSTLY = {
    "ctypes",
    "dataclasses",
    "difflib",
    "random",
    "selectors",
    "subprocess",
    "tempfile",
    "traceback",
    "urllib.request",
}

# Modules outside the standard library that the start of the command may import.
START = {
    "click",
    "vidbuild",
    "vidbuild.cli",
    "vidbuild.cli.app",
    "vidbuild.cli.console",
    "vidbuild.cli.crash",
    "vidbuild.cli.exit_codes",
    "vidbuild.cli.group",
    "vidbuild.cli.signals",
    "vidbuild.errors",
    "vidbuild.sanitize",
    "vidbuild.frozen",
}


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the package by its name below `vidbuild`; what users are given is none."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if "files" not in parts:
            yield ".".join(part for part in parts if part != "__init__") or "__init__", path


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """The vidbuild modules that a file imports, below `vidbuild`, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.partition(".")[0] == "vidbuild":
                yield name.partition(".")[2], node.lineno


def allowed(importer: str, imported: str) -> bool:
    """Whether the table lets one module import another."""
    own, other = importer.partition(".")[0], imported.partition(".")[0]
    if own == other or other in EVERYONES or other.startswith("__"):
        return True
    return any(imported == each or imported.startswith(each + ".") for each in ALLOWED[own])


def is_module(name: str) -> bool:
    """Whether the name is a module, rather than something in the package's own __init__."""
    place = PACKAGE / name.partition(".")[0]
    return place.is_dir() or place.with_suffix(".py").exists()


@pytest.mark.parametrize(("name", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else "")
def test_imports_go_one_way(name: str, path: Path) -> None:
    """Every import in the package is one that the table of layers allows."""
    wrong = [
        f"{path}:{line}: {name} imports {imported}"
        for imported, line in imports(path)
        if is_module(imported) and not allowed(name, imported)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_table_knows_every_part() -> None:
    """A new part of the package must say what it may import, and a part that went leaves no line behind."""
    parts = {name.partition(".")[0] for name, _ in modules()}
    assert parts == set(ALLOWED)


def test_the_layers_have_no_cycle() -> None:
    """Following the table from any part never leads back to it."""
    parts = {part: {each.partition(".")[0] for each in others} - {part} for part, others in ALLOWED.items()}
    done: list[str] = []
    while len(done) < len(parts):
        free = [part for part in parts if part not in done and not parts[part] - set(done)]
        assert free, f"a cycle among {sorted(set(parts) - set(done))}"
        done += free


def test_the_engine_stands_alone() -> None:
    """The engine imports nothing of the video half: it could be lifted out."""
    others = {
        imported.partition(".")[0]
        for name, path in modules()
        if name.startswith("engine")
        for imported, _ in imports(path)
    }
    assert others <= {"engine", "errors", "place", "printable", "record"}


def imported_by(code: str) -> set[str]:
    """The modules outside the standard library that a fresh Python imports to run the code."""
    script = f"{code}\nimport sys\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    bare = subprocess.run(
        [sys.executable, "-c", "import sys\nprint(' '.join(sys.modules))"], capture_output=True, text=True, check=True
    )
    found = set(done.stdout.split("\n")[-2].split()) - set(bare.stdout.split())
    return {name for name in found if name.partition(".")[0] not in sys.stdlib_module_names}


def test_the_version_is_told_at_once() -> None:
    """P46: `vidbuild --version` imports click and five small modules of its own, nothing else."""
    found = imported_by("from vidbuild.cli import main\nassert main(['--version']) == 0")
    assert {name for name in found if not name.startswith("click.")} <= START


@pytest.mark.parametrize("args", [["--help"], ["build", "--help"], ["cache", "--help"]])
def test_help_imports_nothing_heavy(args: list[str]) -> None:
    """P46: help texts come without the API, and without any library that does the work."""
    found = imported_by(f"from vidbuild.cli import main\nassert main({args!r}) == 0")
    assert not {name.partition(".")[0] for name in found} & HEAVY
    assert "vidbuild.api" not in found


def test_a_build_with_nothing_to_do_imports_none_of_the_costly_standard_library() -> None:
    """P46: what a null build imports defines its classes without `dataclasses`, and starts and reports nothing."""
    code = """
import sys
from vidbuild.cli import app, build
from vidbuild import api
from vidbuild.api.tools import tools
assert api.build_all and all(tool.paths() is not None for tool in tools().values())
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = set(done.stdout.split())
    assert "vidbuild.engine.schedule.engine" in found
    assert not found & COSTLY


@pytest.mark.parametrize("step", ["speak", "draw", "time", "sound", "caption", "join", "report"])
def test_a_step_imports_no_network(step: str) -> None:
    """A worker that makes a step by itself loads none of the libraries that speak to the network."""
    code = f"import sys, vidbuild.steps.{step}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {name.partition(".")[0] for name in done.stdout.split()} & {"ssl", "http", "email", "socket", "asyncio"}


def test_the_package_itself_is_light() -> None:
    """P46: `import vidbuild` costs nothing: what it offers is imported when it is used."""
    found = imported_by("import vidbuild")
    assert found <= {"vidbuild"}
