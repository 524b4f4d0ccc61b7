"""What may import what, and what may be imported at start-up."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from vidbuild.scenes.registry import SCENE_TYPES

PACKAGE = ROOT / "vidbuild"

# A room (a package, or a package in engine/, media/ or cli/) -> the rooms it may import, anywhere in a module. A dotted
# name below a room allows that module only. Everyone may import the modules of EVERYONE; a room always imports itself.
ALLOWED: dict[str, set[str]] = {
    "__init__": {"api", "model", "spec.diagnostics"},
    "__main__": {"cli"},
    "cli": {"api", "report", "project", "serve.edits", "engine.runs.events"},
    "cli.commands": {"cli", "api", "report", "serve", "starter", "engine.runs.events"},
    "serve": {"api", "project", "engine.runs.events"},
    "api": {
        "batches",
        "create",
        "dask_executor",
        "create.source.contained",
        "extensions",
        "i18n",
        "record",
        "stock",
        "inspection",
        "video_report.timing",
        "comparison",
        "plan",
        "publishing",
        "remote",
        "shared_cache",
        "spec",
        "report",
        "report.formats",
        "project",
        "seal",
        "scenes",
        "voices",
        "model",
        "engine.disk",
        "engine.graph",
        "engine.store",
        "engine.keys",
        "engine.runs",
        "engine.schedule",
        "engine.sandbox",
        "engine.worker.executor",
        "engine.worker.kept_pool",
        "media.text",
        "media.ffmpeg",
        "media.image.contact_sheet",
        "media.codecs.profiles",
        "media.render.hold",
        "media.render.holds",
        "video_report",
    },
    "dask_executor": {
        "engine.disk.durable",
        "engine.runs.control",
        "engine.sandbox.sandbox",
        "engine.store.blobs",
        "engine.worker",
    },
    "batches": {"spec", "project", "engine.disk.durable"},
    "publishing": {"remote"},
    "shared_cache": {"remote", "engine.keys", "engine.store"},
    "remote": set(),
    "create": {
        "extensions",
        "project",
        "model",
        "engine.disk",
        "spec.schema",
        "create.source",
        "create.composer",
        "create.importers",
        "create.writers",
    },
    "record": {"scenes.command", "scenes.protocol", "engine.sandbox", "project", "spec.paths"},
    "stock": {
        "extensions",
        "create.source.contained",
        "create.source.protocol",
        "engine.disk.durable",
        "media.ffmpeg",
        "spec.lock_file",
        "spec.files",
        "spec.paths",
        "voices.network",
    },
    "inspection": {
        "create.source",
        "create.importers.captions.cues",
        "create.importers.captions.timed_text",
        "media.ffmpeg",
        "media.audio.loudness",
        "media.container.ffmetadata",
        "media.text.caption_rules",
    },
    "comparison": {
        "create.source.protocol",
        "inspection.captions",
        "inspection.refusals",
        "inspection.timing_file",
        "media.container.samples",
        "media.ffmpeg",
        "media.h264",
        "media.render.hold",
        "media.render.holds",
        "media.text.boundaries",
        "media.text.direction",
        "project",
        "report.humanize",
    },
    "create.composer": {"create.source"},
    "create.importers": {"create.source", "media.ffmpeg.process", "scenes.command.cast"},
    "create.source": {"media.ffmpeg.process", "engine.sandbox.mode", "engine.sandbox.sandbox"},
    "create.writers": {"extensions", "create.source", "create.composer"},
    "create.writers.openai": {"create.writers", "voices.network"},
    "i18n": set(),
    "embedding": {"api", "project", "video_report"},
    "mkdocs": {"embedding", "project"},
    "sphinx": {"embedding", "project"},
    "starter": {"spec.schema"},
    "project": set(),
    "plan": {
        "extensions",
        "spec.diagnostics",
        "spec.narration",
        "scenes",
        "voices",
        "marks",
        "model",
        "project",
        "timeline",
        "engine.graph.graph",
        "engine.graph.step_id",
        "media.render.motion",
        "media.render.playback",
        "media.animated.rungs",
        "media.codecs.profiles",
        "media.text.caption_rules",
        "media.text.direction",
        "media.text.divisions",
        "media.text.pages",
        "media.text.regions",
        "media.text.spoken_length",
    },
    "timeline": {
        "media.text.align",
        "media.text.spoken_length",
        "media.text.cue_times",
        "media.text.boundaries",
        "media.text.words",
        "media.render.motion",
        "media.render.playback",
        "scenes.protocol",
    },
    "spec": {
        "extensions",
        "reading",
        "scenes",
        "voices",
        "marks",
        "model",
        "project",
        "media.ffmpeg.limits",
        "media.text",
        "media.container.iso639",
        "media.image.accents",
        "media.image.backdrop",
        "media.image.region",
        "media.image.svg",
        "media.image.image_file",
        "remote.address",
        "remote.public_key",
        "timeline.mentions",
        "timeline.reveal_times",
    },
    "steps": {
        "media.ffmpeg",
        "media.audio",
        "media.h264",
        "media.codecs",
        "media.animated",
        "media.container",
        "media.image",
        "media.text",
        "media.render",
        "voices",
        "engine.graph.context",
        "engine.graph.step_id",
        "media.alignment",
        "video_report",
        "timeline",
        "seal",
    },
    "reading": set(),
    "extensions": set(),
    "plugins": {
        "scenes",
        "voices",
        "create.source",
        "create.writers",
        "stock.protocol",
        "spec.lock_file",
        "media.text.words",
        "model",
    },
    "scenes": {"extensions", "model", "media.image.light"},
    "voices": {"extensions", "media.audio", "media.ffmpeg", "media.text.words"},
    "report": {"engine.runs", "engine.graph.step_id"},
    "report.formats": {"report.humanize"},
    "video_report": {"report.humanize"},
    "media": set(),
    "media.ffmpeg": set(),
    "media.audio": {"media.ffmpeg"},
    "media.image": {"media.ffmpeg"},
    "media.text": {"media.ffmpeg"},
    "media.render": {"media.ffmpeg", "media.image"},
    "media.alignment": {"media.audio", "media.text.words"},
    "media.h264": {"media.render"},
    "media.codecs": {"media.h264", "media.render"},
    "media.animated": set(),
    "media.container": set(),
    "engine": set(),
    "engine.disk": set(),
    "engine.graph": set(),
    "engine.sandbox": set(),
    "engine.store": {"engine.disk", "engine.graph"},
    "engine.keys": {"engine.disk", "engine.graph", "engine.store"},
    "engine.worker": {"engine.disk", "engine.graph", "engine.sandbox", "engine.store.blobs"},
    "engine.runs": {"engine.disk", "engine.graph", "engine.store", "engine.keys"},
    "engine.schedule": {
        "engine.disk",
        "engine.graph",
        "engine.sandbox",
        "engine.store",
        "engine.keys",
        "engine.worker",
        "engine.runs",
    },
    "model": {"marks", "media.text.words"},
    "marks": set(),
    "seal": set(),
}
EVERYONE = {
    "caption_settings",
    "choice",
    "columns",
    "diagnostic",
    "errors",
    "focal_point",
    "location",
    "git_lfs",
    "inline",
    "patterns",
    "lints",
    "sanitize",
    "sizes",
    "suggest",
    "json_types",
    "timebase",
    "transitions",
    "frozen",
    "platforms",
    "flock",
    "null_build",
    "null_log",
    "settings",
    "written_float",
    "",
}
# Unless a row says so, they import none but each other.
ALLOWED |= {name: set() for name in EVERYONE if name and name not in ALLOWED}
HEAVY = {
    "jsonschema",
    "jinja2",
    "yaml",
    "typst",
    "PIL",
    "ffmpeg",
    "edge_tts",
    "aiohttp",
    "httpx2",
    "rich",
    "asyncio",
    "imageio_ffmpeg",
    "icu4py",
    "num2words",
    "pyphen",
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
    "vidbuild.null_build",
    "vidbuild.platforms",
    "vidbuild.sanitize",
    "vidbuild.frozen",
}


@pytest.fixture(autouse=True)
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coverage would import modules into the processes whose modules are counted here."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the package by its name below `vidbuild`; what users are given is none."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if "files" not in parts:
            yield ".".join(part for part in parts if part != "__init__") or "__init__", path


@cache
def imports(path: Path) -> list[tuple[str, int]]:
    """The vidbuild modules that a file imports, below `vidbuild`, with the line."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        found += [(name.partition(".")[2], node.lineno) for name in names if name.partition(".")[0] == "vidbuild"]
    return found


