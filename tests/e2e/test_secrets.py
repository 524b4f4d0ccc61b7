"""Secrets in the environment and on the command line, wherever they could end up."""

# ruff: noqa: E501 - a case is one line
from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.support import canary
from tests.support.audio_lab import speech_request
from tests.support.fake_edge import FakeEdge
from tests.support.workspace import SMALL, Workspace
from vidbuild.cli import crash
from vidbuild.errors import UnreachableError
from vidbuild.media.ffmpeg import binary
from vidbuild.voices.edge import Edge
from vidbuild.voices.network import Timeouts

VALUE = canary.WORD + "-from-the-command-line"
QUICK = Timeouts(connect=1, receive=1, attempt=2, total=3, waits=())


def test_a_build_that_fails_keeps_no_secret(workspace: Workspace) -> None:
    """P43: failed steps, their saved commands, events, runs and reports hold nothing of the environment."""
    workspace.write("clip.mp4", b"not a video at all")
    workspace.write("video.yaml", SMALL + "  - {id: three, type: clip, src: clip.mp4}\n")
    workspace.build("--events", "events.jsonl", "--keep-going", code=1)
    for command in (["explain"], ["runs"], ["doctor"], ["graph"], ["cache"], ["explain", "--last"]):
        workspace.run(*command)
    scripts = list((workspace.root / ".vidbuild" / "runs").rglob("*.sh"))
    assert scripts
    assert canary.found(workspace.root) == []


@pytest.mark.usefixtures("loopback")
def test_no_program_receives_a_secret(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P9, P43: no program that a step starts has a secret in its environment, not even the proxy of an online voice."""
    folder = tmp_path / "tools"
    folder.mkdir()
    shutil.copy2(binary.executable(), folder / "the real ffmpeg")
    script = folder / "ffmpeg"
    # The process that plans the build asks for the version. Half of the word is enough, and is not searched for.
    check = f'if [ "$1" != -version ] && env | grep -q {canary.WORD[:9]}; then exit 97; fi'
    script.write_text(f'#!/bin/sh\n{check}\nexec "$(dirname "$0")/the real ffmpeg" "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("VIDBUILD_FFMPEG", str(script))
    spoken = SMALL.replace("title: One, duration: 0.5", 'title: One, narration: "One two.", voice: VOICE')
    for voice in ("espeak:en-us", "edge:en-US-AriaNeural"):
        workspace.write("video.yaml", spoken.replace("VOICE", f'"{voice}"'))
        with FakeEdge(tmp_path, {"PATH": os.environ["PATH"]}) as server:
            monkeypatch.setenv("VIDBUILD_EDGE_ENDPOINT", server.endpoint)
            workspace.build()
        assert "speak:one" in workspace.ran()


def test_a_variable_that_nothing_shows_is_not_kept(workspace: Workspace) -> None:
    """P43: what --var sets and no text uses is in no file and in no message; its name alone is."""
    workspace.write("video.yaml", SMALL.replace("scenes:", 'vars: {token: ""}\nscenes:'))
    workspace.build("--var", f"token={VALUE}", "--events", "events.jsonl")
    workspace.write(
        "video.yaml", SMALL.replace("title: One", "title: Eins").replace("scenes:", 'vars: {token: ""}\nscenes:')
    )
    workspace.run("build", f"--var=token={VALUE}", "--only", "one")
    workspace.run("runs", "show", "last")
    assert canary.found(workspace.root) == []


def test_a_variable_that_is_shown_is_content(workspace: Workspace) -> None:
    """A text that the video shows is an input of its scene, as SECURITY.md documents."""
    workspace.write(
        "video.yaml", SMALL.replace("title: One", 'title: "{{ name }}"').replace("scenes:", 'vars: {name: ""}\nscenes:')
    )
    workspace.build("--var", "name=Zanzibar")
    kept = [path for path in workspace.root.rglob("*") if path.is_file() and b"Zanzibar" in path.read_bytes()]
    assert kept


def test_a_bug_report_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """P43: a report that is to be pasted has neither the environment's secrets nor what --var set, even in the error."""
    monkeypatch.setenv("LANG", "C.UTF-8")
    said = " ".join(f"{name} {value.strip()}" for name, value in canary.SECRETS.items())
    lines = crash.report_bug(RuntimeError(said), ["build", "--var", f"a={VALUE}", f"--var=b={VALUE}"])
    (report,) = Path(tempfile.gettempdir()).glob("vidbuild-bug-*")
    assert not canary.holds_secret(report.read_bytes())
    assert not canary.holds_secret("\n".join(lines).encode())
    assert "OPENAI_API_KEY" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "proxy",
    [
        f"http://user:{canary.WORD}@127.0.0.1:9",
        f"http://{canary.WORD}:x@127.0.0.1:9",
        f"http://user:{canary.WORD}@127.0.0.1:no-port",
        f"nonsense://user:{canary.WORD}@127.0.0.1:9",
        f"user:{canary.WORD}@127.0.0.1:9",
        f"http://user:%63{canary.WORD[1:]}@127.0.0.1:9",
        f"http://user:{canary.WORD}@",
        f"http://[{canary.WORD}",
    ],
)
@pytest.mark.usefixtures("loopback")
def test_a_proxys_password_is_not_printed(tmp_path: Path, proxy: str) -> None:
    """P43: if the voice service cannot be reached through a proxy, the message does not contain its password."""
    request = speech_request(tmp_path, "Hello.", voice="en-US-AriaNeural", variables={"HTTPS_PROXY": proxy})
    with pytest.raises(UnreachableError) as caught:
        Edge(QUICK).speak(request)
    failure = caught.value.failure
    assert not canary.holds_secret(repr(failure).encode())
    assert canary.WORD.encode() not in str(caught.value).encode()
    assert failure.message.startswith("the edge voice service ")
