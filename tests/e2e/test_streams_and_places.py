"""Where a build's outputs go, standard input and output, and what a build without a terminal prints."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from tests.support.workspace import SMALL, Workspace

OUTPUTS = {".demo.vidbuild"} | {
    f"demo.{end}" for end in ("mp4", "srt", "vtt", "timing.json", "report.html", "poster.png")
}
EDGE = SMALL.replace("duration: 0.5}", "narration: Hello.}") + "voice: {engine: edge, name: en-US-AriaNeural}\n"


def piped(workspace: Workspace, text: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a command with a text on its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "vidbuild", *args],
        cwd=workspace.root,
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_file_as_output_is_the_video(workspace: Workspace) -> None:
    """`-o NAME.mp4` writes the video there, the other outputs beside it, and the report page shows that file."""
    workspace.write("video.yaml", SMALL)
    outcome = workspace.build("-o", "out/demo.mp4")
    assert {path.name for path in (workspace.root / "out").iterdir()} == OUTPUTS
    assert outcome.data["outputs"][0]["path"] == "out/demo.mp4"
    assert "demo.mp4" in workspace.read("out/demo.report.html")
    assert workspace.build("-o", "out/demo.mp4").data["status"] == "up-to-date"
    assert workspace.run("build", "--verify", "-o", "out/demo.mp4").code == 0
    workspace.build("-o", "out")
    assert (workspace.root / "out" / "video.mp4").read_bytes() == (workspace.root / "out" / "demo.mp4").read_bytes()


@pytest.mark.parametrize(
    ("output", "specs", "message", "hint"),
    [
        ("all.mp4", ["a.yaml", "b.yaml"], "'all.mp4' is one file: expected a folder for 2 videos", "-o all"),
        ("a.mkv", ["a.yaml"], "cannot write 'a.mkv'", "-o a.mp4, then ffmpeg -i a.mp4 a.mkv"),
        ("a.MP4", ["a.yaml"], "cannot write 'a.MP4'", "-o a.mp4"),
        ("a.yaml", ["a.yaml"], "cannot write 'a.yaml': is a file: expected a folder", "-o another folder"),
    ],
)
def test_an_output_that_cannot_be_is_refused(
    workspace: Workspace, output: str, specs: list[str], message: str, hint: str
) -> None:
    """A file for several videos, another format and a file in place of the folder are errors before any step runs."""
    workspace.write("a.yaml", SMALL)
    workspace.write("b.yaml", SMALL)
    outcome = workspace.run("build", "-o", output, *specs)
    assert outcome.code == 2
    assert message in outcome.stderr
    assert not hint or f"hint: {hint}\n" in outcome.stderr
    assert {path.name for path in workspace.root.iterdir()} == {"a.yaml", "b.yaml", "vidbuild.toml"}


def test_a_folder_called_like_a_video_is_a_folder(workspace: Workspace) -> None:
    """A folder that exists stays one, whatever it is called."""
    workspace.write("video.yaml", SMALL)
    (workspace.root / "old.mp4").mkdir()
    workspace.build("-o", "old.mp4")
    assert (workspace.root / "old.mp4" / "video.mp4").is_file()


def test_a_still_goes_into_a_folder_or_a_png(workspace: Workspace) -> None:
    """`still -o` takes a PNG or a folder that exists; another format is an error."""
    workspace.write("video.yaml", SMALL)
    (workspace.root / "shots").mkdir()
    assert workspace.run("still", "one", "-o", "shots").stdout == "shots/video.one.png\n"
    outcome = workspace.run("still", "one", "-o", "one.jpg")
    assert outcome.code == 2
    assert "hint: -o one.png" in outcome.stderr


def test_a_spec_comes_from_standard_input(workspace: Workspace) -> None:
    """`-` reads a spec from stdin in every command that reads one; paths in it are relative to the current folder."""
    assert piped(workspace, SMALL, "check", "-").stdout == "stdin.yaml: ok\n"
    built = piped(workspace, SMALL, "build", "-", "--json")
    assert json.loads(built.stdout)["status"] == "built", built.stderr
    assert (workspace.root / "build" / "stdin.mp4").is_file()
    assert piped(workspace, SMALL, "explain", "-").stdout.endswith("steps cached\n")
    assert "mux" in piped(workspace, SMALL, "graph", "-").stdout
    assert piped(workspace, SMALL, "still", "-", "one").stdout == "build/stdin.one.png\n"
    assert not (workspace.root / "-").exists()


@pytest.mark.parametrize("command", ["check", "build", "explain", "graph"])
def test_a_wrong_spec_on_standard_input_has_its_lines(workspace: Workspace, command: str) -> None:
    """An error in a spec from stdin has its place and its source line."""
    done = piped(workspace, SMALL.replace("title: One", "titel: One"), command, "-")
    assert done.returncode == 2
    assert "stdin.yaml:5:28: unknown scene field 'titel'" in done.stderr
    assert "5 │   - {id: one, type: title, titel: One" in done.stderr


def test_events_go_to_standard_output(workspace: Workspace) -> None:
    """`--events -` writes every event to stdout and nothing else; the lines for people go to stderr."""
    workspace.write("video.yaml", SMALL)
    outcome = workspace.run("build", "--events", "-")
    events = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert (events[0]["type"], events[-1]["type"]) == ("run_started", "run_finished")
    assert "built video.mp4" in outcome.stderr
    assert not (workspace.root / "-").exists()
    outcome = workspace.run("build", "--events", "-", "--json")
    assert outcome.code == 2
    assert "both write to stdout" in outcome.data["error"]


def test_a_dry_run_says_would(workspace: Workspace) -> None:
    """The JSON of a dry run has the steps that would run, and claims of none that it ran."""
    workspace.write("video.yaml", SMALL)
    data = workspace.run("build", "-n", "--json").data
    assert (data["status"], data["steps"]["ran"]) == ("would-build", [])
    assert "render:one" in data["steps"]["would_run"]
    workspace.build()
    assert workspace.run("build", "-n", "--json").data["steps"]["would_run"] == []


def test_progress_without_a_terminal_counts(workspace: Workspace) -> None:
    """Without a terminal each line of a step has its number, the number of all, and the time since the start."""
    workspace.write("video.yaml", SMALL)
    lines = workspace.run("build").stderr.splitlines()
    counts = [match for line in lines if (match := re.match(r"\[(\d+)/(\d+) \d+:\d\d\] ", line))]
    numbers = [int(match[1]) for match in counts]
    assert numbers == sorted(set(numbers))  # a step that need not run after all is counted without a line
    assert {int(match[2]) for match in counts} == {numbers[-1]}


def test_quiet_and_verbose(workspace: Workspace) -> None:
    """-q prints only warnings and errors, -v every step that is cached or done."""
    workspace.write("video.yaml", SMALL.replace("title: Two", 'title: "\\u0EC0"'))
    first = workspace.run("build", "-q")
    assert first.stdout == ""
    assert first.stderr.splitlines()[0].startswith("video.yaml:6:35: warning: ")
    assert len(first.stderr.splitlines()) == 2
    assert workspace.run("check", "-q").stdout == ""
    verbose = workspace.run("build", "-v", "--fresh", "draw:one").stderr
    assert "draw:two  cached" in verbose
    assert re.search(r"^draw:one  done in .* s, same output as before$", verbose, re.MULTILINE)


def test_an_unreachable_voice_is_said_once(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """P41: a voice that cannot be reached exits 4, in words, once for all scenes, with a fallback that works."""
    workspace.write("video.yaml", EDGE)
    monkeypatch.setenv("VIDBUILD_EDGE_ENDPOINT", "ws://127.0.0.1:9/no-service")
    outcome = workspace.run("build", "-k", "--json")
    assert outcome.code == 4
    failed = outcome.data["steps"]["failed"]
    assert {(each["file"], each["line"]) for each in failed} == {("video.yaml", 7)}
    assert len(failed) == 2
    after = outcome.stderr.partition("video.yaml:7:")[2]
    assert after.count("could not be reached: connection refused: '127.0.0.1'") == 1
    assert re.search(r"the same: speak:(one|two)\n", after)
    declared = re.search(r"declare a fallback: '(voice: .*)'$", failed[0]["hint"])
    assert declared is not None
    workspace.write("video.yaml", EDGE.partition("voice:")[0] + declared[1] + "\n")
    outcome = workspace.run("build")
    assert outcome.code == 0, outcome.stderr
    assert "used fallback 'espeak:en'" in outcome.stderr


def test_a_still_after_the_end_names_the_time_that_is_left(workspace: Workspace) -> None:
    """The message has the place of the scene and the times, without the name of a step, and its hint works."""
    workspace.write("video.yaml", SMALL)
    outcome = workspace.run("still", "one", "--at", "9")
    assert outcome.code == 2
    message = r"video.yaml:\d+:\d+: no frame at 9.0 s: .*\n +hint: choose a time up to ([\d.]+) s\n"
    found = re.search(message, outcome.stderr)
    assert found is not None, outcome.stderr
    assert workspace.run("still", "one", "--at", found[1]).code == 0


def test_a_project_of_another_name_is_found(workspace: Workspace) -> None:
    """A folder stands for its only *.vidbuild.yaml; where builds and cache were looked for is printed."""
    listed = workspace.run("runs").stderr
    assert f"no runs in '{workspace.root / '.vidbuild' / 'runs'}'" in listed
    assert "hint: run this command in the project's folder" in listed
    assert "hint:" not in workspace.run("runs", "--state", "failed").stderr
    workspace.write("talk.vidbuild.yaml", SMALL)
    assert "talk.vidbuild.yaml: ok" in workspace.run("check").stdout
    assert f"found by  'vidbuild.toml' in '{workspace.root}'" in workspace.run("cache", "info").stdout
    workspace.write("other.vidbuild.yaml", SMALL)
    outcome = workspace.run("build")
    assert outcome.code == 2
    assert "has 2 specs: 'other.vidbuild.yaml', 'talk.vidbuild.yaml'" in outcome.stderr
