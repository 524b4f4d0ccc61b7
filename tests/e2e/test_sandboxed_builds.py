"""Builds whose steps are sandboxed, through the command: in odd places, with limits, and without sandbox support."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image

from tests.support import tiny_project
from tests.support.marks import WALLS
from tests.support.paths import ROOT
from tests.support.workspace import SMALL, Outcome, Workspace
from vidbuild.engine.sandbox import seccomp
from vidbuild.engine.sandbox.sandbox import describe
from vidbuild.media.ffmpeg import ffmpeg

REQUIRED = {"VIDBUILD_SANDBOX": "required"}
WITHOUT = """
import sys
from vidbuild.engine.sandbox import seccomp
seccomp.forbid([444], int(sys.argv.pop(1)))
from vidbuild.__main__ import main
sys.exit(main())
"""


@WALLS
def test_every_common_kind_is_built_in_odd_places(workspace: Workspace, tmp_path: Path) -> None:
    """P9: contained steps build in a project behind a link, with blanks in its name, a cache and temp folder apart."""
    tiny_project.media(workspace)
    tiny_project.write(workspace, "All")
    real = tmp_path / "the real one"
    workspace.root.rename(real)
    workspace.root.symlink_to(real)
    temp = tmp_path / "temp files"
    temp.mkdir()
    own = {**REQUIRED, "VIDBUILD_CACHE": str(tmp_path / "a cache"), "TMPDIR": str(temp)}
    done = workspace.run("build", "video.yaml", "-o", str(tmp_path / "put here"), env=own)
    assert done.code == 0, done.stderr
    assert (tmp_path / "put here" / "video.mp4").exists()
    assert not (real / ".vidbuild").exists()
    assert list(temp.iterdir()) == []


@WALLS
def test_a_tool_in_a_folder_of_its_own_is_run(workspace: Workspace, tmp_path: Path) -> None:
    """P9: a script that starts ffmpeg from its own folder is run contained, wherever that folder is."""
    workspace.write("video.yaml", SMALL)
    folder = tmp_path / "some tools" / "bin"
    folder.mkdir(parents=True)
    shutil.copy2(ffmpeg.executable(), folder / "the real ffmpeg")
    script = folder / "ffmpeg"
    script.write_text('#!/bin/sh\nexec "$(dirname "$0")/the real ffmpeg" "$@"\n')
    script.chmod(0o755)
    link = tmp_path / "link"
    link.symlink_to(script)
    for named in (script, "some tools/bin/ffmpeg"):
        own = {**REQUIRED, "VIDBUILD_FFMPEG": str(named), "VIDBUILD_CACHE": str(tmp_path / str(hash(named)))}
        done = run_in(tmp_path, workspace, own)
        assert done.code == 0, done.stderr


def run_in(folder: Path, space: Workspace, env: Mapping[str, str]) -> Outcome:
    """Build the project's spec from another folder."""
    spec = str(space.root / "video.yaml")
    return ran(folder, env, "-m", "vidbuild", "build", spec)


