"""Commands that are really run, through the command: what is recorded, what is drawn, and what is left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.workspace import Outcome, Workspace

PROGRAM = """\
import sys
print("\\x1b[32mok\\x1b[0m", *sys.argv[1:])
"""


def spec(commands: str, record: str = "{}") -> str:
    """A spec with one scene that is recorded."""
    return (
        "vidbuild: 1\ntitle: T\noutput: {size: 160x90, fps: 24}\nscenes:\n  - id: s\n    type: command\n"
        f"    duration: 1\n    commands: {commands}\n    record: {record}\n"
    )


def recorded(workspace: Workspace, commands: str, record: str = "{}") -> str:
    """Record one scene, and return its text."""
    workspace.write("video.yaml", spec(commands, record))
    outcome = workspace.run("record", "video.yaml")
    assert outcome.code == 0, outcome.stderr
    assert outcome.stdout == "casts/s.cast: recorded\n"
    return workspace.read("casts/s.txt")


def refused(workspace: Workspace, commands: str, record: str = "{}") -> str:
    """Fail to record one scene, and return the message: it has a place, and nothing was written."""
    workspace.write("video.yaml", spec(commands, record))
    outcome = workspace.run("record", "video.yaml")
    assert outcome.code == 1, outcome.stderr
    assert outcome.stderr.startswith("video.yaml:")
    assert not (workspace.root / "casts").exists()
    return outcome.stderr


def own(seconds: str) -> str:
    """A time to sleep that no test of another process has, such as "4711.815"."""
    return f"{seconds}.{os.getpid()}"


def sleepers(mark: str) -> list[str]:
    """The processes with a mark in their command line."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                line = (folder / "cmdline").read_bytes()
                if mark.encode() in line and folder.name != str(os.getpid()):
                    found.append(line.decode())
    return found


def test_a_recorded_scene_builds_and_follows_its_program(workspace: Workspace) -> None:
    """The build draws what the program printed and runs nothing; a changed program fails --check with a diff."""
    workspace.write("demo/say.py", PROGRAM)
    text = recorded(workspace, "[{run: python3 say.py one}, {run: python3 say.py two}]", "{fixture: demo}")
    assert text == "$ python3 say.py one\nok one\n$ python3 say.py two\nok two\n"
    assert not (workspace.root / "demo" / "__pycache__").exists()

    workspace.write("demo/say.py", "raise SystemExit('it was run')")
    built = workspace.build()
    assert built.data["status"] == "built"
    assert "draw:s" in workspace.ran()

    workspace.write("demo/say.py", PROGRAM.replace('"\\x1b[32mok\\x1b[0m"', '"fine" if sys.argv[1] == "two" else "ok"'))
    before = workspace.snapshot()
    check = workspace.run("record", "--check", "video.yaml")
    assert check.code == 1
    assert "video.yaml:8:" in check.stderr
    assert "scene 's': the command prints something else than line 4 of 'casts/s.txt'" in check.stderr
    assert "| -ok two\n" in check.stderr
    assert "| +fine two\n" in check.stderr
    assert workspace.snapshot() == before
    assert workspace.run("record", "video.yaml").stdout == "casts/s.cast: recorded\n"
    assert workspace.run("record", "--check", "video.yaml").code == 0
    assert workspace.build().data["steps"]["ran"]


def test_two_recordings_of_the_same_behavior_are_the_same_bytes(workspace: Workspace) -> None:
    """Neither timing nor the scratch folder is in a recording."""
    spinner = r"for i in 1 2 3; do printf '\r%s' $i; sleep 0.0$RANDOM; done; printf '\rdone in %s\n' $PWD"
    files = []
    for name in ("one", "two"):
        other = Workspace(workspace.root / name)
        text = recorded(other, f'[{{run: "{spinner.replace(chr(92), chr(92) * 2)}"}}, {{run: "ls -la"}}]')
        assert "done in /user/demo\n" in text
        files.append((other.root / "casts" / "s.cast").read_bytes())
    assert files[0] == files[1]