def room_of(module: str) -> str:
    """The room in which a module is: the longest name in the table that it is, or lies in."""
    parts = module.split(".")
    names = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((name for name in names if name in ALLOWED), "")


def allowed(importer: str, imported: str) -> bool:
    """Whether the table lets one module import another."""
    own, other = room_of(importer), room_of(imported)
    if own == other or other in EVERYONE or imported.startswith("__"):
        return True
    return any(imported == each or imported.startswith(each + ".") for each in ALLOWED[own])


def module_of(name: str) -> str:
    """The module of an imported name: itself if it is one, else the module that defines it."""
    path = PACKAGE / name.replace(".", "/")
    return name if path.is_dir() or path.with_suffix(".py").exists() else name.rpartition(".")[0]


def test_imports_go_one_way() -> None:
    """Every import in the package is one that the table of rooms allows."""
    wrong = [
        f"{path}:{line}: {name} imports {imported}"
        for name, path in modules()
        for imported, line in imports(path)
        if module_of(imported) and not allowed(name, module_of(imported))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_table_lists_every_room() -> None:
    """A new room must declare what it may import, and a removed room leaves no line behind."""
    rooms = {room_of(name) for name, _ in modules()}
    packages = {name.rpartition(".")[0] for name, _ in modules() if "." in name}
    assert rooms == set(ALLOWED)
    parts = {package for package in packages if package.count(".")} - {f"scenes.{each}" for each in SCENE_TYPES}
    assert {package for package in parts if not package.startswith("create.importers.")} <= rooms


def test_the_rooms_have_no_circle() -> None:
    """Following the table from any room never leads back to it."""
    rooms = {room: {room_of(each) for each in others} - {room} for room, others in ALLOWED.items()}
    done: list[str] = []
    while len(done) < len(rooms):
        free = [room for room in rooms if room not in done and not rooms[room] - set(done)]
        assert free, f"a circle among {sorted(set(rooms) - set(done))}"
        done += free


def test_the_modules_have_no_circle() -> None:
    """No module imports itself through others, inside a room or between rooms, however late the import stands."""
    arrows = {
        name: {each for each in (module_of(imported) for imported, _ in imports(path)) if each and each != name}
        for name, path in modules()
    }
    TopologicalSorter(arrows).prepare()  # raises CycleError, which names the circle


def test_the_engine_stands_alone() -> None:
    """The engine imports nothing of the video half: it could be lifted out."""
    others = {
        imported.partition(".")[0]
        for name, path in modules()
        if name.startswith("engine")
        for imported, _ in imports(path)
    }
    assert others <= {"engine", *EVERYONE}


def imported_by(code: str) -> set[str]:
    """The modules outside the standard library that a fresh Python imports to run the code."""
    script = f"{code}\nimport sys\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    bare = subprocess.run(
        [sys.executable, "-c", "import sys\nprint(' '.join(sys.modules))"], capture_output=True, text=True, check=True
    )
    found = set(done.stdout.split("\n")[-2].split()) - set(bare.stdout.split())
    return {name for name in found if name.partition(".")[0] not in sys.stdlib_module_names}


def test_the_version_imports_little() -> None:
    """P46: `vidbuild --version` imports click and a few small modules of its own, nothing else."""
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
from vidbuild.cli import app
from vidbuild.cli.commands import build
from vidbuild.api.build import build_all
from vidbuild.api.tools import tools
assert build_all and all(tool.paths() is not None for tool in tools().values())
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = set(done.stdout.split())
    assert "vidbuild.engine.schedule.engine" in found
    assert not found & COSTLY


@pytest.mark.parametrize("step", ["speak", "draw", "timeline", "audio", "captions", "mux", "report"])
def test_a_step_imports_no_network(step: str) -> None:
    """A worker that runs a step by itself imports none of the network libraries."""
    code = f"import sys, vidbuild.steps.{step}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {name.partition(".")[0] for name in done.stdout.split()} & {"ssl", "http", "email", "socket", "asyncio"}


def test_the_package_itself_is_light() -> None:
    """P46: `import vidbuild` costs nothing: what it offers is imported when it is used."""
    found = imported_by("import vidbuild")
    assert found <= {"vidbuild"}