def ran(folder: Path, env: Mapping[str, str], *args: str) -> Outcome:
    """Run Python in a folder."""
    done = subprocess.run(
        [sys.executable, *args],
        cwd=folder,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@WALLS
@pytest.mark.skipif(not Path("/usr/bin/ffmpeg").exists(), reason="the system has no ffmpeg")
def test_the_systems_ffmpeg_is_run(workspace: Workspace) -> None:
    """P9: an ffmpeg with dozens of libraries is run contained."""
    workspace.write("video.yaml", SMALL)
    done = workspace.run("build", "video.yaml", env={**REQUIRED, "VIDBUILD_FFMPEG": "/usr/bin/ffmpeg"})
    assert done.code == 0, done.stderr


@WALLS
def test_an_environment_within_the_project_will_do(workspace: Workspace) -> None:
    """P9: a Python environment in the project, which a step may not read, is still where its worker's packages are."""
    workspace.write("video.yaml", SMALL)
    venv = workspace.root / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True, timeout=120)
    (packages,) = venv.glob("lib/python*/site-packages")
    (packages / "all.pth").write_text("".join(f"{path}\n" for path in sys.path if "site-packages" in path) + str(ROOT))
    done = subprocess.run(
        [venv / "bin" / "python", "-m", "vidbuild", "build", "video.yaml"],
        cwd=workspace.root,
        env={**os.environ, **REQUIRED},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


@WALLS
def test_a_tool_that_is_misled_finds_nothing(workspace: Workspace, tmp_path: Path) -> None:
    """P9: an ffmpeg that reads, writes and calls wherever it likes gets nothing, harms nothing, and fails its step."""
    workspace.write("video.yaml", SMALL)
    workspace.write("vidbuild.secret", "the canary sings")
    canary = tmp_path / "canary.txt"
    canary.write_text("the canary sings")
    tool = tmp_path / "tools" / "ffmpeg"
    tool.parent.mkdir()
    tool.write_text(f"""#!/bin/sh
for each in "$@"; do [ "$each" = -version ] && exec "{ffmpeg.executable()}" "$@"; done
cat "{canary}" "{workspace.root}/vidbuild.secret" "{workspace.root}/video.yaml" /proc/$PPID/environ
echo intruded > "{canary}"; echo intruded > "{workspace.root}/video.yaml"; echo intruded > "{tool}"
echo intruded > /tmp/intruded-$$; rm -rf "{workspace.root}"/* "{tmp_path}"/*; kill -9 $PPID
exit 1
""")
    tool.chmod(0o755)
    before = {path: path.read_bytes() for path in (canary, tool, workspace.root / "video.yaml")}
    done = workspace.run("build", "video.yaml", "-j", "1", env={**REQUIRED, "VIDBUILD_FFMPEG": str(tool)})
    assert done.code == 1
    assert "Permission denied" in done.stderr
    assert "canary sings" not in done.stdout + done.stderr
    assert {path: path.read_bytes() for path in before} == before


@WALLS
def test_reached_limits_are_named(workspace: Workspace) -> None:
    """P31: a build that reaches a limit of memory or of a file's size names it, and the variable that raises it."""
    workspace.write("video.yaml", SMALL.replace("type: title, title: One", "type: image, src: large.png"))
    Image.effect_noise((9000, 10000), 50).save(workspace.root / "large.png", compress_level=0)
    assert (workspace.root / "large.png").stat().st_size < 256 << 20
    with (workspace.root / "large.png").open("ab") as file:
        file.truncate(257 << 20)
    done = workspace.run("build", "video.yaml", env={"VIDBUILD_FILE_SIZE": "256M"})
    assert done.code == 1
    assert "large.png': file too large: the limit is 256M" in done.stderr
    assert "hint: set VIDBUILD_FILE_SIZE to more than 256M" in done.stderr
    workspace.write("video.yaml", SMALL.replace("160x90", "1920x1080"))
    done = workspace.run("build", "video.yaml", env={"VIDBUILD_MEMORY": "256M"})
    assert done.code == 1
    assert "out of memory: the limit is 256M" in done.stderr
    assert "hint: set VIDBUILD_MEMORY to more than 256M" in done.stderr
    assert "retrying" not in done.stderr


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("VIDBUILD_SANDBOX", "none", "$VIDBUILD_SANDBOX: expected 'on', 'required' or 'off', got 'none'"),
        ("VIDBUILD_MEMORY", "much", "$VIDBUILD_MEMORY: expected a size such as '16G' or '800M', got 'much'"),
        ("VIDBUILD_MEMORY", "40M", "$VIDBUILD_MEMORY: expected at least 256M, got '40M'"),
        ("VIDBUILD_FILE_SIZE", "0", "$VIDBUILD_FILE_SIZE: expected at least 256M, got '0'"),
    ],
)
def test_what_cannot_be_is_refused(workspace: Workspace, variable: str, value: str, words: str) -> None:
    """P41: a wrong value builds nothing and exits with 2."""
    workspace.write("video.yaml", SMALL)
    done = workspace.run("build", "video.yaml", env={variable: value})
    assert (done.code, done.stderr.strip()) == (2, f"vidbuild: {words}")


def test_the_sandbox_can_be_turned_off(workspace: Workspace) -> None:
    """Every build and doctor report what turning the sandbox off means."""
    workspace.write("video.yaml", SMALL)
    for _ in range(2):
        done = workspace.run("build", "video.yaml", env={"VIDBUILD_SANDBOX": "off"})
        assert done.code == 0
        assert "warning: steps are not sandboxed, because $VIDBUILD_SANDBOX is 'off'" in done.stderr
    found = steps_of(workspace.run("doctor", "--json", env={"VIDBUILD_SANDBOX": "off"}))
    assert found == {"ok": True, "found": "none: $VIDBUILD_SANDBOX is 'off'"}


@WALLS
def test_doctor_describes_the_sandbox(workspace: Workspace) -> None:
    """The doctor names what sandboxes steps here."""
    assert steps_of(workspace.run("doctor", "--json")) == {"ok": True, "found": describe()}


def steps_of(outcome: Outcome) -> dict[str, object]:
    """Return what doctor prints about sandboxed steps; without a sandbox that includes the consequences."""
    (found,) = (each for each in outcome.data["findings"] if each["name"] == "sandbox")
    assert bool(found["fix"]) == found["found"].startswith("none")
    return {name: found[name] for name in ("ok", "found")}


@pytest.mark.skipif(not seccomp.known(), reason="the lack of Landlock is played by seccomp")
@pytest.mark.parametrize(("code", "words"), [(errno.ENOSYS, "has no Landlock"), (errno.EPERM, "may not be used here")])
def test_builds_work_without_landlock(workspace: Workspace, code: int, words: str) -> None:
    """If the kernel has no Landlock or forbids it, builds still work, unless the sandbox is required."""
    workspace.write("video.yaml", SMALL)

    def run(*args: str, env: Mapping[str, str] | None = None) -> Outcome:
        path = f"{ROOT}{os.pathsep}{os.environ['PYTHONPATH']}"
        return ran(workspace.root, {"PYTHONPATH": path, **(env or {})}, "-c", WITHOUT, str(code), *args)

    refused = run("build", "video.yaml", env=REQUIRED)
    assert refused.code == 2
    assert "no sandbox, which $VIDBUILD_SANDBOX requires" in refused.stderr
    assert words in refused.stderr
    assert json.loads(run("build", "video.yaml", "--json").stdout)["status"] == "built"
    assert words in str(steps_of(run("doctor", "--json"))["found"])
