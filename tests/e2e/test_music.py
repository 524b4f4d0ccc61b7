"""Music and sounds in finished videos, by their samples."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support import music_lab
from tests.support.audio_lab import ENV
from tests.support.music_lab import RATE, heard, level, sine, tone_level, write
from tests.support.workspace import Workspace
from vidbuild.media.audio import adts
from vidbuild.media.ffmpeg import ffmpeg

HEAD = "vidbuild: 1\ntitle: Music\noutput: {size: 64x64, fps: 30}\nvoice: espeak:en-us\n"
TEXT = "Welcome to the tour of the product. It takes a minute, and shows what changed since the last release."
HIGH = 13_000  # Hz: espeak's voices end at 11,025 Hz


def scenes(*durations: float) -> str:
    """Scenes without narration."""
    lines = (f"  - {{id: s{at}, type: title, title: A, duration: {each}}}\n" for at, each in enumerate(durations))
    return "scenes:\n" + "".join(lines)


def at(seconds: float) -> int:
    """A time in samples."""
    return round(seconds * RATE)


def borders(durations: tuple[float, ...]) -> list[int]:
    """The samples of the track at which scenes meet."""
    starts = [at(sum(durations[:count])) for count in range(1, len(durations))]
    return [adts.nearest_frame(start) * adts.FRAME_SAMPLES for start in starts]


FITTING = {(0, 0), (0, 1), (1, 2), (2, 2), (2, 3), (3, 0), (3, 1)}
"""Window sequences that may follow each other (ISO/IEC 14496-3, 4.5.2.3): long, start, short, stop."""


def window_pairs(video: Path) -> set[tuple[int, int]]:
    """The window sequences of each two adjacent frames that have the same one in both channels."""
    sequences = []
    for block in music_lab.frames(video):
        bits = int.from_bytes(block[:4], "big")
        common, sequence = bits >> 24 & 1, bits >> 21 & 3
        sequences.append(sequence if common else -1)
    return {pair for pair in pairwise(sequences) if -1 not in pair}


@pytest.mark.parametrize("sound", [sine(1000.7), music_lab.noise(), music_lab.ticks()], ids=["sine", "noise", "ticks"])
def test_music_goes_on_over_borders_without_a_trace(workspace: Workspace, sound: Callable[[int], float]) -> None:
    """At each border, the video's audio is as near to the music as an encode of all of it in one piece."""
    durations = (1.1, 0.7, 2.0 + 1 / 30, 0.5, 1.3)
    samples = write(workspace.root / "bed.wav", sound, 8)
    music = "music: {file: bed.wav, fade_in: 0, fade_out: 0}\n"
    workspace.write("video.yaml", HEAD + music + scenes(*durations))
    workspace.build()
    found = heard(workspace.root / "build/video.mp4")
    middle = range(RATE, 5 * RATE)
    gain = sum(found[n] * samples[n] for n in middle) / sum(samples[n] ** 2 for n in middle)
    ideal = [gain * each for each in samples[: len(found)]]
    whole = music_lab.in_one_piece(ideal, workspace.root)
    for border in borders(durations):
        near = range(border - 1024, border + 2048)
        error, codec = (level([each[n] - ideal[n] for n in near]) for each in (found, whole))
        assert error < codec + 0.5, border
        assert codec < level([ideal[n] for n in near]) - 6


def test_windows_of_neighboring_frames_fit(workspace: Workspace) -> None:
    """Every frame begins with the window half that the frame before ends with, at borders too."""
    write(workspace.root / "bed.wav", music_lab.ticks(9000), 5)
    workspace.write("video.yaml", HEAD + "music: bed.wav\n" + scenes(*[0.5, 0.3, 0.4, 0.7, 0.2, 0.6, 0.1, 0.9]))
    workspace.build()
    pairs = window_pairs(workspace.root / "build/video.mp4")
    assert pairs <= FITTING
    assert {(0, 1), (1, 2), (2, 3)} <= pairs


