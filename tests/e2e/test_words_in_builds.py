"""Words, cues and captions of built videos, against espeak's own marks and the samples of recordings."""

from __future__ import annotations

import array
import json
from typing import Any

import pytest
import yaml

from tests.bench.counted import counted
from tests.support.audio_lab import silence, speech_request
from tests.support.workspace import Workspace
from tests.words.marks import marks
from vidbuild.media.audio import wav
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices.espeak import Espeak

OUTPUT = {"size": "160x90", "fps": 24}


def build(workspace: Workspace, narration: Any, cues: list[str], **fields: Any) -> dict[str, Any]:
    """Build one scene with an output at each cue; return its timing, in seconds from the narration's start."""
    scene = {"id": "a", "type": "command", "commands": [{"output": cue, "at": cue} for cue in cues]}
    spec = {"vidbuild": 1, "title": "T", "output": OUTPUT, **fields, "scenes": [{**scene, "narration": narration}]}
    workspace.write("video.yaml", yaml.safe_dump(spec, allow_unicode=True))
    workspace.build()
    found: dict[str, Any] = json.loads(workspace.read("build/video.timing.json"))["scenes"][0]
    return found


def spoken(workspace: Workspace, text: str) -> array.array[int]:
    """Return a text as a person could have recorded it."""
    scratch = workspace.root / text.split(maxsplit=1)[0]
    scratch.mkdir()
    Espeak().speak(speech_request(scratch, text))
    return wav.read(scratch / "said.wav")


@pytest.mark.parametrize(
    ("voice", "language", "text"),
    [
        ("cmn", "zh", "首先下载新版本,[[a]]然后打开配置文件,[[b]]最后启动服务。"),
        ("th", "th", "ขั้นแรกดาวน์โหลดเวอร์ชันใหม่[[a]]จากนั้นเปิดไฟล์ตั้งค่า[[b]]แล้วเริ่มบริการ"),
        ("ja", "ja", "まずせっていをひらいて、[[a]]ファイルをほぞんして、[[b]]おわりです。"),
        ("en-us", "en", "Our APIs [[a]]and CLIs are small, e.g. [[b]]the new ones."),
        ("en-us", "en", "Save the file[[a]]—then quit/[[b]]close it."),
        ("de", "de", "Das ist z. B. [[a]]hier - [[b]]oder dort."),
    ],
)
def test_a_cue_is_at_its_word(workspace: Workspace, voice: str, language: str, text: str) -> None:
    """N3: a cue is within 0.3 s of the mark that espeak itself sets there, with or without spaces between words."""
    found = build(workspace, text, ["a", "b"], voice=f"espeak:{voice}", language=language)
    plain, places = "", {}
    for part in text.split("[["):
        name, _, rest = part.rpartition("]]")
        places[name] = len(plain)
        plain += rest
    truth = marks(plain, voice, [places["a"], places["b"]])
    for cue in ("a", "b"):
        at = found["cues"][cue] - found["narration"]["start"]
        assert truth[places[cue]].at - 0.3 < at < truth[places[cue]].sound + 0.3


def test_captions_and_cues_of_a_recording_are_where_it_speaks(workspace: Workspace) -> None:
    """N3: a second of silence before, and two between two sentences, hold no word, no caption and no cue."""
    first, second = "Open the settings and look for the backup tab.", "Now press the big green button."
    take = silence(SAMPLE_RATE) + spoken(workspace, first)
    ends = len(take) / SAMPLE_RATE
    take += silence(2 * SAMPLE_RATE) + spoken(workspace, second)
    take = array.array("h", (sample + index % 7 * 4 for index, sample in enumerate(take)))
    wav.write(workspace.root / "take.wav", take + silence(SAMPLE_RATE))
    found = build(workspace, {"audio": "take.wav", "text": f"{first} [[press]] {second}"}, ["press"])
    start = found["narration"]["start"]
    assert found["words"][0]["start"] - start == pytest.approx(1.0, abs=0.03)
    assert found["cues"]["press"] - start == pytest.approx(ends + 2, abs=0.03)
    assert found["words"][8]["end"] - start == pytest.approx(ends, abs=0.1)
    assert found["words"][-1]["end"] - start == pytest.approx((len(take)) / SAMPLE_RATE, abs=0.1)
    assert "00:00:01,4" in workspace.read("build/video.srt").splitlines()[1]


def test_decomposed_text_is_spoken_as_composed(workspace: Workspace) -> None:
    """Text with accents as characters of their own is the same speech, made once."""
    scenes = [
        {"id": name, "type": "title", "title": "x", "narration": text}
        for name, text in (("nfc", "sch\xf6n"), ("nfd", "scho\u0308n"))
    ]
    spec = {"vidbuild": 1, "title": "T", "language": "de", "voice": "espeak:de", "output": OUTPUT, "scenes": scenes}
    workspace.write("video.yaml", yaml.safe_dump(spec, allow_unicode=True))
    workspace.build()
    assert sum(step.startswith("speak:") for step in workspace.ran()) == 1


def test_a_null_build_of_chinese_needs_no_dictionary(workspace: Workspace) -> None:
    """P46: a build with nothing to do does not import ICU, whatever its narration."""
    build(workspace, "首先下载,[[a]]然后打开。", ["a"], voice="espeak:cmn", language="zh")
    null = counted(workspace.root, "build")
    assert not {name for name in null.modules if name.partition(".")[0] == "icu4py"}
