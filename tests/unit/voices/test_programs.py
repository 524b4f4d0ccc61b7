"""Voices of programs: any of the user's, Piper and Pico."""

from __future__ import annotations

import array
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support import tiny_voice
from tests.support.audio_lab import speech_request
from vidbuild.errors import StepError
from vidbuild.media.audio import wav
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices import program
from vidbuild.voices.command import Command
from vidbuild.voices.nanotts import VOICES, Nanotts
from vidbuild.voices.piper import FOLDERS, Piper
from vidbuild.voices.protocol import SETTINGS

TEXT = "One two three four."

# A program that speaks: a tone for each word, and what it was given beside the file.
SPEAKER = """\
import json, pathlib, sys
sys.path.insert(0, {root!r})
from tests.support.fake_speech import tones, wav_file
text = sys.stdin.read()
pathlib.Path({note!r}).write_text(json.dumps([text, sys.argv[1:]]))
{body}
"""
TO_STDOUT = "sys.stdout.buffer.write(wav_file(tones(len(text.split()), 16000).tobytes(), 16000, 0xFFFFFFFF))"
TO_FILE = "pathlib.Path(sys.argv[-1]).write_bytes(wav_file(tones(len(text.split()), 16000).tobytes(), 16000, 0))"


def speaker(scratch: Path, body: str, *arguments: str, network: bool = False) -> dict[str, str]:
    """Write a program; return the variables by which the step of `command:mine` receives it."""
    root = str(Path(__file__).resolve().parents[3])
    script = scratch / "speaker.py"
    script.write_text(SPEAKER.format(root=root, note=str(scratch / "note.json"), body=body))
    settings = {"arguments": [sys.executable, str(script), *arguments], "network": network}
    return {f"{SETTINGS}command/mine": json.dumps(settings)}


def speak(scratch: Path, variables: dict[str, str], **changes: Any) -> array.array[int]:
    """Speak with the program, and read what was written."""
    request = speech_request(scratch, TEXT, **{"voice": "mine/low", "variables": variables, **changes})
    spoken = Command().speak(request)
    samples = wav.read(scratch / "said.wav")
    assert spoken.samples == len(samples)
    assert spoken.phrases
    return samples


def test_a_program_reads_a_text_and_writes_audio(scratch: Path) -> None:
    """The text is on stdin, placeholders are filled in, and stdout or the file {out} is read to its end."""
    piped = speak(scratch, speaker(scratch, TO_STDOUT, "--voice={voice}", "{language}"))
    text, arguments = json.loads((scratch / "note.json").read_text())
    assert (text.strip(), arguments) == (TEXT, ["--voice=low", "en"])
    assert speak(scratch, speaker(scratch, TO_FILE, "{out}")) == piped
    assert abs(len(piped) / SAMPLE_RATE - 1.55) < 0.05


def test_only_a_program_with_the_network_receives_the_proxy(scratch: Path) -> None:
    """A proxy's address, which may hold a password, is for programs that the settings let use the network."""
    note = "import os; pathlib.Path(sys.argv[1]).write_text(os.environ.get('HTTPS_PROXY', 'none'))"
    body = f"{note}; {TO_STDOUT}"
    for network, expected in ((True, "http://proxy:1"), (False, "none")):
        variables = speaker(scratch, body, str(scratch / "proxy"), network=network)
        speak(scratch, {**variables, "HTTPS_PROXY": "http://proxy:1"})
        assert (scratch / "proxy").read_text() == expected


def test_a_rate_is_the_programs_or_ours(scratch: Path) -> None:
    """A program with {rate} is asked for it; without it, the audio is made faster or slower at the same pitch."""
    usual = speak(scratch, speaker(scratch, TO_STDOUT))
    faster = speak(scratch, speaker(scratch, TO_STDOUT), rate=160)
    slower = speak(scratch, speaker(scratch, TO_STDOUT), rate=80)
    own = speak(scratch, speaker(scratch, TO_STDOUT, "{rate}"), rate=160)
    assert abs(len(usual) / len(faster) - 1.6) < 0.05
    assert abs(len(usual) / len(slower) - 0.8) < 0.03
    assert len(own) == len(usual)
    assert json.loads((scratch / "note.json").read_text())[1] == ["160"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("sys.exit('no such voice')", "the program 'mine' ended with exit code 1"),
        ("pass", "the program 'mine' sent no audio"),
        ("print('hello')", "the program 'mine' sent no WAV file"),
        ("print('hell')", "the program 'mine' sent no WAV file"),
        ("sys.stdout.buffer.write(wav_file(bytes(96000), 48000, 96000))", "made no sound of this narration"),
        (
            "sys.stdout.buffer.write(wav_file(tones(1, 16000).tobytes()[:6500], 16000, 0))",
            "too short for the text|no sound",
        ),
        ("sys.stdout.buffer.write(wav_file(b'', 16000, 0)[:20])", "WAV file without"),
    ],
)
def test_a_program_that_fails_is_an_error(scratch: Path, body: str, message: str) -> None:
    """An error's code, no audio, silence and cut audio are errors of the voice, with the program's last lines."""
    with pytest.raises(StepError, match=message) as caught:
        speak(scratch, speaker(scratch, body))
    assert caught.value.failure.field == "voice"
    if "exit code" in message:
        assert caught.value.failure.log == ("no such voice",)


