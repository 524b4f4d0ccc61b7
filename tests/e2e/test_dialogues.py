"""Dialogues and pauses through the real command: what runs again, what is spoken when and how loud, and captions."""

from __future__ import annotations

import array
import json
import re
from typing import Any

import pytest
import yaml

from tests.support.audio_lab import ENV, heard, silence, speech_request
from tests.support.workspace import Workspace
from vidbuild.media.audio import loudness, wav
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices.espeak import Espeak

VOICES = {
    "host": "espeak:en-us+f3",
    "guest": {"engine": "espeak", "name": "en-gb", "speaker": "New User"},
}
LINES: list[Any] = [
    {"voice": "host", "text": "Is it quick? [[speed]] It looks quick."},
    {"voice": "guest", "text": "It takes a second, [[cost]] and it costs nothing."},
    "Good to know.",
    {"voice": "host", "text": "Then let us begin.", "pause": 1},
]
GAP = 0.4  # seconds, the default between two entries


def spec(narration: Any, cues: tuple[str, ...] = (), **fields: Any) -> dict[str, Any]:
    """A video of one scene, with an output at each cue."""
    commands: list[dict[str, Any]] = [{"output": cue, "at": cue} for cue in cues] or [{"output": "x", "at": 0}]
    scene = {"id": "a", "type": "command", "commands": commands, "narration": narration}
    usual = {"vidbuild": 1, "title": "T", "output": {"size": "160x90", "fps": 24}, "voice": "espeak:en-us"}
    return {**usual, "voices": VOICES, "scenes": [scene], **fields}


