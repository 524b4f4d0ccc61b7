"""Whose an output is: what vidbuild wrote it replaces, what a person changed it keeps, and no two specs share it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import mounts
from tests.support.workspace import Outcome, Workspace

SPEC = """\
vidbuild: 1
title: Aside
output: {size: 128x72, fps: 24}
voice: espeak:en-us
scenes:
  - {id: a, type: title, title: One, narration: Hello there.}
"""
EDITED = SPEC.replace("One", "Two").replace("there", "again").replace("Aside", "Beside")
OUTPUTS = ("video.mp4", "video.srt", "video.vtt", "video.timing.json", "video.report.html", "video.poster.png")


@dataclass
class Place:
    """Where a project is now, and with which cache it is built there."""

    workspace: Workspace
    root: Path
    cache: str = ".vidbuild"
    output: str = "build"

    def build(self, *args: str) -> Outcome:
        """Build the project as a user in its folder does."""
        here = Workspace.__new__(Workspace)
        here.root = self.root
        return here.run("build", "video.yaml", *args, env={"VIDBUILD_CACHE": self.cache})


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was built, with its outputs committed and its cache ignored."""
    root = tmp_path_factory.mktemp("owned") / "project"
    workspace = Workspace(root)
    workspace.write("video.yaml", SPEC)
    workspace.write(".gitignore", ".vidbuild\n")
    workspace.build()
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "outputs")
    return root


