"""The real command on a real project: what it prints on a terminal and elsewhere, and what it imports."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path

import imageio_ffmpeg
import pytest

from tests.support.workspace import SMALL, Workspace

HOUSE = {"_distutils_hack", "__editable___vidbuild_finder"}  # what the environment itself puts into every Python
ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]")
FADED = SMALL.replace("scenes:", "defaults: {transition: {type: fade, duration: 0.2}}\nscenes:").replace(
    "0.5", "0.75", 1
)


def on_terminal(
    space: Workspace, *args: str, columns: int = 80, interrupt_at: bytes = b"", **env: str
) -> tuple[int, bytes]:
    """Run a command with a terminal of its own and return its exit code and all it wrote to it.

    interrupt_at: what it must write before it is sent SIGINT.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    child = subprocess.Popen(
        [sys.executable, "-m", "vidbuild", *args],
        cwd=space.root,
        env={**os.environ, "TERM": "xterm-256color", **env},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:
            break
        if not piece:
            break
        seen += piece
        if interrupt_at and interrupt_at in seen:
            child.send_signal(signal.SIGINT)
            interrupt_at = b""
    os.close(ours)
    return child.wait(60), seen


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    """A project with two short scenes and a fade between them."""
    workspace.write("video.yaml", FADED)
    return workspace


def test_a_build_on_a_terminal_is_an_inline_view(project: Workspace) -> None:
    """P50: on a terminal a view is drawn and taken away again, without an alternate screen; the lines stay."""
    code, seen = on_terminal(project, "build")
    assert code == 0
    assert b"\x1b[?25l" in seen
    assert b"\x1b[?1049h" not in seen
    lines = [line.strip() for line in ESCAPES.sub(b"", seen).decode().replace("\r", "\n").splitlines() if line.strip()]
    assert re.fullmatch(r"first build: \d+ steps", next(line for line in lines if line.startswith("first")))
    assert any(re.fullmatch(r"render:one  \d.*s", line) for line in lines)
    assert re.fullmatch(r"built video\.mp4 \(0:01\): (\d+) of \1 steps ran \(.*\), .* s", lines[-1])


@pytest.mark.parametrize("runner", ["lines", "view"])
def test_one_scene_after_the_whole_is_no_first_build(project: Workspace, runner: str) -> None:
    """P50: a build of one scene that finds most of its steps in the cache is not called a first build."""
    assert project.run("build").code == 0
    if runner == "view":
        code, seen = on_terminal(project, "build", "--only", "two")
        text = ESCAPES.sub(b"", seen).decode()
    else:
        outcome = project.run("build", "--only", "two")
        code, text = outcome.code, outcome.stderr
    assert code == 0, text
    assert re.search(r"\d+ steps? to run, \d+ cached", text), text
    assert "first build" not in text
    assert "never built" not in text


def test_one_scene_of_a_spec_elsewhere_on_a_terminal(workspace: Workspace) -> None:
    """P50: the view of a spec in another folder, and of one of its scenes, ends as any other does."""
    workspace.write("docs/talk.yaml", FADED)
    code, seen = on_terminal(workspace, "build", "docs/talk.yaml", "--only", "two")
    text = ESCAPES.sub(b"", seen).decode()
    assert code == 0, text
    assert b"\x1b[?25l" in seen
    assert re.search(r"render:two  \d", text)
    assert "render:one" not in text
    assert "built talk.two.mp4" in text
    assert (workspace.root / "docs" / "build" / "talk.two.mp4").is_file()


@pytest.mark.parametrize("columns", [20, 400])
def test_any_width_will_do(project: Workspace, columns: int) -> None:
    """P50: a terminal of 20 columns and one of 400 are both written to without an error."""
    code, seen = on_terminal(project, "build", columns=columns)
    assert code == 0
    assert b"Traceback" not in seen
    assert b"built video.mp4" in ESCAPES.sub(b"", seen)


def test_no_color_is_obeyed(project: Workspace) -> None:
    """With NO_COLOR nothing is coloured, on a terminal either."""
    code, seen = on_terminal(project, "build", NO_COLOR="1")
    assert code == 0
    assert not re.search(rb"\x1b\[[0-9;]*3[0-9]m", seen)


def test_a_dumb_terminal_gets_plain_lines(project: Workspace) -> None:
    """A terminal with TERM=dumb gets plain lines without escape codes."""
    code, seen = on_terminal(project, "build", TERM="dumb")
    assert code == 0
    assert b"\x1b" not in seen
    assert re.search(rb"^\[\d+/\d+ \d+:\d\d\] render:one\r?$", seen, re.MULTILINE)


def test_an_interrupted_build_gives_the_terminal_back(project: Workspace) -> None:
    """P41: after SIGINT the cursor is shown again, the exit code is 130, and the next build carries on."""
    code, seen = on_terminal(project, "build", interrupt_at=b":one")
    assert code == 130
    assert seen.rindex(b"\x1b[?25h") > seen.rindex(b"\x1b[?25l")
    assert b"cancelled: video.mp4" in seen
    assert project.build().data["status"] == "built"


def test_without_a_terminal_there_are_plain_lines(project: Workspace) -> None:
    """P50: without a terminal stderr has a numbered line for each step that runs, stdout the result, both no escapes.

    In a first build every step is new: that is said once, not of each as if something were wrong with it.
    """
    first = project.run("build")
    assert first.code == 0
    assert "\x1b" not in first.stdout + first.stderr
    heading, *steps = first.stderr.splitlines()
    total = re.search(r"(\d+) of \1 steps ran", first.stdout)
    assert total is not None
    assert len(steps) == int(total[1])
    assert heading == f"first build: {total[1]} steps"
    assert all(re.fullmatch(r"\[\d+/\d+ \d+:\d\d\] \S+", line) for line in steps)
    second = project.run("build")
    assert second.stderr == ""
    assert re.fullmatch(rf"up to date: video\.mp4 \({total[1]} steps, 0\.\d\d s\)\n", second.stdout)


def test_the_last_lines_counts_agree_with_json_and_events(project: Workspace) -> None:
    """P44: the last line, --json and the events of one build have the same counts."""
    outcome = project.build("--events", "events.jsonl")
    data = outcome.data
    events = [json.loads(line) for line in project.read("events.jsonl").splitlines()]
    last = outcome.stderr.splitlines()[-1]
    assert events[-1]["type"] == "run_finished"
    assert len(data["steps"]["ran"]) == events[-1]["ran"] == sum(event["type"] == "step_finished" for event in events)
    assert f"{events[-1]['ran']} of {data['steps']['total']} steps ran" in last
    assert data["run"] == events[0]["run"]


def test_looking_after_a_build_writes_nothing(project: Workspace) -> None:
    """P27: explain, graph and a dry run leave every file of the project and its cache as it was."""
    project.build()
    project.write("video.yaml", FADED.replace("title: One", "title: Eins"))
    before = project.snapshot()
    for args in (["explain", "video.yaml"], ["graph"], ["build", "--dry-run"], ["runs"], ["cache", "info"]):
        assert project.run(*args).code == 0
    assert project.snapshot() == before


def test_check_writes_only_to_the_cache(project: Workspace) -> None:
    """`check` writes no file of the project; its results are cached, and it is no run that others could refer to."""
    before = project.snapshot()
    assert project.run("check").code == 0
    written = project.snapshot()
    assert {name: written[name] for name in before} == before
    assert {Path(name).parts[0] for name in set(written) - set(before)} == {".vidbuild"}
    assert project.run("runs", "--json").data == {"runs": []}
    ran = set(project.build().data["steps"]["ran"])
    assert not {step.partition(":")[0] for step in ran} & {"draw", "timeline", "audio"}


def test_a_failure_points_into_the_spec(project: Workspace) -> None:
    """P50: a failed step is reported at the end with its place, the tool's last lines and a command that can be run."""
    project.build()
    project.write("video.yaml", FADED.replace("title: One", "title: Eins"))
    real = imageio_ffmpeg.get_ffmpeg_exe()
    broken = project.write("ffmpeg", f'#!/bin/sh\n[ "$1" = -version ] && exec {real} "$@"\necho it broke >&2\nexit 3\n')
    broken.chmod(0o755)
    outcome = project.run("build", "-k", env={"VIDBUILD_FFMPEG": str(broken)})
    assert outcome.code == 1
    assert "Traceback" not in outcome.stderr
    rest = re.split(r"^video\.yaml:\d+:\d+: render:one failed: ", outcome.stderr, flags=re.MULTILINE)[1].splitlines()
    assert "      | it broke" in rest
    (command,) = {line.partition("command: ")[2] for line in rest if "command: " in line and "render-one" in line}
    assert str(broken) in project.read(command)
    assert outcome.stdout.splitlines()[-1].startswith("failed: video.mp4: ")


def test_a_null_build_imports_only_click(project: Workspace) -> None:
    """P46: a build with nothing to do imports none of the libraries that do the work, and starts no event loop."""
    project.build()
    script = (
        "import sys; from vidbuild.cli import main; code = main(['build']); "
        "sys.stderr.write(' '.join(sys.modules)); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=project.root, capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.startswith("up to date")
    found = {name.partition(".")[0] for name in done.stderr.split()}
    assert found - sys.stdlib_module_names - {"guard", "sitecustomize", "__main__"} - HOUSE <= {"click", "vidbuild"}
    assert "asyncio" not in found


def test_a_started_project_builds(workspace: Workspace) -> None:
    """What `init` writes builds as it is, here at a size that makes it quick."""
    assert workspace.run("init", "talk").code == 0
    spec = workspace.root / "talk" / "video.yaml"
    text = spec.read_text(encoding="utf-8")
    assert "output: {size: 1080p, fps: 30}" in text
    spec.write_text(text.replace("size: 1080p, fps: 30", "size: 320x180, fps: 24"), encoding="utf-8")
    assert workspace.build(spec="talk").data["status"] == "built"
    assert Path(workspace.root / "talk" / "build" / "video.mp4").stat().st_size > 10_000
