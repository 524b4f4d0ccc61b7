"""Words of recordings, and of voices that report no times, are where they are spoken: through the command."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.support.audio_lab import silence, speech_request
from tests.support.workspace import Workspace
from vidbuild.media.audio import wav
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices.espeak import Espeak

TEXTS = {
    "en": "First install the package, which takes a few seconds. Then open the settings and change the address.",
    "de": "Zuerst wird das Paket installiert. Danach öffnet man die Einstellungen und ändert die Adresse.",
    "fr": "Installez d'abord le paquet. Ensuite, ouvrez les réglages et changez l'adresse du serveur.",
}
VOICES = {"en": "en-us+f3", "de": "de+f2", "fr": "fr+m4"}
SPEC = """\
vidbuild: 1
title: Found
language: {language}
output: {{size: 128x72, fps: 24}}
scenes:
  - id: one
    type: list
    title: One
    pause_before: 0
    items: [{{text: Last, at: last}}]
    narration: {{audio: take.wav, text: {text}}}
"""


def recorded(workspace: Workspace, tmp_path: Path, language: str) -> list[tuple[str, float]]:
    """Record a text with a second of silence before it; return its words as they are spoken, in seconds."""
    request = speech_request(tmp_path, TEXTS[language], voice=VOICES[language], rate=110, wav_path=tmp_path / "say.wav")
    speech = Espeak().speak(request)
    wav.write(workspace.root / "take.wav", silence(SAMPLE_RATE) + wav.read(tmp_path / "say.wav"))
    cut = TEXTS[language].rindex(" ") + 1
    marked = f"{TEXTS[language][:cut]}[[last]] {TEXTS[language][cut:]}"
    workspace.write("video.yaml", SPEC.format(language=language, text=json.dumps(marked, ensure_ascii=False)))
    return [(word.text, 1 + word.start / SAMPLE_RATE) for word in speech.words]


def timing(workspace: Workspace) -> Any:
    """The only scene of the timing report."""
    return json.loads(workspace.read("build/video.timing.json"))["scenes"][0]


@pytest.mark.parametrize(("language", "source"), [("en", "recognizer"), ("de", "warped"), ("fr", "warped")])
def test_words_of_a_recording_are_found(workspace: Workspace, tmp_path: Path, language: str, source: str) -> None:
    """After a second of silence the first word is found where it is, like the others, the cue and the first caption."""
    spoken = recorded(workspace, tmp_path, language)
    right = {word: at for word, at in spoken if TEXTS[language].count(word) == 1}
    workspace.build()
    assert "align:one" in workspace.ran()
    scene = timing(workspace)
    assert {word["from"] for word in scene["words"]} <= {source, "aligned"}
    off = [abs(word["start"] - right[word["text"]]) for word in scene["words"] if word["text"] in right]
    assert len(off) >= 8
    assert median(off) < 0.04
    assert max(off) < 0.2
    assert abs(scene["words"][0]["start"] - 1) < 0.06
    assert abs(scene["cues"]["last"] - spoken[-1][1]) < 0.1
    first = workspace.read("build/video.srt").splitlines()[1]
    assert first.startswith(("00:00:00,9", "00:00:01,0"))


def test_an_edit_of_the_text_decodes_nothing_again(workspace: Workspace, tmp_path: Path) -> None:
    """Another text for the same recording finds its words anew, and leaves the recording as it is."""
    recorded(workspace, tmp_path, "de")
    workspace.build()
    workspace.write("video.yaml", workspace.read("video.yaml").replace("Danach", "Dann"))
    workspace.build()
    assert "align:one" in workspace.ran()
    assert "speak:one" not in workspace.ran()
    verified = workspace.run("build", "video.yaml", "--verify")
    assert verified.code == 0, verified.stderr


def test_a_voice_without_times_has_them_found(workspace: Workspace) -> None:
    """Pico reports no times: its words are found in its audio, and rise."""
    text = json.dumps(TEXTS["de"], ensure_ascii=False)
    spec = SPEC.format(language="de", text=text).replace("{audio: take.wav, text: ", "").replace('"}', '"')
    workspace.write("video.yaml", spec.replace(", at: last", "") + "    voice: nanotts:de-DE\n")
    workspace.build()
    words = timing(workspace)["words"]
    assert {word["from"] for word in words} <= {"warped", "aligned"}
    starts = [word["start"] for word in words]
    assert starts == sorted(set(starts))


def test_a_voice_with_times_needs_no_search(workspace: Workspace) -> None:
    """Engines that report times have no step that searches for them."""
    scene = "{id: one, type: title, title: T, narration: Hello there.}"
    head = "vidbuild: 1\ntitle: T\nvoice: espeak:en-us\noutput: {size: 128x72, fps: 24}\n"
    workspace.write("video.yaml", f"{head}scenes: [{scene}]\n")
    workspace.build()
    assert "align:one" not in workspace.ran()
    assert {word["from"] for word in timing(workspace)["words"]} == {"engine"}


def test_a_cue_on_an_estimate_is_warned_of(workspace: Workspace, tmp_path: Path) -> None:
    """In a language that espeak does not speak, words have times by their lengths: a cue on one is a warning."""
    recorded(workspace, tmp_path, "fr")
    workspace.write("video.yaml", workspace.read("video.yaml").replace("language: fr", "language: tlh"))
    checked = workspace.run("check", "video.yaml")
    assert "the time of cue 'last' is estimated" in checked.stderr
    assert "video.yaml:11:" in checked.stderr