def build(workspace: Workspace, data: dict[str, Any], *args: str) -> dict[str, Any]:
    """Build it; return the timing of its first scene."""
    workspace.write("video.yaml", yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
    workspace.build(*args)
    found: dict[str, Any] = json.loads(workspace.read("build/video.timing.json"))["scenes"][0]
    return found


def spoken(workspace: Workspace, text: str, voice: str = "en-us") -> array.array[int]:
    """Return what espeak alone makes of a text."""
    scratch = workspace.root / "scratch"
    scratch.mkdir(exist_ok=True)
    Espeak().speak(speech_request(scratch, text, voice=voice))
    return wav.read(scratch / "said.wav")


def level(workspace: Workspace, start: float, end: float) -> float:
    """Return the loudness of a part of the finished video in LUFS."""
    video = str(workspace.root / "build/video.mp4")
    part = ["-ss", str(start), "-t", str(end - start), "-i", video]
    return loudness.measure(part, end - start, workspace.root, ENV).integrated


def test_an_edited_line_is_the_only_one_spoken(workspace: Workspace) -> None:
    """N10: each entry is a step of its own: an edit of one speaks one, and an inserted entry speaks itself alone."""
    build(workspace, spec(LINES, ("speed", "cost")))
    assert {step for step in workspace.ran() if step.startswith("speak")} == {f"speak:a.{nth}" for nth in range(1, 5)}
    edited = [*LINES[:2], "Good to know indeed.", *LINES[3:]]
    build(workspace, spec(edited, ("speed", "cost")))
    assert [step for step in workspace.ran() if step.startswith("speak")] == ["speak:a.3"]
    build(workspace, spec([{"voice": "guest", "text": "Hello."}, *edited], ("speed", "cost")))
    assert [step for step in workspace.ran() if step.startswith("speak")] == ["speak:a.1"]
    build(workspace, spec([{"voice": "guest", "text": "Hello."}, *edited], ("speed", "cost")))
    assert workspace.ran() == []


def test_utterances_follow_each_other_by_their_pauses(workspace: Workspace) -> None:
    """Each utterance is as long as its voice alone speaks it, 0.4 s after the one before or as its `pause` says."""
    found = build(workspace, spec(LINES, ("speed", "cost")))
    texts = ["Is it quick? It looks quick.", "It takes a second, and it costs nothing.", LINES[2], "Then let us begin."]
    at = found["narration"]["start"]
    assert at == 0.4
    for each, text, pause, voice in zip(
        found["utterances"], texts, (0, GAP, GAP, 1), ("en-us+f3", "en-gb", "en-us", "en-us+f3"), strict=True
    ):
        length = len(spoken(workspace, text, voice)) / SAMPLE_RATE
        assert each["start"] == pytest.approx(at + pause, abs=0.0015)
        assert each["end"] == pytest.approx(each["start"] + length, abs=0.0015)
        assert each["voice"] == f"espeak:{voice}"
        at = each["end"]
    assert [each["speaker"] for each in found["utterances"]] == ["Host", "New User", "", "Host"]
    assert [each["words"] for each in found["utterances"]] == [6, 8, 3, 4]


def test_cues_and_reveals_follow_their_utterance(workspace: Workspace) -> None:
    """A cue is at the word after it, also in a later utterance; one at an utterance's end is where that ends."""
    lines = ["Alpha [[one]] beta.", "Gamma [[two]] delta. [[three]]", "Epsilon."]
    found = build(workspace, spec(lines, ("one", "two", "three")))
    starts = {word["text"]: word["start"] for word in found["words"]}
    assert found["cues"]["one"] == starts["beta."]
    assert found["cues"]["two"] == starts["delta."]
    second, third = found["utterances"][1:]
    assert found["cues"]["three"] <= second["end"] < third["start"]
    scene = {"id": "a", "type": "list", "title": "T", "items": ["Speed", "Cost"]}
    talk = ["We talk about a lot of things today.", "First comes speed.", "Then the cost."]
    found = build(workspace, spec([], scenes=[{**scene, "narration": talk}]))
    words = {word["text"]: word["start"] for word in found["words"]}
    timeline = json.loads(workspace.run("graph", "video.yaml", "--format", "json").stdout)
    mentions = next(step for step in timeline["steps"] if step["id"] == "timeline:a")["params"]["mentions"]
    assert [found["words"][at]["text"] for at in mentions] == ["speed.", "cost."]
    assert words["cost."] > found["utterances"][2]["start"]


def test_every_utterance_is_leveled_by_itself(workspace: Workspace) -> None:
    """A soft recording between two voices comes out as loud as they do, within 1 LU of the target."""
    take = spoken(workspace, "This was recorded far too softly, as so often.", "de")
    wav.write(workspace.root / "take.wav", array.array("h", (sample // 20 for sample in take)))
    line = "This is a sentence of the usual length, spoken as usual."
    recorded = {"audio": "take.wav", "text": "This was recorded far too softly, as so often.", "speaker": "Eve"}
    found = build(workspace, spec([{"voice": "host", "text": line}, recorded, {"voice": "guest", "text": line}]))
    assert found["utterances"][1]["voice"] == "recorded:" or found["utterances"][1]["voice"] == "recorded"
    for each in found["utterances"]:
        assert level(workspace, each["start"], each["end"]) == pytest.approx(-16, abs=1)


def test_volume_is_heard_in_the_mix(workspace: Workspace) -> None:
    """A volume of 50 lowers a voice by 6 dB after leveling, in a dialogue and in a scene of its own; nothing speaks."""
    line = "This is a sentence of the usual length, spoken as usual."
    talk = [{"voice": "host", "text": line}, {"voice": "guest", "text": line}]
    build(workspace, spec(talk))
    voices = {**VOICES, "guest": {"engine": "espeak", "name": "en-gb", "speaker": "New User", "volume": 50}}
    found = build(workspace, spec(talk, voices=voices))
    assert not [step for step in workspace.ran() if step.startswith("speak")]
    first, second = (level(workspace, each["start"], each["end"]) for each in found["utterances"])
    assert first == pytest.approx(-16, abs=0.5)
    assert second == pytest.approx(-22, abs=0.5)
    found = build(workspace, spec(line, voice="guest", voices=voices))
    assert level(workspace, found["narration"]["start"], found["narration"]["end"]) == pytest.approx(-22, abs=0.5)


def test_captions_name_the_speakers(workspace: Workspace) -> None:
    """No caption has two speakers; the first of each turn has the name, or a dash; WebVTT has voice spans."""
    lines = [{"voice": "host", "text": "Yes."}, {"voice": "guest", "text": "No & < no."}, "Oh.", LINES[3]]
    build(workspace, spec(lines))
    texts = [block.split("\n", 2)[2].strip() for block in workspace.read("build/video.srt").strip().split("\n\n")]
    assert texts == ["Host: Yes.", "New User: No & <\u2060 no.", "- Oh.", "Host: Then let us begin."]
    vtt = workspace.read("build/video.vtt")
    assert "<v Host>Host: Yes.</v>" in vtt
    assert "<v New User>New User: No &amp; &lt; no.</v>" in vtt
    assert "\n- Oh.\n" in vtt
    found = json.loads(workspace.read("build/video.timing.json"))["scenes"][0]["utterances"]
    clocks = re.findall(r"0:(\d\d\.\d{3}) --> 00:00:(\d\d\.\d{3})", vtt)
    for (start, end), each, following in zip(clocks, found, [*found[1:], None], strict=True):
        assert float(start) == pytest.approx(each["start"], abs=0.01)
        assert following is None or float(end) <= following["start"] + 0.001


def test_one_speaker_needs_no_name(workspace: Workspace) -> None:
    """A list that one voice speaks has captions as a text has, without a name."""
    build(workspace, spec(["One is here.", "Two is there."], voice="host"))
    assert "Host" not in workspace.read("build/video.srt") + workspace.read("build/video.vtt")


def test_a_pause_is_exactly_that_silence(workspace: Workspace) -> None:
    """`[[pause 0.8]]` adds 38,400 samples between the words, and captions do not show it."""
    text = "Hello there. [[pause 0.8]] Goodbye now. [[pause 250ms]]"
    found = build(workspace, spec(text))
    first, second = (spoken(workspace, part) for part in ("Hello there.", "Goodbye now."))
    length = round((found["narration"]["end"] - found["narration"]["start"]) * SAMPLE_RATE)
    assert abs(length - (len(first) + 38_400 + len(second) + 12_000)) <= 48  # timing.json has milliseconds
    blobs = (workspace.root / ".vidbuild").rglob("*")
    expected = wav.to_bytes(first + silence(38_400) + second + silence(12_000))
    assert any(path.is_file() and path.read_bytes().endswith(expected) for path in blobs)
    assert "pause" not in workspace.read("build/video.srt")
    words = found["words"]
    assert words[2]["start"] - words[1]["end"] == pytest.approx(0.8, abs=0.05)


def test_a_pause_is_silent_in_the_video(workspace: Workspace) -> None:
    """Decoded by ffmpeg alone, the finished video is silent for the pause, within two AAC frames."""
    found = build(workspace, spec("Hello there. [[pause 1.5]] Goodbye now."))
    sound = workspace.root / "sound.aac"
    args = ["-i", str(workspace.root / "build/video.mp4"), "-vn", "-c", "copy", str(sound)]
    ffmpeg.run(args, cwd=workspace.root, env=ENV, timeout=60, what="extract the sound")
    samples = heard(sound, workspace.root)
    begin, end = (round(found["words"][index][side] * SAMPLE_RATE) for index, side in ((1, "end"), (2, "start")))
    assert end - begin >= 1.5 * SAMPLE_RATE
    assert max(map(abs, samples[begin + 3072 : end - 2048])) < 0.003


def test_cues_beside_a_pause(workspace: Workspace) -> None:
    """A cue before a pause is where the pause begins, one behind it where the next word begins."""
    found = build(
        workspace, spec("One two. [[a]] [[pause 1]] [[b]] Three four. [[c]] [[pause 1]] [[d]]", tuple("abcd"))
    )
    words, cues = found["words"], found["cues"]
    assert cues["a"] == words[1]["end"]
    assert cues["b"] == words[2]["start"]
    assert cues["b"] - cues["a"] == pytest.approx(1, abs=0.05)
    assert cues["c"] == words[3]["end"]
    assert cues["d"] == found["narration"]["end"]


def test_languages_of_a_dialogue(workspace: Workspace) -> None:
    """Texts by language in an entry, or lists by language: a video has those of its language, and their voices."""
    entry = {"voice": "female", "text": {"en": "Good morning.", "de": "Guten Morgen."}}
    lists = {"en": ["Good morning."], "de": [{"voice": "male", "text": "Guten Morgen."}]}
    for narration, language, words, voice in (
        ([entry], "en", ["Good", "morning."], "espeak:en-us+f3"),
        ([entry], "de", ["Guten", "Morgen."], "espeak:de+f3"),
        (lists, "de-AT", ["Guten", "Morgen."], "espeak:de+m3"),
    ):
        found = build(workspace, spec(narration, language=language, voices={}))
        assert [word["text"] for word in found["words"]] == words
        if language != "en":
            assert found["utterances"][0]["voice"] == voice


def test_only_and_fresh_reach_one_utterance(workspace: Workspace) -> None:
    """`--fresh speak:a.2` speaks that entry again, `explain` names the edit, and `--only` builds the scene."""
    build(workspace, spec(LINES, ("speed", "cost")))
    workspace.build("--fresh", "speak:a.2")
    assert [step for step in workspace.ran() if step.startswith("speak")] == ["speak:a.2"]
    workspace.build("--only", "a")
    edited = spec([*LINES[:2], "Good to hear."], ("speed", "cost"))
    workspace.write("video.yaml", yaml.safe_dump(edited))
    assert '"Good to know." -> "Good to hear."' in workspace.explain("speak:a.3")


def test_the_report_shows_who_says_what(workspace: Workspace) -> None:
    """The report has each utterance with its speaker and its voice."""
    build(workspace, spec(LINES, ("speed", "cost")))
    page = workspace.read("build/video.report.html")
    assert "<b>New User</b> It takes a second, and it costs nothing. <i>espeak:en-gb</i>" in page
    assert page.count('<p class="narration">') == 4


def test_an_entry_has_its_own_language(workspace: Workspace) -> None:
    """An entry's `language` decides its reading, its voice and what `female` is; nothing else of the scene changes."""
    lines: list[Any] = [
        "Use 5 GB.",
        {"text": "Es sind 5 GB.", "language": "de"},
        {"text": "Es sind 5 GB.", "language": "de", "voice": "female"},
        {"text": "Es sind 5 GB.", "language": "de", "voice": "espeak:de+m3"},
    ]
    found = build(workspace, spec(lines))
    voices = [each["voice"] for each in found["utterances"]]
    assert voices == ["espeak:en-us", "espeak:de", "espeak:de+f3", "espeak:de+m3"]
    said = workspace.run("say", "video.yaml:a").stdout.splitlines()[0]
    assert said == "Use five gigabytes. Es sind 5 Gigabyte. Es sind 5 Gigabyte. Es sind 5 Gigabyte."
    assert "warning" not in workspace.run("check", "video.yaml").stderr


@pytest.mark.parametrize(
    ("entry", "message", "hint"),
    [
        (
            {"voice": "espeak:de", "text": "Es sind 5 GB."},
            "{line}: warning: the voice 'espeak:de' speaks another language than the video's, 'en'",
            "write 'language: de' in this entry",
        ),
        (
            {"voice": "natural:heart", "text": "Es sind 5 GB.", "language": "de"},
            "{line}: warning: the language is 'de', but the voice 'natural:heart' speaks another one",
            "write 'voice: espeak:de'",
        ),
        (
            {"text": {"en": "Five."}, "language": "de"},
            "{line}: 'language' and a text in several languages cannot both be given",
            "remove 'language', or write the text in that language",
        ),
        ({"text": "Fünf.", "language": "deu"}, "{line}: warning: the tag of the language is 'de'", "write de"),
        ({"text": "Fünf.", "language": "German"}, "{line}: 'language' must be a BCP 47 language tag", None),
    ],
)
def test_a_language_that_does_not_fit_is_located(
    workspace: Workspace, entry: dict[str, Any], message: str, hint: str | None
) -> None:
    """A voice of another language than its entry's is a warning at its field, with a way out."""
    workspace.write("video.yaml", yaml.safe_dump(spec(["One.", entry]), allow_unicode=True, sort_keys=False))
    lines = workspace.read("video.yaml").splitlines()
    field = "voice: espeak:de" if entry.get("voice") == "espeak:de" else "language: "
    line = next(number for number, text in enumerate(lines, 1) if field in text and number > 10)
    shown = workspace.run("check", "video.yaml").stderr
    column = lines[line - 1].index(field) + 1
    at = column + len(field.partition(" ")[0]) + 1
    assert message.format(line=f"video.yaml:{line}:{column if 'both' in message else at}") in shown
    assert hint is None or f"hint: {hint}\n" in shown


def test_explain_shows_pauses_as_they_are_written(workspace: Workspace) -> None:
    """A changed text is explained by the text, a changed pause by its seconds, a moved one as moved; no offsets."""
    usual = "Is it quick? [[pause 0.5]] It looks quick."
    build(workspace, spec(usual))
    reasons = []
    for text in (usual.replace("quick?", "really quick?"), usual.replace("0.5", "0.8"), "Is it [[pause 0.5]] quick?"):
        changed = spec(text)
        workspace.write("video.yaml", yaml.safe_dump(changed, allow_unicode=True, sort_keys=False))
        reasons.append(workspace.explain("speak:a"))
    assert "field narration changed" in reasons[0]
    assert "pauses" not in reasons[0]
    assert 'field pauses changed: "0.5 s" -> "0.8 s"' in reasons[1]
    workspace.write("video.yaml", yaml.safe_dump(spec("Is it quick? It [[pause 0.5]] looks quick."), sort_keys=False))
    assert "  pauses moved\n" in workspace.explain("speak:a")
