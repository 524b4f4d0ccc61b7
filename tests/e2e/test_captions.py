"""Captions through the command: their rules, and warnings that point at the narration."""

from __future__ import annotations

import json
import re
import subprocess
import unicodedata
from itertools import pairwise
from xml.etree import ElementTree as ET

import pysubs2
import pytest

from tests.support import caption_checker
from tests.support.workspace import Workspace
from vidbuild import columns
from vidbuild.media.ffmpeg.binary import executable

SPEC = """\
vidbuild: 1
title: Captions
language: {language}
voice: espeak:{voice}
output: {{size: 128x72, fps: 24}}
scenes:
  - {{id: a, type: title, title: One, narration: "{text}"}}
"""

NARRATIONS = [
    (
        "en",
        "en-us",
        "It reads e.g. YAML; Dr. Lee of St. Louis wrote No. 7 on Jan. 5. It takes 10 GB of Windows 11.",
    ),
    ("en", "en-us", r"A Vec<String> in {braces} at C:\\new, with a --> b and <b>bold</b>. 1984"),
    ("hi", "hi", "पहले नया संस्करण डाउनलोड करें। फिर सेटिंग फ़ाइल खोलें और नाम बदलें। अंत में सेवा शुरू करें।"),
    ("th", "th", "เราจะติดตั้งโปรแกรมบนเครื่องคอมพิวเตอร์ของคุณก่อนจากนั้นจึงเปิดหน้าต่างคำสั่ง"),
    ("zh", "cmn", "我们首先使用Kubernetes部署应用程序然后通过Prometheus监控集群状态并且把日志发送出去。"),
    (
        "fr",
        "fr",
        "Le programme affiche le mot « terminé » puis s'arrête\u00a0: 25 % de 1 000 000 de mots\u00a0!",
    ),
    ("de", "de", "Am 3. Mai um 10 Uhr sehen wir, z. B. in Abb. 5, bzw. bei Hrn. Müller in St. Gallen, wie es geht."),
]


@pytest.mark.parametrize(("language", "voice", "text"), NARRATIONS, ids=[each[0] for each in NARRATIONS])
def test_captions_keep_the_rules_and_every_word(workspace: Workspace, language: str, voice: str, text: str) -> None:
    """N12: a parser of others reads every word as written, in at most 2 lines of 42 columns, within the video."""
    workspace.write("video.yaml", SPEC.format(language=language, voice=voice, text=text))
    workspace.build()
    subtitles = pysubs2.load(str(workspace.root / "build" / "video.srt"))
    shown = [unicodedata.normalize("NFKC", event.plaintext.replace("\u2060", "")) for event in subtitles]
    written = unicodedata.normalize("NFKC", text.replace("\\\\", "\\"))
    assert "".join("".join(shown).split()) == "".join(written.split())
    assert all(len(item.split("\n")) <= 2 for item in shown)
    assert all(columns.width(line) <= 42 for item in shown for line in item.split("\n"))
    end = json.loads(workspace.read("build/video.timing.json"))["duration"] * 1000
    assert all(before.end <= after.start for before, after in pairwise(subtitles))
    assert all(0 <= event.start < event.end < end for event in subtitles)
    assert caption_checker.faults_of(workspace.root / "build" / "video.srt") == []
    for kept in ("e.g. YAML", "Dr. Lee", "St. Louis", "No. 7", "Jan. 5", "10 GB", "3. Mai", "Abb. 5", "25 %"):
        assert kept not in written or any(kept in line for item in shown for line in item.split("\n")), kept


def test_a_fast_narration_is_a_warning_of_check_and_build(workspace: Workspace) -> None:
    """N12: captions too fast to read are reported at the narration, by check as by build."""
    text = "Extraordinarily complicated administrative responsibilities notwithstanding, " * 3
    spec = SPEC.format(language="en", voice="en-us", text=text)
    spec = spec.replace("voice: espeak:en-us", "voice: {engine: espeak, name: en-us, rate: 200}")
    workspace.write("video.yaml", spec)
    for command in ("check", "build"):
        outcome = workspace.run(command, "video.yaml")
        assert outcome.code == 0, outcome.stderr
        assert "video.yaml:7:49: warning: captions too fast to read" in outcome.stderr, outcome.stderr


MARKUP = r"A Vec<String> in {braces} at C:\\new, with a --> b, R&D and <b>bold</b>. 1984"
RIGHT_TO_LEFT = "ثبّت الأداة Kubernetes أولاً. ثم شغّل الأمر التالي!"


def track(workspace: Workspace) -> list[str]:
    """Return the texts of the captions in the file, as ffmpeg gives them to players."""
    command = [str(executable()), "-v", "error", "-i", "build/video.mp4", "-map", "0:s:0", "-f", "ass", "-"]
    done = subprocess.run(command, cwd=workspace.root, capture_output=True, check=True)
    texts = re.findall(r"^Dialogue: (?:[^,]*,){9}(.*)$", done.stdout.decode(), re.MULTILINE)
    return [re.sub(r"\{[^}]*\}", "", text.rstrip("\r")).replace(r"\N", "\n") for text in texts]


