"""A build with nothing to do compares one record before it imports anything: nothing that a user notices differs.

Two projects get the same changes. One is built by the command as it is, the other without the record; exit codes, what
is printed, outputs, logs of runs and what is built must be the same after each change.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_truth_table import picture
from vidbuild import null_build
from vidbuild.media.text.packages import fonts_paths

SPEC = """\
vidbuild: 1
title: A small video
vars: {word: One}
output: {size: 160x90, fps: 24}
theme: {extends: midnight, fonts: ./fonts}
scenes:
  - {id: one, type: title, title: "{{ word }}", duration: 0.5}
  - {id: two, type: image, src: shot.png, alt: A picture, duration: 0.5}
"""
# `vidbuild ARGS`, which notes in a file whether the record sufficed; without a file, it has none.
DRIVER = """
import sys
from pathlib import Path
note, *args = sys.argv[1:]
from vidbuild import null_build
name = null_build.name_of(args) if note else ""
code = null_build.attempt(args, name) if name else None
if note:
    Path(note).write_text("" if code is None else "repeated")
if code is None:
    from vidbuild.cli.app import run
    code = run(args, name)
sys.stdout.flush()
sys.exit(code)
"""
BUILD = ("build", "--json", "-j", "1")


@dataclass(frozen=True)
class Project:
    """One of the two projects. note: the file in which its command notes whether the record sufficed, if it has one."""

    root: Path
    note: str
    packages: Path

    def run(self, args: Sequence[str], env: Mapping[str, str], folder: str) -> subprocess.CompletedProcess[str]:
        """Run a command in a folder of the project."""
        return subprocess.run(
            [sys.executable, "-c", DRIVER, self.note, *args],
            cwd=self.root / folder,
            env={**os.environ, "PYTHONPATH": str(self.packages), **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def home(self, *names: str) -> Path:
        """Return a path in the cache."""
        return self.root.joinpath(".vidbuild", "v1", *names)

    def files(self, *names: str) -> list[Path]:
        """Return the files in a folder of the cache."""
        return sorted(path for path in self.home(*names).rglob("*") if path.is_file())

    def plain(self, text: str) -> str:
        """Return what was printed or logged, without what differs between two runs and two places."""
        text = text.replace(str(self.root), "ROOT")
        text = re.sub(r"\d{8}-\d{6}-\d{3}-[0-9a-f]{4}", "RUN", text)
        text = re.sub(r"\b\d+(\.\d+)? s\b", "TOOK", text)
        text = re.sub(r"\[\d+/\d+( \d+:\d\d)?\] ", "", text)
        return re.sub(r'("(?:time|seconds|wall_seconds|started|ended|expected)": ?)[0-9.e+-]+', r"\1NUMBER", text)

    def last_run(self) -> tuple[str, str]:
        """Return the state and the events of the last run."""
        folder = max((self.root / ".vidbuild" / "runs").iterdir())
        assert sorted(path.name for path in folder.iterdir()) == ["events.jsonl", "lock", "state.json"]
        state, events = (folder.joinpath(name).read_text(encoding="utf-8") for name in ("state.json", "events.jsonl"))
        return self.plain(state), self.plain(events)

    def outputs(self) -> dict[str, bytes]:
        """Return the files beside the spec."""
        return {path.name: path.read_bytes() for path in sorted((self.root / "build").iterdir())}


@dataclass(frozen=True)
class Change:
    """A change to a project, and how it is built then. repeated: whether the record suffices all the same."""

    name: str
    apply: Callable[[Project], Any] = lambda _: None
    args: Sequence[str] = BUILD
    env: Mapping[str, str] = field(default_factory=dict)
    folder: str = "."
    repeated: bool = False


def rewritten(path: Path, old: bytes, new: bytes) -> None:
    """Change bytes of a file in place; its size and its mtime stay."""
    before, content = path.stat(), path.read_bytes()
    assert old in content
    assert len(old) == len(new)
    mode = path.stat().st_mode
    path.chmod(0o644)
    path.write_bytes(content.replace(old, new))
    path.chmod(mode)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def flipped(path: Path) -> None:
    """Change the last byte of a file in place."""
    last = path.read_bytes()[-1:]
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last[0] ^ 1]))


def replaced(path: Path) -> None:
    """Put a copy in the place of a file."""
    copy = path.with_name("copy")
    shutil.copy2(path, copy)
    copy.replace(path)


def retargeted(project: Project) -> None:
    """Let a symlink lead to another spec with the same name of its outputs."""
    link = project.root / "link.yaml"
    link.unlink()
    link.symlink_to("other/spec.yaml")


def linked(project: Project) -> None:
    """Add a second spec, and a symlink to the first one."""
    (project.root / "other").mkdir()
    spec = (project.root / "video.yaml").read_text().replace("One", "Other").replace("shot.png", "../shot.png")
    (project.root / "other" / "spec.yaml").write_text(spec.replace("./fonts", "../fonts"))
    (project.root / "link.yaml").symlink_to("video.yaml")


def old_runs(project: Project) -> None:
    """Leave so many runs that the oldest ones go with each build."""
    for number in range(60):
        folder = project.root / ".vidbuild" / "runs" / f"20200101-000000-{number:03}-abcd"
        folder.mkdir()
        (folder / "state.json").write_text("{}")


def record(project: Project) -> list[Path]:
    """Return the records of a project: none of the one that is built without."""
    return [path for path in project.files("memos") if path.read_bytes().startswith(null_build.FORMAT.encode())]


def blob(project: Project) -> Path:
    """Return the cache's copy of the video."""
    digest = hashlib.sha256((project.root / "build" / "video.mp4").read_bytes()).hexdigest()
    return project.home("cas", digest[:2], digest)