def test_music_is_lower_under_speech(workspace: Workspace) -> None:
    """Music falls by 10 dB in the 250 ms before the first word and rises in the 600 ms after the last one."""
    write(workspace.root / "bed.wav", sine(HIGH), 4)
    scene = f'  - {{id: one, type: title, title: A, narration: "{TEXT}", pause_before: 3, pause_after: 3}}\n'
    workspace.write("video.yaml", f"{HEAD}music: {{file: bed.wav, fade_in: 0, fade_out: 0}}\nscenes:\n{scene}")
    workspace.build()
    words = json.loads(workspace.read("build/video.timing.json"))["scenes"][0]["words"]
    found = heard(workspace.root / "build/video.mp4")
    first, last = words[0]["start"], words[-1]["end"]
    open_level = tone_level(found[at(1) : at(1.1)], HIGH)

    def below(seconds: float) -> float:
        return tone_level(found[at(seconds - 0.02) : at(seconds + 0.02)], HIGH) - open_level

    assert below(first - 0.3) == pytest.approx(0, abs=0.3)
    assert below(first - 0.125) == pytest.approx(-5, abs=0.7)
    for seconds in (first + 0.03, (first + last) / 2, last - 0.03):
        assert below(seconds) == pytest.approx(-10, abs=0.7)
    assert below(last + 0.3) == pytest.approx(-5, abs=0.7)
    assert below(last + 0.65) == pytest.approx(0, abs=0.3)


def test_short_pauses_stay_low_also_between_scenes(workspace: Workspace) -> None:
    """Music does not rise in the pause between two narrations."""
    write(workspace.root / "bed.wav", sine(HIGH), 4)
    two = "".join(f"  - {{id: {name}, type: title, title: A, narration: Hello there.}}\n" for name in "ab")
    workspace.write("video.yaml", f"{HEAD}music: {{file: bed.wav, fade_in: 0, fade_out: 0}}\nscenes:\n{two}")
    workspace.build()
    timing = json.loads(workspace.read("build/video.timing.json"))["scenes"]
    found = heard(workspace.root / "build/video.mp4")
    pause = (timing[0]["words"][-1]["end"] + timing[1]["words"][0]["start"]) / 2
    spoken = timing[0]["words"][0]["end"]
    levels = [tone_level(found[at(each - 0.03) : at(each + 0.03)], HIGH) for each in (spoken, pause)]
    assert levels[1] == pytest.approx(levels[0], abs=0.5)


@pytest.mark.parametrize("mastering", [0.005, 0.2], ids=["soft", "loud"])
def test_volume_is_relative_to_speech_and_the_whole_reaches_the_target(workspace: Workspace, mastering: float) -> None:
    """However loud its file is, music at 20 % is 14 LU below speech, and the video within 0.5 LU of its target."""
    tones = [sine(hertz, mastering) for hertz in (300, 1000, 2500)]
    write(workspace.root / "bed.wav", lambda n: sum(tone(n) for tone in tones), 6)
    spoken = f'  - {{id: talk, type: title, title: A, narration: "{TEXT} {TEXT}"}}\n'
    workspace.write("video.yaml", HEAD + "music: bed.wav\n" + scenes(6) + spoken)
    workspace.build()
    video = workspace.root / "build/video.mp4"
    assert music_lab.loudness(video, "-ss", "1.5", "-t", "4")[0] == pytest.approx(-16 - 14, abs=0.5)
    integrated, peak = music_lab.loudness(video)
    assert integrated == pytest.approx(-16, abs=0.5)
    assert peak <= -1.4


def test_music_alone_reaches_the_target(workspace: Workspace) -> None:
    """In a video without speech, music is as loud as speech would be."""
    write(workspace.root / "bed.wav", music_lab.noise(), 6)
    workspace.write("video.yaml", HEAD + "music: {file: bed.wav, fade_in: 0.1, fade_out: 0.1}\n" + scenes(3, 4))
    workspace.build()
    integrated, peak = music_lab.loudness(workspace.root / "build/video.mp4")
    assert integrated == pytest.approx(-16, abs=0.5)
    assert peak <= -1.4


NARRATED = """\
music: {file: bed.wav, fade_in: 0.2, fade_out: 0.2}
scenes:
  - {id: one, type: title, title: One, narration: First of all comes this., duration: 4}
  - {id: two, type: title, title: Two, narration: TWO, duration: SECONDS}
  - {id: three, type: title, title: Three, narration: Then comes that., duration: 4}
  - {id: four, type: title, title: Four, narration: And this is all., duration: 4}
"""


