"""How narrations are read, through the command."""

from __future__ import annotations

import json
import subprocess
import sys
import wave

from tests.support.workspace import Workspace

SPEC = """\
vidbuild: 1
title: Read
voice: espeak:en-us
output: {size: 160x90, fps: 24}
reading: {lexicon: ./lexicon.yaml}
scenes:
  - {id: one, type: title, title: One, narration: "Use Acme 2.10, it takes 3 GB."}
"""


def test_an_edited_lexicon_speaks_again(workspace: Workspace) -> None:
    """An edit of the lexicon that changes what is spoken runs the scene's speech again; any other runs nothing."""
    workspace.write("lexicon.yaml", "Acme: ack me\n")
    workspace.write("video.yaml", SPEC)
    workspace.build()
    captions = (workspace.root / "build" / "video.srt").read_text()
    assert "Use Acme 2.10, it takes 3 GB." in captions
    workspace.write("lexicon.yaml", "Acme: ack me\nother: word\n")
    workspace.build()
    assert workspace.ran() == []
    workspace.write("lexicon.yaml", "Acme: A C M E\n")
    workspace.build()
    assert "speak:one" in workspace.ran()


def test_say_shows_what_is_spoken_and_writes_it(workspace: Workspace) -> None:
    """`say` lists the words that are spoken otherwise, and writes a scene's audio by the cache of its builds."""
    workspace.write("lexicon.yaml", "Acme: ack me\n")
    workspace.write("video.yaml", SPEC)
    shown = workspace.run("say", "video.yaml:one", "-o", "one.wav")
    assert shown.stdout.splitlines() == [
        "Use ack me two point ten, it takes three gigabytes.",
        "",
        "Acme   ack me",
        "2.10,  two point ten,",
        "3      three",
        "GB.    gigabytes.",
        "one.wav",
    ]
    with wave.open(str(workspace.root / "one.wav")) as audio:
        assert (audio.getframerate(), audio.getnchannels()) == (48_000, 1)
        assert audio.getnframes() > 48_000
    workspace.build()
    assert "speak:one" not in workspace.ran()


def test_say_speaks_a_text(workspace: Workspace) -> None:
    """A text is read with the chosen voice; without -o and a player nothing is written, and that is printed."""
    done = workspace.run("say", "Port 8080", "--voice", "espeak:en-us", "--json", "-o", "port.wav")
    data = json.loads(done.stdout)
    assert (data["spoken"], data["voice"], data["path"]) == ("Port eighty eighty", "espeak:en-us", "port.wav")
    assert data["words"][1] == {"text": "8080", "spoken": "eighty eighty"}
    quiet = workspace.run("say", "Hello")
    assert (quiet.code, quiet.stdout) == (0, "Hello\n")
    assert "nothing was played: -o FILE.wav writes the audio" in quiet.stderr


def test_say_refuses_what_it_cannot_speak(workspace: Workspace) -> None:
    """An unknown scene or voice, an empty text and another kind of file are usage errors with hints."""
    workspace.write("lexicon.yaml", "Acme: ack me\n")
    workspace.write("video.yaml", SPEC)
    for arguments, message in (
        (["video.yaml:two"], "'video.yaml' has no scene 'two'"),
        (["🎉"], "nothing in '🎉' can be spoken"),
        (["Hello", "--voice", "none:x"], "unknown voice engine 'none'"),
        (["Hello", "-o", "a.mp3"], "cannot write 'a.mp3': expected a WAV file"),
        (["video.yaml:one", "--voice", "espeak:en-us"], "a scene has the voice, the language and the spec"),
    ):
        done = workspace.run("say", *arguments)
        assert done.code == 2
        assert message in done.stderr


def test_say_replaces_no_source(workspace: Workspace) -> None:
    """`say` does not write its audio over a file that the video is made from."""
    workspace.run("say", "Port 8080", "--voice", "espeak:en-us", "-o", "take.wav")
    before = (workspace.root / "take.wav").read_bytes()
    narration = '[{audio: take.wav, text: "Port 8080"}, "It is open."]'
    scenes = f"scenes:\n  - {{id: one, type: title, title: One, narration: {narration}}}\n"
    workspace.write("video.yaml", f"vidbuild: 1\ntitle: Read\nvoice: espeak:en-us\n{scenes}")
    done = workspace.run("say", "video.yaml:one", "-o", "take.wav")
    assert done.code == 2
    assert "'take.wav' is a source of the video and cannot be its output" in done.stderr
    assert (workspace.root / "take.wav").read_bytes() == before