def trace(project: Project) -> Path:
    """Return the trace of the step that made the video."""
    digest = blob(project).name
    return next(path for path in project.files("traces") if digest in path.read_text(encoding="utf-8"))


QUIET = ("build", "-q", "-j", "1")
LINKED = ("build", "link.yaml", "--json", "-j", "1")
VARIED = ("build", "--var", "word=Two", "--only", "one", "--json", "-j", "1")
CHANGES = [
    Change("nothing", repeated=True),
    Change("an unused file", lambda p: (p.root / "notes.txt").write_text("a note"), repeated=True),
    Change("an unused variable", env={"OLDPWD": "/somewhere"}, repeated=True),
    Change("touched spec", lambda p: (p.root / "video.yaml").touch()),
    Change("spec of the same size and mtime", lambda p: rewritten(p.root / "video.yaml", b"One", b"Ono")),
    Change("back again", lambda p: rewritten(p.root / "video.yaml", b"Ono", b"One")),
    Change("replaced spec", lambda p: replaced(p.root / "video.yaml")),
    Change("wrong spec", lambda p: rewritten(p.root / "video.yaml", b"scenes", b"scones")),
    Change("right spec", lambda p: rewritten(p.root / "video.yaml", b"scones", b"scenes")),
    Change("other picture", lambda p: (p.root / "shot.png").write_bytes(picture("green"))),
    Change("picture gone", lambda p: (p.root / "shot.png").rename(p.root / "gone.png")),
    Change("picture there again", lambda p: (p.root / "gone.png").rename(p.root / "shot.png")),
    Change("new font", lambda p: shutil.copy(fonts_paths()[2], p.root / "fonts" / "new.ttf")),
    Change("font gone", lambda p: (p.root / "fonts" / "new.ttf").unlink()),
    Change("deleted output", lambda p: (p.root / "build" / "video.mp4").unlink()),
    Change("deleted poster", lambda p: (p.root / "build" / "video.poster.png").unlink()),
    Change("edited output", lambda p: (p.root / "build" / "video.timing.json").write_text("mine")),
    Change("output of the same size and mtime", lambda p: rewritten(p.root / "build/video.mp4", b"mdat", b"free")),
    Change("replaced output", lambda p: replaced(p.root / "build" / "video.mp4")),
    Change("no owner", lambda p: (p.root / "build" / ".video.vidbuild").unlink()),
    Change("deleted trace", lambda p: trace(p).unlink()),
    Change("corrupt trace", lambda p: flipped(trace(p))),
    Change("deleted blob", lambda p: blob(p).unlink()),
    Change("corrupt blob", lambda p: flipped(blob(p))),
    Change("no table of files", lambda p: p.home("files").unlink()),
    Change("no table of outputs", lambda p: p.home("placed").unlink()),
    Change("no index", lambda p: shutil.rmtree(p.home("index"))),
    Change("no memos", lambda p: shutil.rmtree(p.home("memos"))),
    Change("corrupt record", lambda p: list(map(flipped, record(p)))),
    Change("torn record", lambda p: [path.write_bytes(path.read_bytes()[:900]) for path in record(p)]),
    Change("no README", lambda p: (p.root / ".vidbuild" / "README").unlink()),
    Change("no log of runs", lambda p: shutil.rmtree(p.root / ".vidbuild" / "runs")),
    Change("old runs", old_runs, repeated=True),
    Change("settings", lambda p: (p.root / "vidbuild.toml").write_text("allow_network_voice = true\n")),
    Change("wrong settings", lambda p: (p.root / "vidbuild.toml").write_text("allow = 1\n")),
    Change("no settings", lambda p: (p.root / "vidbuild.toml").write_text("")),
    Change("a lock file", lambda p: (p.root / "vidbuild.lock").write_text("wrong")),
    Change("no lock file", lambda p: (p.root / "vidbuild.lock").unlink()),
    Change("other language", env={"LANG": "de_DE.UTF-8", "LC_ALL": "C"}),
    Change("in CI", env={"CI": "true"}),
    Change("quiet", args=QUIET),
    Change("quiet again", args=QUIET, repeated=True),
    Change("for people", args=("build", "-j", "1")),
    Change("for people again", args=("build", "video.yaml", "-j", "1")),
    Change("by its folder", args=("build", "-j", "1", ".")),
    Change("another folder", lambda p: (p.root / "sub").mkdir(), args=("build", "../video.yaml"), folder="sub"),
    Change("other options", args=VARIED),
    Change("other options again", args=VARIED, repeated=True),
    Change("an unknown option", args=("build", "--unknown")),
    Change("other outputs", args=("build", "-o", "out", "--json", "-j", "1")),
    Change("a symlink", linked, args=LINKED),
    Change("a symlink again", args=LINKED, repeated=True),
    Change("a symlink elsewhere", retargeted, args=LINKED),
    Change("nothing else", args=BUILD),
    Change("code that changed", lambda p: (p.packages / "vidbuild" / "sizes.py").touch()),
    Change("new code", lambda p: (p.packages / "vidbuild" / "spec" / f"new_{p.note != ''}.py").write_text("")),
    Change("new package", lambda p: (p.packages / f"package-{p.note != ''}.dist-info").mkdir()),
]


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Project]:
    """The two projects, built; each has a copy of vidbuild, whose code is about to change."""
    folder = tmp_path_factory.mktemp("null")
    found = []
    for name in ("recorded", "plain"):
        root = folder / name / "project"
        (root / "fonts").mkdir(parents=True)
        shutil.copy(fonts_paths()[1], root / "fonts" / "own.ttf")
        (root / "video.yaml").write_text(SPEC)
        (root / "vidbuild.toml").write_text("")
        (root / "shot.png").write_bytes(picture("red"))
        packages = folder / name / "packages"
        shutil.copytree(Path(null_build.__file__).parent, packages / "vidbuild")
        shutil.copytree(Path(null_build.__file__).parent.parent / "schemas", packages / "schemas")
        note = str(folder / "note") if name == "recorded" else ""
        found.append(Project(root, note, packages))
    return found[0], found[1]


def test_a_repeated_null_build_differs_in_nothing(projects: tuple[Project, Project]) -> None:
    """P45, P8: after every change, the command with its records does, prints and logs what it does without them."""
    recorded, plain = projects
    hits = 0
    for change in [Change("first"), *CHANGES]:
        for round_ in range(2):  # the change, then nothing new: at least the second build leaves a record
            if not round_:
                for project in projects:
                    change.apply(project)
            done = [project.run(change.args, change.env, change.folder) for project in projects]
            said = [
                (each.returncode, project.plain(each.stdout), sorted(project.plain(each.stderr).splitlines()))
                for project, each in zip(projects, done, strict=True)
            ]
            assert said[0] == said[1], (change.name, round_)
            assert recorded.outputs() == plain.outputs(), (change.name, round_)
            if '"up-to-date"' in said[0][1]:
                assert recorded.last_run() == plain.last_run(), (change.name, round_)
            repeated = Path(recorded.note).read_text() == "repeated"
            hits += repeated
            if not round_:
                assert repeated == change.repeated, change.name
        kept = [len(list((project.root / ".vidbuild" / "runs").iterdir())) for project in projects]
        assert kept[0] == kept[1], change.name
    assert hits > len(CHANGES) / 2