def audio_steps(workspace: Workspace) -> list[str]:
    """The steps about audio that the last build ran."""
    return [step for step in workspace.ran() if step.startswith(("audio", "decode", "music"))]


def test_an_edit_encodes_only_the_audio_that_changes(workspace: Workspace) -> None:
    """Another text in as much time encodes one scene's audio; a longer scene encodes it and those after it."""
    write(workspace.root / "bed.wav", sine(440), 3)
    spec = HEAD + NARRATED
    workspace.write("video.yaml", spec.replace("TWO", "Short.").replace("SECONDS", "4"))
    workspace.build()
    workspace.write("video.yaml", spec.replace("TWO", "Now it is longer.").replace("SECONDS", "4"))
    workspace.build()
    assert audio_steps(workspace) == ["audio:two", "music"]
    workspace.write("video.yaml", spec.replace("TWO", "Now it is longer.").replace("SECONDS", "5"))
    workspace.build()
    assert audio_steps(workspace) == ["audio:four", "audio:three", "audio:two", "music"]


def test_scenes_without_music_are_as_without_any_music(workspace: Workspace) -> None:
    """A scene with `music: none` takes its audio from the cache of a video that never had music."""
    write(workspace.root / "bed.wav", sine(440), 3)
    scene = "  - {id: two, type: title, title: Two, narration: Short.NONE}\n"
    workspace.write("video.yaml", HEAD + scenes(1) + scene.replace("NONE", ""))
    workspace.build()
    workspace.write("video.yaml", HEAD + "music: bed.wav\n" + scenes(1) + scene.replace("NONE", ", music: none"))
    workspace.build()
    assert audio_steps(workspace) == ["audio:s0", "decode:bed", "music"]


def test_another_file_fades_in_where_the_first_has_faded_out(workspace: Workspace) -> None:
    """At a switch the first file fades out within its scene, and the second fades in within its own."""
    write(workspace.root / "low.wav", sine(500), 4)
    write(workspace.root / "high.wav", sine(700), 4)
    spec = HEAD + "music: {file: low.wav, fade_in: 0.5, fade_out: 1}\n" + scenes(3, 3)
    workspace.write("video.yaml", spec.replace("s1, type", "s1, music: high.wav, type"))
    workspace.build()
    found = heard(workspace.root / "build/video.mp4")

    def levels(seconds: float) -> list[float]:
        part = found[at(seconds - 0.05) : at(seconds + 0.05)]
        return [tone_level(part, hertz) for hertz in (500, 700)]

    loud, none = levels(1.5)
    assert loud - none > 60
    assert levels(2.5)[0] == pytest.approx(loud - 3, abs=1)
    assert level(found[at(3) - 600 : at(3) + 600]) < loud - 25
    assert levels(4.5)[1] == pytest.approx(loud, abs=3)
    assert levels(4.5)[0] < none + 10


def test_the_volume_changes_smoothly_between_scenes_with_the_same_file(workspace: Workspace) -> None:
    """Music goes on at another volume, which it reaches over a second around the border."""
    samples = write(workspace.root / "bed.wav", sine(1000), 8)
    spec = HEAD + "music: {file: bed.wav, volume: 80, fade_in: 0, fade_out: 0}\n" + scenes(3, 3)
    workspace.write("video.yaml", spec.replace("s1, type", "s1, music: {volume: 40}, type"))
    workspace.build()
    found = heard(workspace.root / "build/video.mp4")
    levels = [tone_level(found[at(each - 0.02) : at(each + 0.02)], 1000) for each in (2.4, 3, 3.6)]
    assert levels[1] - levels[0] == pytest.approx(-3, abs=0.3)
    assert levels[2] - levels[0] == pytest.approx(-6, abs=0.3)
    late = range(at(4), at(5))
    gain = sum(found[n] * samples[n] for n in late) / sum(samples[n] ** 2 for n in late)
    assert (
        level([found[n] - gain * samples[n] for n in late]) < level(found[at(4) : at(5)]) - 30
    )  # in phase: it went on