def test_a_program_that_hangs_or_floods_is_stopped(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time and bytes have limits."""
    monkeypatch.setattr(program, "time_limit", lambda _text: 1.0)
    with pytest.raises(StepError, match="did not finish in 1 s and was stopped"):
        speak(scratch, speaker(scratch, "import time; time.sleep(60)"))
    monkeypatch.setattr(program, "time_limit", lambda _text: 30.0)
    monkeypatch.setattr(program, "size_limit", lambda _text: 1000)
    with pytest.raises(StepError, match="wrote more than 1000 bytes"):
        speak(scratch, speaker(scratch, "sys.stdout.buffer.write(bytes(2000))"))


def test_programs_are_found_by_their_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program must be in the settings and installed; its file or its version is in keys, and so are its arguments."""
    config = tmp_path / "config.toml"
    monkeypatch.setenv("VIDBUILD_CONFIG", str(config))
    engine = Command()
    absent = engine.problem("mine")
    assert absent is not None
    assert absent.message == "this machine defines no program 'mine' that speaks"
    tool = tmp_path / "tool"
    config.write_text(f'[command.mine]\nprogram = ["{tool}", "-x"]\n')
    missing = engine.problem("mine")
    assert missing is not None
    assert "is not installed" in missing.message
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    assert engine.problem("mine") is None
    assert engine.voices() == ["mine"]
    voiceless = engine.problem("mine/low")
    assert voiceless is not None
    assert "has no voices" in voiceless.message
    first = engine.source_identity("mine")
    tool.write_text("#!/bin/sh\n# other\n")
    assert engine.source_identity("mine") != first
    config.write_text(f'[command.mine]\nprogram = ["{tool}", "-x", "{{voice}}"]\nversion = "7"\nnetwork = true\n')
    stated = engine.source_identity("mine")
    tool.write_text("#!/bin/sh\n# another\n")
    assert engine.source_identity("mine") == stated
    assert engine.source_network("mine")
    assert engine.problem("mine/low") is None
    assert tool in set(engine.readable())


def test_piper_speaks_with_a_file_of_the_user(scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real program speaks with a voice file, the same bytes each time, and at the rate that is asked for."""
    monkeypatch.setenv(FOLDERS, str(tmp_path))
    engine = Piper()
    assert engine.available() is not None
    tiny_voice.write(tmp_path)
    assert engine.available() is None
    assert engine.voices() == ["en_US-hum-low"]
    assert engine.languages() == {"en_US-hum-low": "English"}
    settings = engine.source_settings("en_US-hum-low")
    variables = {f"{SETTINGS}piper/en_US-hum-low": json.dumps(settings)}
    lengths = []
    for rate in (100, 100, 200):
        request = speech_request(scratch, TEXT, voice="en_US-hum-low", variables=variables, rate=rate)
        lengths.append(engine.speak(request).samples)
        assert wav.read_length(scratch / "said.wav") == lengths[-1]
    assert lengths[0] == lengths[1]
    assert abs(lengths[0] / lengths[2] - 2) < 0.05


def test_piper_voices_have_their_files_in_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another file is another key, wherever it is; unknown names have the nearest one; speakers are numbers."""
    engine = Piper()
    for folder in ("a", "b"):
        tiny_voice.write(tmp_path / folder)
    monkeypatch.setenv(FOLDERS, str(tmp_path / "a"))
    first = engine.source_identity("en_US-hum-low")
    monkeypatch.setenv(FOLDERS, str(tmp_path / "b"))
    assert engine.source_identity("en_US-hum-low") == first
    settings = tmp_path / "b" / "en_US-hum-low.onnx.json"
    settings.write_text(settings.read_text().replace("16000", "22050"))
    assert engine.source_identity("en_US-hum-low") != first
    assert settings in engine.source_paths("en_US-hum-low")
    near = engine.problem("en_US-hum-lo")
    assert near is not None
    assert near.hint == "did you mean 'en_US-hum-low'?"
    assert engine.problem("en_US-hum-low/3") is None
    wrong = engine.problem("en_US-hum-low/three")
    assert wrong is not None
    assert "is no speaker" in wrong.message
    assert tmp_path / "b" in set(engine.readable())


@pytest.mark.parametrize("voice", VOICES)
def test_pico_speaks_each_of_its_languages(scratch: Path, voice: str) -> None:
    """Every voice makes sound, and the same sound again."""
    engine = Nanotts()
    assert engine.problem(voice) is None
    said = []
    for _ in range(2):
        engine.speak(speech_request(scratch, "Radio taxi hotel 2026.", voice=voice))
        said.append(wav.read(scratch / "said.wav"))
    assert said[0] == said[1]
    assert len(said[0]) > SAMPLE_RATE


def test_pico_speaks_long_texts_and_rates(scratch: Path) -> None:
    """A narration of the greatest length is spoken to its end; a text may begin with a hyphen."""
    engine = Nanotts()
    sentence = "The quick brown fox jumps over the lazy dog. "
    lengths = [engine.speak(speech_request(scratch, sentence * count, voice="en-US")).samples for count in (10, 200)]
    assert abs(lengths[1] / lengths[0] - 20) < 1
    slow, fast = (
        engine.speak(speech_request(scratch, f"-x {sentence}", voice="en-US", rate=rate)).samples for rate in (100, 150)
    )
    assert abs(slow / fast - 1.5) < 0.15


def test_pico_names_what_it_cannot_speak() -> None:
    """Unknown voices have the nearest one; words in other scripts are found."""
    near = Nanotts().problem("de")
    assert near is not None
    assert "de-DE" in str(near.hint)
    assert list(Nanotts().unreadable("de-DE", "Guten Tag Привет"))