def test_what_a_mask_hides_changes_no_recording(workspace: Workspace) -> None:
    """A time that differs is shown as printed, and neither changes the files nor fails the check."""
    commands = '[{run: "date +%Y-%m-%dT%H:%M:%S.%N; echo build $$"}]'
    mask = '{mask: [time, {pattern: "build [0-9]+", as: build 1}]}'
    text = recorded(workspace, commands, mask)
    assert text.splitlines()[1:] == ["<time>", "build 1"]
    before = workspace.snapshot()
    assert "build 1" in workspace.read("casts/s.cast")
    assert "<time>" not in workspace.read("casts/s.cast")
    assert workspace.run("record", "video.yaml").stdout == "casts/s.cast: unchanged\n"
    assert workspace.run("record", "--check", "video.yaml").code == 0
    assert workspace.snapshot() == before


@pytest.mark.parametrize("change", ["[{run: echo b}]", "[{run: echo a}, {run: echo b}]"])
def test_a_recording_of_other_commands_is_refused(workspace: Workspace, change: str) -> None:
    """A build and a check fail at `record` if the commands have changed or were never recorded; the hint works."""
    workspace.write("video.yaml", spec("[{run: echo a}]"))
    missing = workspace.run("check", "video.yaml")
    assert missing.code == 2
    assert "video.yaml:9:5: the commands are not recorded yet: no file 'casts/s.cast'" in missing.stderr
    assert "hint: record the commands: vidbuild record video.yaml --scene s" in missing.stderr
    assert workspace.run("record", "video.yaml", "--scene", "s").code == 0
    assert workspace.run("check", "video.yaml").code == 0
    workspace.write("video.yaml", spec(change))
    for command in (("check", "video.yaml"), ("build", "video.yaml")):
        outcome = workspace.run(*command)
        assert outcome.code == 2
        assert "video.yaml:9:5: the commands have changed since 'casts/s.cast' was recorded" in outcome.stderr
    assert workspace.run("record", "--check", "video.yaml").code == 1


def test_a_damaged_recording_is_refused(workspace: Workspace) -> None:
    """No bytes in the file of a recording are drawn in its place, or make a traceback."""
    recorded(workspace, "[{run: echo a}, {run: echo b}]")
    good = workspace.read("casts/s.cast").splitlines(keepends=True)
    header = good[0].replace('"exit": 0}]', '"exit": 0}, {"run": "x", "exit": 0}]')
    for lines in ([], ["{}"], good[:1], [header, *good[1:]], ['{"version": 2}\n', *good[1:]], ["\0", *good], good[1:]):
        workspace.write("casts/s.cast", "".join(lines))
        outcome = workspace.run("check", "video.yaml")
        assert outcome.code == 2, lines
        assert outcome.stderr.startswith("video.yaml:9:5: '"), outcome.stderr


def test_a_file_that_no_recording_made_stays(workspace: Workspace) -> None:
    """Another tool's cast, and the recording of another spec, are not replaced."""
    workspace.write("casts/s.cast", "mine")
    workspace.write("video.yaml", spec("[{run: echo a}]"))
    outcome = workspace.run("record", "video.yaml")
    assert outcome.code == 1
    assert "'casts/s.cast' is no recording of 'vidbuild record'" in outcome.stderr
    assert workspace.read("casts/s.cast") == "mine"
    (workspace.root / "casts" / "s.cast").unlink()
    assert workspace.run("record", "video.yaml").code == 0
    workspace.write("other.yaml", spec("[{run: echo b}]"))
    outcome = workspace.run("record", "other.yaml")
    assert "'casts/s.cast' belongs to 'video.yaml', which has a scene of this id too" in outcome.stderr


def test_questions_are_answered(workspace: Workspace) -> None:
    """A program that asks gets its answers in order; a password is not shown."""
    ask = "read -p 'Name? ' a; read -s -p 'Key? ' b; echo; echo hi $a ${#b}"
    text = recorded(
        workspace, f'[{{run: "{ask}"}}]', "{expect: [{text: Name?, send: Ada}, {text: Key?, send: abc}, hi Ada]}"
    )
    assert text.splitlines()[1:] == ["Name? Ada", "Key?", "hi Ada 3"]