@pytest.mark.parametrize(("language", "code", "text"), [("en", "eng", MARKUP), ("ar", "ara", RIGHT_TO_LEFT)])
def test_captions_are_a_track_of_the_file(workspace: Workspace, language: str, code: str, text: str) -> None:
    """N12: the track has the language's code of three letters, and the texts and times of the SubRip file."""
    workspace.write("video.yaml", SPEC.format(language=language, voice=language.replace("en", "en-us"), text=text))
    workspace.build()
    srt = list(caption_checker.cues_of_srt(workspace.read("build/video.srt")))
    assert track(workspace) == ["\n".join(cue.lines) for cue in srt]
    command = [str(executable()), "-hide_banner", "-i", "build/video.mp4"]
    probed = subprocess.run(command, cwd=workspace.root, capture_output=True, check=False)
    assert f"({code}): Subtitle: mov_text" in probed.stderr.decode()
    command = [str(executable()), "-v", "error", "-i", "build/video.mp4", "-map", "0:s:0", "-f", "srt", "-"]
    done = subprocess.run(command, cwd=workspace.root, capture_output=True, check=True)
    times = [(cue.start, cue.end) for cue in caption_checker.cues_of_srt(done.stdout.decode().replace("\r", ""))]
    assert times == [(cue.start, cue.end) for cue in srt]


def test_ttml_by_choice(workspace: Workspace) -> None:
    """N12: a parser of XML reads every character in TTML, with the times of the other files; without `also` no file."""
    spec = SPEC.format(language="en", voice="en-us", text=MARKUP)
    workspace.write("video.yaml", spec)
    workspace.build()
    assert not (workspace.root / "build" / "video.ttml").exists()
    workspace.write("video.yaml", spec.replace("scenes:", "also: [ttml]\nscenes:"))
    workspace.build()
    assert workspace.ran() == ["captions"], "the video stays as it is"
    tt = "{http://www.w3.org/ns/ttml}"
    root = ET.fromstring(workspace.read("build/video.ttml"))  # noqa: S314 - what vidbuild wrote
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    found = [
        (each.get("begin"), each.get("end"), "\n".join(span.text or "" for span in each.iter(f"{tt}span")))
        for each in root.iter(f"{tt}p")
    ]
    cues = list(caption_checker.cues_of_vtt(workspace.read("build/video.vtt")))
    assert [text for _, _, text in found] == ["\n".join(cue.lines) for cue in cues]
    assert "".join("".join(text for _, _, text in found).split()) == "".join(MARKUP.replace(r"\\", "\\").split())
    starts = re.findall(r"^(\S+) --> (\S+)$", workspace.read("build/video.vtt"), re.MULTILINE)
    assert [(start, end) for start, end, _ in found] == starts


def test_lines_from_right_to_left_are_marked(workspace: Workspace) -> None:
    """N12: Arabic lines are embedded in SubRip, have a mark in WebVTT before a Latin word, and a style in TTML."""
    text = "GitHub هو موقع لمشاركة الشيفرة."
    spec = SPEC.format(language="ar", voice="ar", text=text)
    workspace.write("video.yaml", spec.replace("scenes:", "also: [ttml]\nscenes:"))
    workspace.build()
    assert f"\u202b{text}\u202c" in workspace.read("build/video.srt")
    assert f"\n\u200f{text}\n" in workspace.read("build/video.vtt")
    assert f'<span style="rtl">{text}</span>' in workspace.read("build/video.ttml")


def test_the_rules_can_be_set(workspace: Workspace) -> None:
    """N12: lines are as long as `captions` says, and a speed over its limit is a warning at the narration."""
    text = "A sentence that has some more words than fit in a line of twenty characters."
    spec = SPEC.format(language="en", voice="en-us", text=text)
    workspace.write("video.yaml", spec.replace("scenes:", "captions: {line_length: 20, speed: 9}\nscenes:"))
    outcome = workspace.run("build", "video.yaml")
    assert "warning: captions too fast to read: expected at most 9 characters a second" in outcome.stderr
    faults = caption_checker.faults_of(workspace.root / "build" / "video.srt", line_length=20, speed=9)
    assert {fault.rule for fault in faults} == {"speed"}


def test_a_word_wider_than_a_line_is_a_warning(workspace: Workspace) -> None:
    """N12: an identifier that a caption has to divide is named, by check as by build."""
    text = f"Call {'very_long_' * 5}name now."
    workspace.write("video.yaml", SPEC.format(language="en", voice="en-us", text=text))
    for command in ("check", "build"):
        outcome = workspace.run(command, "video.yaml")
        assert "warning: captions with a word wider than a line of 42 characters: 'Call very" in outcome.stderr, command