def test_a_loop_has_no_gap(workspace: Workspace) -> None:
    """Music that is too short is repeated without a dip or a click."""
    write(workspace.root / "bed.wav", music_lab.noise(), 1.3)
    workspace.write("video.yaml", HEAD + "music: {file: bed.wav, fade_in: 0, fade_out: 0}\n" + scenes(4, 2))
    workspace.build()
    found = heard(workspace.root / "build/video.mp4")
    parts = [level(found[start : start + 2400]) for start in range(2400, len(found) - 4800, 2400)]
    assert max(parts) - min(parts) < 2


def test_music_that_ends_too_early_is_reported_where_it_ends(workspace: Workspace) -> None:
    """Without a loop, short music fades out at its end; build and check name the scene."""
    write(workspace.root / "bed.wav", sine(440), 3)
    music = "music: {file: bed.wav, loop: false, fade_out: 1}\n"
    workspace.write("video.yaml", HEAD + music + scenes(2, 2, 2))
    outcome = workspace.run("build", "video.yaml")
    assert outcome.code == 0
    expected = "video.yaml:5:8: warning: the music ends 1.0 s into this scene"
    assert expected in outcome.stderr
    checked = workspace.run("check", "video.yaml")
    assert expected in checked.stdout + checked.stderr
    found = heard(workspace.root / "build/video.mp4")
    assert level(found[at(2.4) : at(2.6)]) < level(found[at(1) : at(1.2)]) - 2
    assert level(found[at(3.1) :]) < -80


def test_a_sound_starts_at_its_cue(workspace: Workspace) -> None:
    """A sound on a cue starts when the word after the cue does, to within half an AAC frame."""
    write(workspace.root / "ding.wav", lambda n: sine(HIGH, 0.5)(n) * max(0, 1 - n / 9600), 0.2)
    narration = '  - {id: one, type: title, title: A, narration: "We wait and then [[now]] it rings.", SOUND}\n'
    sound = "sounds: [{file: ding.wav, at: now, volume: 100}]"
    workspace.write("video.yaml", HEAD + "scenes:\n" + narration.replace("SOUND", sound))
    workspace.build()
    found = heard(workspace.root / "build/video.mp4")
    cue = json.loads(workspace.read("build/video.timing.json"))["scenes"][0]["cues"]["now"]
    blocks = [tone_level(found[n : n + 480], HIGH) for n in range(0, len(found) - 480, 240)]
    start = next(index for index, each in enumerate(blocks) if each > -45) * 240 / RATE
    assert start == pytest.approx(cue, abs=0.02)


def video_without_audio(path: Path) -> None:
    """Write a video of one second."""
    args = ["-f", "lavfi", "-i", "color=red:s=64x64:d=1", str(path)]
    ffmpeg.capture(args, cwd=path.parent, env={}, timeout=60, what="make a video")


BAD = {
    "music: nothing.wav\n": "1:8: error: file 'nothing.wav' does not exist",
    "music: folder\n": "1:8: error: 'folder' is a folder, not a file",
    "music: picture.png\n": "1:8: error: 'picture.png' is not music but an image",
    "music: text.mp3\n": "1:8: error: decode:text failed: 'text.mp3': ffmpeg could not read its audio: "
    "the file is corrupt, or its extension is wrong",
    "music: {file: empty.wav}\n": "1:15: error: decode:empty failed: the audio track of 'empty.wav' is empty",
    "music: film.mp4\n": "1:8: error: decode:film failed: 'film.mp4' has no audio track",
    "music: {file: tone.wav, start: 9}\n": "1:32: error: decode:tone failed: 'tone.wav' ends before its start at 9 s",
    "music: {file: tone.wav, volume: 150}\n": "1:33: warning: music at a volume of 150 is louder than speech",
    "music: silent.wav\n": "1:8: warning: this music is silent",
    "music: {file: tone.wav, volum: 3}\n": "1:25: error: unknown music field 'volum'",
}