def test_state_stays_from_one_command_to_the_next(workspace: Workspace) -> None:
    """Commands share a shell: its folder, variables, and what `setup` did; a failing one shows its status."""
    text = recorded(
        workspace,
        "[{run: cd in && x=5}, {run: 'echo $x $y; pwd'}, {run: 'false', exit: 1}]",
        "{setup: [mkdir in, y=6]}",
    )
    assert text.splitlines() == [
        *("$ cd in && x=5", "$ echo $x $y; pwd", "5 6", "/user/demo/in", "$ false", "[exit 1]"),
    ]


def test_the_environment_is_clean(workspace: Workspace) -> None:
    """Commands get a fixed environment in UTC, `env`, and nothing else of the user's; rc files are not read."""
    workspace.write("demo/.bashrc", "echo rc file")
    text = recorded(workspace, "[{run: env}]", "{fixture: demo, env: [ACME=1]}")
    names = {line.partition("=")[0] for line in text.splitlines()[1:] if "=" in line and " " not in line}
    assert {"ACME=1", "TZ=UTC", "LANG=C.UTF-8", "PAGER=cat", "HOME=/user"} <= {*text.splitlines()}
    assert "rc file" not in text
    assert not {"PYTHONPATH", "VIDBUILD_CONFIG"} & names


