"""The user's servers and programs that speak, through the command: sandboxed, from the cache, and when they fail."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.support import tiny_voice
from tests.support.audio_lab import ENV
from tests.support.canary import SECRETS
from tests.support.fake_speech import FakeSpeech, settings
from tests.support.workspace import Workspace

pytestmark = pytest.mark.usefixtures("loopback")

SPEC = """\
vidbuild: 1
title: Spoken
output: {{size: 128x72, fps: 24}}
voice: {voice}
scenes:
  - {{id: one, type: title, title: One, narration: "One two three four."}}
"""
KEY = "OPENAI_API_KEY"


def project(workspace: Workspace, voice: str, config: str) -> dict[str, str]:
    """Write a spec and the user's settings; return the environment that names these."""
    workspace.write("video.yaml", SPEC.format(voice=voice))
    path = workspace.root.parent / "config.toml"
    path.write_text(config)
    return {"VIDBUILD_CONFIG": str(path)}


def timing(workspace: Workspace) -> list[dict[str, object]]:
    """The words of the only scene."""
    words = json.loads(workspace.read("build/video.timing.json"))["scenes"][0]["words"]
    assert isinstance(words, list)
    return words


def test_a_server_speaks_once(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server with a key and word times is asked once; a null build, and another address, do not ask again."""
    with FakeSpeech(tmp_path, ENV, words=True, key=SECRETS[KEY]) as server:
        env = project(workspace, "speech:near/alloy", settings(server, "near", model="m", key_variable=KEY))
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        assert "speak:one" in workspace.build().data["steps"]["ran"]
        assert [word["from"] for word in timing(workspace)] == ["engine"] * 4
        moved = settings(server, "near", model="m", key_variable=KEY).replace("127.0.0.1", "127.0.0.2")
        Path(env["VIDBUILD_CONFIG"]).write_text(moved)
        assert workspace.build().data["steps"]["ran"] == []
        Path(env["VIDBUILD_CONFIG"]).write_text(settings(server, "near", model="other", key_variable=KEY))
        assert "speak:one" in workspace.build().data["steps"]["ran"]
    assert len(server.queries) == 2


def test_a_server_that_is_down_ends_with_4_or_its_fallback(workspace: Workspace) -> None:
    """Without a fallback the exit code is 4 and a hint declares one; with one, the build warns and is done."""
    config = '[speech.near]\nbase = "http://127.0.0.1:9"\nwords = false\n'
    env = project(workspace, "speech:near/alloy", config)
    failed = workspace.run("build", "video.yaml", env=env)
    assert failed.code == 4
    assert "the speech server 'near' could not be reached: connection refused" in failed.stderr
    assert "fallback: espeak:en" in failed.stderr
    project(workspace, "{engine: speech, name: near/alloy, fallback: espeak:en-us}", config)
    done = workspace.run("build", "video.yaml", env=env)
    assert done.code == 0, done.stderr
    assert "used fallback 'espeak:en-us'" in done.stderr


def test_a_fallback_speaks_where_no_server_is_defined(workspace: Workspace) -> None:
    """A machine without the settings, such as CI, warns and builds with the declared fallback."""
    env = project(workspace, "{engine: speech, name: near/alloy, fallback: espeak:en-us}", "")
    checked = workspace.run("check", "video.yaml", env=env)
    assert checked.code == 0
    assert "this machine defines no speech server 'near': the fallback speaks" in checked.stderr
    done = workspace.run("build", "video.yaml", env=env)
    assert done.code == 0, done.stderr


def test_a_spec_cannot_define_a_server(workspace: Workspace, tmp_path: Path) -> None:
    """Neither the spec nor the project's settings can name an address or a program; the user's file is needed."""
    env = project(workspace, "speech:near/alloy", "")
    workspace.write("config.toml", '[speech.near]\nbase = "http://127.0.0.1:9"\n')
    unknown = workspace.run("check", "video.yaml", env=env)
    assert unknown.code == 2
    assert "video.yaml:4:15: this machine defines no speech server 'near'" in unknown.stderr
    assert str(tmp_path / "config.toml") in unknown.stderr
    workspace.write("vidbuild.toml", '[speech.near]\nbase = "http://127.0.0.1:9"\n')
    refused = workspace.run("build", "video.yaml", env=env)
    assert refused.code == 2
    assert not (workspace.root / ".vidbuild" / "v1" / "traces").exists()


def test_ci_uses_no_server_unasked(workspace: Workspace) -> None:
    """In CI a server is as much the network as any online voice."""
    env = project(workspace, "speech:near/alloy", '[speech.near]\nbase = "http://127.0.0.1:9"\n')
    refused = workspace.run("build", "video.yaml", env={**env, "CI": "true"})
    assert refused.code == 2
    assert "'speech:near/alloy' needs the network, which is off by default in CI" in refused.stderr


def test_a_program_speaks_in_the_sandbox(workspace: Workspace, tmp_path: Path) -> None:
    """A program reads its own folder and what the settings name, writes nothing elsewhere, and has no network."""
    folder, elsewhere = tmp_path / "bin", tmp_path / "models"
    folder.mkdir()
    elsewhere.mkdir()
    (elsewhere / "model").write_text("x")
    tool = folder / "speaker"
    note = workspace.root / "note"
    tool.write_text(
        f"#!{sys.executable}\n"
        "import math, pathlib, socket, struct, sys\n"
        f"pathlib.Path({str(elsewhere / 'model')!r}).read_text()\n"
        "for attempt in (\n"
        f"    lambda: pathlib.Path({str(note)!r}).write_text('x'),\n"
        f"    lambda: pathlib.Path({str(workspace.root / 'video.yaml')!r}).read_text(),\n"
        "    lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),\n"
        "):\n"
        "    try:\n"
        "        attempt()\n"
        "        sys.exit('not shut in')\n"
        "    except OSError:\n"
        "        pass\n"
        "sound = struct.pack('<48000h', *(int(8000 * math.sin(at / 20)) for at in range(48000)))\n"
        "head = struct.pack('<HHIIHH', 1, 1, 16000, 32000, 2, 16)\n"
        "unknown = b'\\xff' * 4\n"
        "form = b'WAVEfmt \\x10\\0\\0\\0' + head\n"
        "sys.stdout.buffer.write(b'RIFF' + unknown + form + b'data' + unknown + sound)\n"
    )
    tool.chmod(0o755)
    config = f'[command.mine]\nprogram = "{tool}"\nread = "{elsewhere}"\n'
    env = project(workspace, "command:mine", config)
    done = workspace.run("build", "video.yaml", env=env)
    assert done.code == 0, done.stderr
    assert not note.exists()
    spoken = json.loads(workspace.read("build/video.timing.json"))["scenes"][0]["narration"]
    assert 2.9 < spoken["end"] - spoken["start"] < 3.1
    tool.write_text(tool.read_text() + "# changed\n")
    again = workspace.run("build", "video.yaml", "--json", env=env)
    assert "speak:one" in again.data["steps"]["ran"]


def test_piper_and_pico_speak_in_the_sandbox(workspace: Workspace, tmp_path: Path) -> None:
    """Both are programs of this Python; Piper's voice is a file outside the project."""
    tiny_voice.write(tmp_path / "voices")
    env = project(workspace, "piper:en_US-hum-low", f'[piper]\nfolder = "{tmp_path / "voices"}"\n')
    done = workspace.run("build", "video.yaml", env=env)
    assert done.code == 0, done.stderr
    verified = workspace.run("build", "video.yaml", "--verify", env=env)
    assert verified.code == 0, verified.stderr
    project(workspace, "nanotts:en-GB", "")
    pico = workspace.run("build", "video.yaml", "--json", env=env)
    assert "speak:one" in pico.data["steps"]["ran"]


def test_settings_that_are_wrong_are_located(workspace: Workspace) -> None:
    """`check` and `build` name the settings' file and line; a spec that needs none of them builds."""
    env = project(workspace, "speech:near/alloy", "[speech.near]\nbas = 'x'\n")
    for command in ("check", "build"):
        outcome = workspace.run(command, "video.yaml", env=env)
        assert outcome.code == 2
        assert "config.toml:2: [speech.near]: unknown setting 'bas'" in outcome.stderr
    workspace.write("video.yaml", SPEC.format(voice="espeak:en-us"))
    assert workspace.run("build", "video.yaml", env=env).code == 0


def test_settings_that_are_wrong_stop_only_their_own_voice(workspace: Workspace, tmp_path: Path) -> None:
    """A program and a voice file work beside a wrong server, and `vidbuild config` shows both, and exits 2."""
    tiny_voice.write(tmp_path / "voices")
    config = (
        f'[speech.near]\nbas = "x"\n[command.copy]\nprogram = ["cat", "{next((tmp_path / "voices").iterdir())}"]\n'
        f'[piper]\nfolder = "{tmp_path / "voices"}"\n'
    )
    env = project(workspace, "piper:en_US-hum-low", config)
    done = workspace.run("build", "video.yaml", env=env)
    assert done.code == 0, done.stderr
    workspace.write("video.yaml", SPEC.format(voice="command:copy"))
    assert workspace.run("check", "video.yaml", env=env).code == 1
    shown = workspace.run("config", env=env)
    assert (shown.code, "command:copy" in shown.stdout, "piper:…" in shown.stdout) == (2, True, True)
    assert "config.toml:2: [speech.near]: unknown setting 'bas'" in shown.stderr
    data = workspace.run("config", "--json", env=env).data
    assert [each["hint"] for each in data["errors"]] == ["did you mean 'base'?"]


def test_the_settings_are_shown_without_keys(workspace: Workspace, tmp_path: Path) -> None:
    """`vidbuild config` shows where the file is and what it defines; its example is valid and defines all kinds."""
    env = project(workspace, "espeak:en-us", "")
    example = workspace.run("config", "--example", env=env)
    (tmp_path / "config.toml").write_text(example.stdout)
    shown = workspace.run("config", env=env)
    assert shown.code == 0
    assert str(tmp_path / "config.toml") in shown.stdout
    assert "speech:openai/" in shown.stdout
    assert "key in $OPENAI_API_KEY" in shown.stdout
    data = workspace.run("config", "--json", env=env).data
    assert [each["voice"] for each in data["voices"]] == [
        "speech:openai/…",
        "speech:default/…",
        "command:pico",
        "piper:…",
    ]
    (tmp_path / "config.toml").unlink()
    nothing = workspace.run("config", env=env)
    assert "(no such file)" in nothing.stdout
    (tmp_path / "config.toml").write_text("x")
    assert workspace.run("config", env=env).code == 2


def test_what_a_program_prints_is_shown(workspace: Workspace, tmp_path: Path) -> None:
    """`build`, `check` and `say` show the last lines of a failed program's log, and the JSON of a check has them."""
    tool = tmp_path / "bin" / "fails"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\nfor line in $(seq 30); do echo line $line >&2; done\nexit 3\n")
    tool.chmod(0o755)
    env = project(workspace, "command:mine", f'[command.mine]\nprogram = "{tool}"\n')
    for arguments in (("build", "video.yaml"), ("check", "video.yaml"), ("say", "Hello", "--voice", "command:mine")):
        more = ("-o", "out.wav") if arguments[0] == "say" else ()
        outcome = workspace.run(*arguments, *more, env=env)
        assert outcome.code == 1
        assert "the program 'mine' ended with exit code 3" in outcome.stderr
        assert "| line 30\n" in outcome.stderr
        assert "| line 2\n" not in outcome.stderr
    (found,) = workspace.run("check", "video.yaml", "--json", env=env).data["specs"]
    assert found["errors"][0]["log"][-1] == "line 30"