def test_say_ends_as_a_build_does_if_a_server_is_down(workspace: Workspace) -> None:
    """A server that cannot be reached is exit code 4, as in a build."""
    variables = {"VIDBUILD_SPEECH_BASE": "http://127.0.0.1:9", "VIDBUILD_SPEECH_MODEL": "none"}
    done = workspace.run("say", "Hello", "--voice", "speech:any", "-o", "a.wav", env=variables)
    assert (done.code, "could not be reached" in done.stderr) == (4, True), done.stderr


def say(workspace: Workspace, text: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run `say -` with a text on standard input."""
    return subprocess.run(
        [sys.executable, "-m", "vidbuild", "say", "-", *arguments],
        input=text,
        cwd=workspace.root,
        capture_output=True,
        check=False,
        timeout=120,
    )


def test_say_reads_standard_input(workspace: Workspace) -> None:
    """`say -` reads the text from standard input, in UTF-8."""
    assert say(workspace, "Port 8080, caf\u00e9\n".encode()).stdout.decode().splitlines()[0] == (
        "Port eighty eighty, caf\u00e9"
    )
    wrong = say(workspace, b"\xff")
    assert wrong.returncode == 2
    assert b"cannot read the text from standard input: expected UTF-8" in wrong.stderr
    long = say(workspace, b"a " * 60_000)
    assert b"the text on standard input is too long: the maximum is 100000 bytes" in long.stderr


def test_say_reads_a_text_as_in_a_spec(workspace: Workspace) -> None:
    """`--spec` gives a text the spec's voice, voices, pronounce and lexicon, and warns of none that it does not use."""
    workspace.write("lexicon.yaml", "Acme: ack me\n")
    workspace.write("video.yaml", SPEC + "pronounce: {Foo: few, other: x}\nvoices: {host: 'espeak:de'}\n")
    done = workspace.run("say", "Acme Foo", "--spec", "video.yaml", "--json")
    assert (json.loads(done.stdout)["spoken"], json.loads(done.stdout)["voice"]) == ("ack me few", "espeak:en-us")
    assert json.loads(done.stdout)["warnings"] == []
    hosted = workspace.run("say", "Acme", "--spec", "video.yaml", "--voice", "host", "--json")
    assert json.loads(hosted.stdout)["voice"] == "espeak:de"


def test_the_language_of_a_text_is_that_of_its_voice(workspace: Workspace) -> None:
    """A voice of another language needs no --language; if the two differ, the hint is an option that works."""
    alone = workspace.run("say", "Es sind 5 GB.", "--voice", "espeak:de")
    assert (alone.stdout.splitlines()[0], "warning" in alone.stderr) == ("Es sind 5 Gigabyte.", False)
    wrong = workspace.run("say", "Es sind 5 GB.", "--voice", "espeak:de", "--language", "en")
    assert "warning: the language is 'en', but the voice 'espeak:de' speaks another one" in wrong.stderr
    assert "hint: --language de\n" in wrong.stderr
    right = workspace.run("say", "Es sind 5 GB.", "--voice", "espeak:de", "--language", "de")
    assert "warning" not in right.stderr


def test_say_keeps_the_pauses_of_a_dialogue(workspace: Workspace) -> None:
    """The audio of a dialogue is as long as it is in the video, with the pauses between the entries."""
    entries = "[{text: One.}, {text: Two., pause: 1.5}, Three.]"
    spec = SPEC.replace("reading: {lexicon: ./lexicon.yaml}\n", "")
    workspace.write("video.yaml", spec.replace('"Use Acme 2.10, it takes 3 GB."', entries))
    workspace.run("say", "video.yaml:one", "-o", "one.wav")
    workspace.build()
    spoken = json.loads(workspace.read("build/video.timing.json"))["scenes"][0]["narration"]
    with wave.open(str(workspace.root / "one.wav")) as audio:
        assert abs(audio.getnframes() / 48_000 - (spoken["end"] - spoken["start"])) < 0.002