def test_a_variable_that_is_taken_is_never_recorded(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The value of a variable of the user's reaches the commands, and neither a file nor a message."""
    monkeypatch.setenv("ACME_CHOICE", "blue-and-green")
    assert recorded(workspace, "[{run: 'echo ${#ACME_CHOICE}'}]", "{env: [ACME_CHOICE]}").splitlines()[1] == "14"
    workspace.write("video.yaml", spec("[{run: 'echo $ACME_CHOICE'}]", "{env: [ACME_CHOICE]}"))
    outcome = workspace.run("record", "video.yaml")
    assert outcome.code == 1
    assert "the output has the value of 'ACME_CHOICE'" in outcome.stderr
    assert "blue" not in outcome.stderr + workspace.read("casts/s.cast")


def test_commands_are_confined(workspace: Workspace) -> None:
    """Commands write nothing outside their folder and open no socket, unless the scene allows the network."""
    outside = workspace.root / "outside.txt"
    connect = "python3 -c 'import socket; socket.socket(); print(1)'"
    text = recorded(workspace, f'[{{run: "echo x > {outside}", exit: 1}}, {{run: "{connect}", exit: 1}}]')
    assert not outside.exists()
    assert text.count("ermission denied") == 2
    text = recorded_again(workspace, f'[{{run: "{connect}"}}]', "{network: true}")
    assert text.splitlines()[-1] == "1"


def recorded_again(workspace: Workspace, commands: str, record: str) -> str:
    """Record other commands in the place of the first ones."""
    (workspace.root / "casts" / "s.cast").unlink()
    return recorded(workspace, commands, record)


@pytest.mark.parametrize(
    ("commands", "record", "message"),
    [
        ("[{run: sleep 4711}]", "{timeout: 0.5}", "the command did not end within 0.5 s"),
        ("[{run: cat}]", "{timeout: 0.5}", "the command did not end within 0.5 s"),
        ("[{run: \"read -p 'Go on? ' x\"}]", "{timeout: 4}", 'expect: [{text: "Go on?", send: ANSWER}]'),
        ("[{run: head -c 100000000 /dev/zero}]", "{}", "the command printed more than 1 MB"),
        ("[{run: seq 1001}]", "{}", "the command printed more than 1000 lines"),
        ("[{run: ls nothing}]", "{}", "the command exited with 2: expected 0"),
        ("[{run: 'true', exit: 1}]", "{}", "the command exited with 0: expected 1"),
        ("[{run: exit 0}, {run: ls}]", "{}", "the shell ended with this command"),
        ("[{run: echo a}]", "{setup: ['false']}", "the command exited with 1: expected 0"),
        ("[{run: echo b a}]", "{expect: [a, b]}", "no command printed 'b' after the text before it"),
        ("[{run: echo a}]", "{expect: [{text: a, send: b}]}", "the command ended before this answer was typed"),
        ("[{run: sleep 4711}]", "{expect: [ready], timeout: 0.5}", "'ready' was not printed within 0.5 s"),
        ("[{run: echo a}]", "{env: [NOT_SET_ANYWHERE]}", "the variable 'NOT_SET_ANYWHERE' is not set"),
    ],
)
def test_what_cannot_be_recorded(workspace: Workspace, commands: str, record: str, message: str) -> None:
    """Each failure has a place, writes nothing, and leaves no process and no folder."""
    temp = {*Path(os.environ["TMPDIR"]).iterdir()}
    assert message in refused(workspace, commands.replace("4711", own("4711")), record)
    assert sleepers(own("4711")) == []
    assert {*Path(os.environ["TMPDIR"]).iterdir()} == temp


def test_processes_in_the_background_end_with_the_recording(workspace: Workspace) -> None:
    """Neither a job, nor a daemon in a session of its own, nor one that ignores signals is left."""
    mark = own("4712")
    daemon = f"(setsid sh -c \\\"trap '' HUP TERM; sleep {mark}; sleep {mark}\\\" &)"
    text = recorded(workspace, f'[{{run: "sleep {mark} & {daemon}; echo started"}}]')
    assert text.splitlines()[1:] == ["started"]
    assert sleepers(mark) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_recording_leaves_nothing(workspace: Workspace, number: signal.Signals, code: int) -> None:
    """Ctrl-C ends the commands too; no file, folder or process is left."""
    mark = own("4713")
    workspace.write("video.yaml", spec(f"[{{run: echo a}}, {{run: sleep {mark}}}]"))
    temp = Path(os.environ["TMPDIR"])
    child = subprocess.Popen(
        [sys.executable, "-m", "vidbuild", "record", "video.yaml"],
        cwd=workspace.root,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: bool(sleepers(mark)))
    child.send_signal(number)
    _, errors = child.communicate(timeout=20)
    assert child.returncode == code
    assert "Traceback" not in errors
    assert sleepers(mark) == []
    assert list(temp.glob("vidbuild-record-*")) == []
    assert not (workspace.root / "casts").exists()


def until(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_all_scenes_are_recorded_and_all_problems_reported(workspace: Workspace) -> None:
    """A scene that fails keeps no other from being recorded."""
    scene = "  - {{id: {0}, type: command, duration: 1, commands: [{{run: {1}}}], record: {{}}}}\n"
    scenes = "".join(scene.format(name, run) for name, run in [("a", "ls x"), ("b", "echo b"), ("c", "ls y")])
    workspace.write("video.yaml", f"vidbuild: 1\ntitle: T\nscenes:\n{scenes}")
    outcome = workspace.run("record", "video.yaml")
    assert (outcome.code, outcome.stdout) == (1, "casts/b.cast: recorded\n")
    assert "video.yaml: 2 errors" in outcome.stderr
    assert sorted(path.name for path in (workspace.root / "casts").iterdir()) == ["b.cast", "b.txt"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--scene", "ss"), "'video.yaml' has no scene 'ss'"),
        (("--scene", "t"), "scene 't' has no 'record'"),
    ],
)
def test_scenes_that_cannot_be_recorded(workspace: Workspace, args: tuple[str, ...], message: str) -> None:
    """A scene that does not exist or has no `record` is a wrong command line."""
    workspace.write("video.yaml", spec("[{run: ls}]") + "  - {id: t, type: title, title: T, duration: 1}\n")
    outcome: Outcome = workspace.run("record", "video.yaml", *args)
    assert outcome.code == 2
    assert message in outcome.stderr


def test_a_token_in_a_recording_is_a_warning(workspace: Workspace) -> None:
    """`check` warns of what looks like a secret, at its command, and of one in another tool's cast."""
    token = "ghp_" + "a1B2" * 9
    recorded(workspace, f"[{{run: echo {token}}}]")
    assert "video.yaml:8:16: warning: the output has what looks like a GitHub token" in workspace.run("check").stderr
    cast = '{"version": 2, "width": 80, "height": 5}\n[0.5, "o", "' + token + '"]\n'
    workspace.write("mine.cast", cast)
    workspace.write("video.yaml", "vidbuild: 1\ntitle: T\nscenes: [{id: s, type: command, cast: mine.cast}]\n")
    assert "warning: the output has what looks like a GitHub token" in workspace.run("check").stderr