def git(folder: Path, *args: str) -> None:
    """Run git."""
    program = shutil.which("git")
    assert program is not None
    subprocess.run([program, *args], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(built: Path, workspace: Workspace) -> Workspace:
    """A copy of the project at the workspace's path."""
    shutil.rmtree(workspace.root)
    shutil.copytree(built, workspace.root, symlinks=True)
    return workspace


def stayed(project: Workspace, stack: ExitStack) -> Place:
    """The project where it was built."""
    del stack
    return Place(project, project.root)


def moved(project: Workspace, stack: ExitStack) -> Place:
    """The project, with its cache, under another name."""
    del stack
    return Place(project, project.root.rename(project.root.with_name("moved")))


def linked(project: Workspace, stack: ExitStack) -> Place:
    """The project by way of a symlink."""
    del stack
    link = project.root.with_name("link")
    link.symlink_to(project.root)
    return Place(project, link)


def bound(project: Workspace, stack: ExitStack) -> Place:
    """The project by way of a bind mount, as in a container."""
    target = project.root.with_name("src")
    target.mkdir()
    mounts.mount("--bind", str(project.root), str(target))
    stack.callback(mounts.unmount, target)
    return Place(project, target)


def cloned(project: Workspace, stack: ExitStack) -> Place:
    """A fresh clone of the project, without a cache."""
    del stack
    target = project.root.with_name("clone")
    git(project.root, "clone", "-q", str(project.root), str(target))
    return Place(project, target)


def cloned_with_crlf(project: Workspace, stack: ExitStack) -> Place:
    """A fresh clone in which git writes the line ends of Windows."""
    del stack
    target = project.root.with_name("clone")
    git(project.root, "clone", "-q", "-c", "core.autocrlf=true", str(project.root), str(target))
    assert b"\r\n" in (target / "build" / "video.srt").read_bytes()
    return Place(project, target)


def without_cache(project: Workspace, stack: ExitStack) -> Place:
    """The project after its cache was deleted."""
    del stack
    shutil.rmtree(project.root / ".vidbuild")
    return Place(project, project.root)


def with_another_cache(project: Workspace, stack: ExitStack) -> Place:
    """The project with a cache that knows nothing of it."""
    del stack
    return Place(project, project.root, cache="../other-cache")


WAYS = (stayed, moved, linked, bound, cloned, cloned_with_crlf, without_cache, with_another_cache)
Way = Callable[[Workspace, ExitStack], Place]


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def place(project: Workspace, request: pytest.FixtureRequest) -> Iterator[Place]:
    """The project, reached in each of the ways."""
    way: Way = request.param
    with ExitStack() as stack:
        yield way(project, stack)


def test_what_vidbuild_wrote_is_replaced(place: Place) -> None:
    """N4: outputs that vidbuild wrote are replaced without a word, wherever the project and its cache are now."""
    before = {name: (place.root / "build" / name).read_bytes() for name in OUTPUTS}
    (place.root / "video.yaml").write_text(EDITED, encoding="utf-8")
    outcome = place.build()
    assert outcome.code == 0, outcome.stderr
    assert ".mine" not in outcome.stderr
    assert sorted(path.name for path in (place.root / "build").iterdir()) == sorted([*OUTPUTS, ".video.vidbuild"])
    assert all((place.root / "build" / name).read_bytes() != content for name, content in before.items())


def test_what_a_person_changed_is_kept(place: Place) -> None:
    """N4: each output that a person changed is kept beside the new one, and the message says just that."""
    edits = {name: edited(place.root / "build" / name) for name in OUTPUTS}
    outcome = place.build()
    assert outcome.code == 0, outcome.stderr
    for name, content in edits.items():
        path = place.root / "build" / name
        kept = path.with_name(f"{path.stem}.mine{path.suffix}")
        assert kept.read_bytes() == content
        assert path.read_bytes() != content
        assert f"'build/{name}' was changed since vidbuild wrote it; your version is now 'build/{kept.name}'" in (
            outcome.stderr
        )


def edited(path: Path) -> bytes:
    """Change an output in its middle, as an editor does, and return its bytes."""
    content = path.read_bytes()
    middle = len(content) // 2
    content = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    path.write_bytes(content)
    return content


def test_a_file_of_unknown_origin_is_kept(project: Workspace) -> None:
    """N4: a file that vidbuild cannot have written is kept, and nothing is claimed about it."""
    project.write("other.yaml", SPEC)
    project.write("build/other.mp4", b"a film of my own")
    project.write("build/other.srt", b"1\n00:00:00,000 --> 00:00:01,000\nmine\n")
    outcome = project.run("build", "other.yaml")
    assert outcome.code == 0, outcome.stderr
    assert (project.root / "build" / "other.mine.mp4").read_bytes() == b"a film of my own"
    assert (
        "'build/other.mp4' has no proof that vidbuild wrote it; that file is now 'build/other.mine.mp4'"
        in outcome.stderr
    )
    assert "changed since" not in outcome.stderr


def test_a_pointer_of_git_lfs_is_replaced(project: Workspace) -> None:
    """N4: the stand-in that Git LFS leaves for a committed video is no work of a person."""
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"
    project.write("build/video.mp4", pointer)
    outcome = project.run("build", "video.yaml")
    assert outcome.code == 0, outcome.stderr
    assert ".mine" not in outcome.stderr


def test_seals_are_the_same_in_every_build(project: Workspace) -> None:
    """N4: seals do not depend on the place, the cache or the time: a second build from nothing gives the same bytes."""
    outcome = project.run("build", "video.yaml", "--verify")
    assert outcome.code == 0, outcome.stderr
    before = {name: (project.root / "build" / name).read_bytes() for name in OUTPUTS}
    elsewhere = project.root.with_name("elsewhere")
    project.run("build", "video.yaml", "-o", str(elsewhere), env={"VIDBUILD_CACHE": "../empty"})
    assert {name: (elsewhere / name).read_bytes() for name in OUTPUTS} == before


TWO = (
    ("a/video.yaml", "b/video.yaml"),  # of the same name
    ("a/video.yaml", "b/video.yml"),  # whose outputs have the same name
    ("a/video.vidbuild.yaml", "a/video.yaml"),
)


@pytest.mark.parametrize("names", TWO, ids=" ".join)
@pytest.mark.parametrize("cache", [".vidbuild", ""], ids=["one cache", "two caches"])
def test_two_specs_never_write_one_output(workspace: Workspace, names: tuple[str, str], cache: str) -> None:
    """N4: the outputs of one spec are refused to another one, in one command and in two, with its location."""
    one, other = names
    workspace.write(one, SPEC)
    workspace.write(other, EDITED)
    first = workspace.run("build", one, "-o", "out", env={"VIDBUILD_CACHE": cache or "one"})
    assert first.code == 0, first.stderr
    before = workspace.snapshot()
    refused = workspace.run("build", other, "-o", "out", env={"VIDBUILD_CACHE": cache or "two"})
    assert refused.code == 2
    assert f"{other}:3:9: 'out/video.mp4' is an output of '{one}'" in refused.stderr
    after = workspace.snapshot()
    assert {name: after[name] for name in before if name.startswith("out/")} == {
        name: state for name, state in before.items() if name.startswith("out/")
    }
    assert not [name for name in after.keys() - before.keys() if name.endswith((".wav", ".mp4"))], "steps ran"
    dry = workspace.run("build", "-n", other, "-o", "out", env={"VIDBUILD_CACHE": cache or "two"})
    assert (dry.code, "is an output of" in dry.stderr) == (2, True)
    both = workspace.run("build", one, other, "-o", "out")
    assert both.code == 2
    assert f"{other}:1:1: 'out/video.mp4' is an output of '{one}' too" in both.stderr
    assert "hint: leave out -o, build each spec with its own, or rename one of the specs" in both.stderr
    assert workspace.run("build", other, "-o", "out2").code == 0, "the hint leads to a build"


def test_two_commands_at_one_time_never_write_one_output(workspace: Workspace) -> None:
    """N4: of two specs that are built into one folder at the same time, one is built and one is refused."""
    folders = ("a", "b", "c")
    for folder in folders:
        workspace.write(f"{folder}/video.yaml", SPEC.replace("One", folder))

    def build(folder: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "vidbuild", "build", f"{folder}/video.yaml", "-o", "out"]
        done = subprocess.run(command, cwd=workspace.root, capture_output=True, text=True, check=False, timeout=300)
        return done.returncode, done.stderr

    with ThreadPoolExecutor() as pool:
        ends = dict(zip(folders, pool.map(build, folders), strict=True))
    assert sorted(code for code, _ in ends.values()) == [0, 2, 2], ends
    (winner,) = (folder for folder, (code, _) in ends.items() if code == 0)
    refusals = [message for code, message in ends.values() if code]
    assert all(f"'out/video.mp4' is an output of '{winner}/video.yaml'" in message for message in refusals)
    again = workspace.build("-o", "out", spec=f"{winner}/video.yaml")
    assert again.data["status"] == "up-to-date"


def test_the_outputs_of_a_spec_that_is_gone_are_free(workspace: Workspace) -> None:
    """N4: a spec that was moved or deleted owns nothing, so that a renamed folder is no obstacle."""
    workspace.write("a/video.yaml", SPEC)
    workspace.build("-o", "out", spec="a/video.yaml")
    (workspace.root / "a").rename(workspace.root / "b")
    (workspace.root / "b" / "video.yaml").write_text(EDITED, encoding="utf-8")
    outcome = workspace.build("-o", "out", spec="b/video.yaml")
    assert not [path.name for path in (workspace.root / "out").iterdir() if ".mine" in path.name]
    assert outcome.data["status"] == "built"


def test_a_build_that_fails_owns_nothing(workspace: Workspace) -> None:
    """N4: a spec whose build failed before it wrote an output does not keep another one from doing so."""
    workspace.write("a/video.yaml", SPEC.replace("narration:", "max_duration: 0.1, narration:"))
    workspace.write("b/video.yaml", SPEC)
    workspace.build("-o", "out", spec="a/video.yaml", code=2)
    assert not (workspace.root / "out").exists()
    workspace.build("-o", "out", spec="b/video.yaml")


def test_a_build_that_fails_leaves_what_another_build_of_its_spec_wrote(workspace: Workspace) -> None:
    """N4: outputs keep their owner if an older build of the same spec fails after they were written."""
    workspace.write("a/video.yaml", SPEC.replace("narration:", "max_duration: 0.1, narration:"))
    workspace.write("b/video.yaml", EDITED)
    command = [sys.executable, "-m", "vidbuild", "build", "a/video.yaml", "-o", "out"]
    env = {**os.environ, "VIDBUILD_CACHE": str(workspace.root / "older")}
    older = subprocess.Popen(command, cwd=workspace.root, env=env, stderr=subprocess.PIPE, text=True)
    try:
        record = workspace.root / "out" / ".video.vidbuild"
        deadline = time.monotonic() + 60
        while not record.exists():
            assert older.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.001)
        older.send_signal(signal.SIGSTOP)
        workspace.write("a/video.yaml", SPEC)
        workspace.build("-o", "out", spec="a/video.yaml")
        older.send_signal(signal.SIGCONT)
        _, message = older.communicate(timeout=120)
    finally:
        older.kill()
    assert older.returncode == 2, message
    assert "max_duration" in message
    refused = workspace.run("build", "b/video.yaml", "-o", "out")
    assert (refused.code, "is an output of 'a/video.yaml'" in refused.stderr) == (2, True)
