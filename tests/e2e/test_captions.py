"""Captions through the command: their rules, and warnings that point at the narration."""

from __future__ import annotations

import json
import unicodedata
from itertools import pairwise

import pysubs2
import pytest

from tests.support.workspace import Workspace
from vidbuild import columns

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