@pytest.mark.parametrize(("music", "message"), BAD.items())
def test_bad_music_is_reported_at_its_place_by_check_and_build(workspace: Workspace, music: str, message: str) -> None:
    """Music that cannot be played as it is written is an error or a warning at its place in the spec."""
    root = workspace.root
    (root / "folder").mkdir()
    (root / "text.mp3").write_text("no music at all\n" * 100)
    (root / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    write(root / "empty.wav", sine(440), 0)
    write(root / "tone.wav", sine(440), 1)
    write(root / "silent.wav", lambda _: 0, 1)
    if "film" in music:
        video_without_audio(root / "film.mp4")
    workspace.write("video.yaml", music + HEAD + scenes(1))
    line, column, *_ = message.split(":")
    for command in ("check", "build"):
        outcome = workspace.run(command, "video.yaml")
        text = outcome.stdout + outcome.stderr
        severity, fact = message.split(": ", 2)[1:]
        assert f"video.yaml:{line}:{column}: " in text
        assert fact.partition(" failed: ")[2] or fact in text.replace("\n", " ")
        assert (outcome.code == 0) == (severity == "warning"), text


SOUNDS = {
    "{file: ding.wav, at: nowhere}": (2, "no narration defines cue 'nowhere'"),
    "{file: ding.wav, at: 9}": (0, "never played: starts at 9.0 s, but the scene ends at 2.0 s"),
    "{file: long.wav, at: 1}": (0, "this sound is longer than the rest of the scene, and fades out at its end"),
    "{file: film.wav, at: 1}": (2, "file 'film.wav' does not exist"),
    "{file: ding.wav}": (2, "missing sound field 'at'"),
}


@pytest.mark.parametrize(("sound", "expected"), SOUNDS.items())
@pytest.mark.parametrize("music", ["", "music: long.wav\n"], ids=["alone", "music"])
def test_bad_sounds_are_reported(workspace: Workspace, sound: str, expected: tuple[int, str], music: str) -> None:
    """Sounds that cannot be played as written are reported by check and build, with and without music."""
    write(workspace.root / "ding.wav", sine(900), 0.3)
    write(workspace.root / "long.wav", sine(900), 3)
    scene = f"  - id: one\n    type: title\n    title: A\n    duration: 2\n    sounds: [{sound}]\n"
    workspace.write("video.yaml", f"{HEAD}{music}scenes:\n{scene}")
    for command in ("check", "build"):
        outcome = workspace.run(command, "video.yaml")
        text = outcome.stdout + outcome.stderr
        assert expected[1] in text
        line = 12 if music else 11
        assert f"video.yaml:{line - 1}:" in text
        assert outcome.code == expected[0], text


def test_windows_fit_where_speech_is_near_a_border(workspace: Workspace) -> None:
    """Speech that begins 0.1 s after a border or ends before it makes no frame that does not fit its neighbor."""
    write(workspace.root / "bed.wav", music_lab.ticks(7000), 5)
    spoken = "title: A, narration: Take part., pause_before: 0.1, pause_after: 0.1"
    lines = [f"  - {{id: s{number}, type: title, {spoken}}}\n" for number in range(8)]
    workspace.write("video.yaml", HEAD + "music: {file: bed.wav, volume: 100}\nscenes:\n" + "".join(lines))
    workspace.build()
    assert window_pairs(workspace.root / "build/video.mp4") <= FITTING
    assert music_lab.loudness(workspace.root / "build/video.mp4")[1] <= -1.4


def test_the_report_names_the_music(workspace: Workspace) -> None:
    """The report page has the names of the files that are played."""
    write(workspace.root / "bed & more.wav", sine(440), 1)
    workspace.write("video.yaml", HEAD + 'music: "bed & more.wav"\n' + scenes(1))
    workspace.build()
    assert "<dt>music</dt><dd>bed &amp; more.wav</dd>" in workspace.read("build/video.report.html")


def test_music_that_ends_before_its_start_is_one_error(workspace: Workspace) -> None:
    """A start behind the end of the file is one error at its field, however many scenes have the music."""
    ffmpeg.run(
        ["-f", "lavfi", "-i", "sine=d=2", str(workspace.root / "bed.wav")],
        cwd=workspace.root,
        env=ENV,
        timeout=60,
        what="make music",
    )
    scenes = "".join(f"  - {{id: s{n}, type: title, title: T, duration: 1}}\n" for n in range(4))
    workspace.write("video.yaml", f"vidbuild: 1\ntitle: T\nmusic: {{file: bed.wav, start: 9}}\nscenes:\n{scenes}")
    for command in ("check", "build"):
        shown = workspace.run(command, "video.yaml").stderr
        assert shown.count("video.yaml:3:31: decode:bed failed: 'bed.wav' ends before its start at 9 s") == 1
        assert "decode:bed-2" not in shown
