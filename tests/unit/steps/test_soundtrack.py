"""The soundtrack step: the audio of all scenes as an M4A or MP3, with chapters, as ffmpeg reads it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.render_lab import ENV, context, made
from vidbuild import seal
from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.audio import adts
from vidbuild.media.container import ffmetadata
from vidbuild.media.container.ffmetadata import Chapter
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.steps import soundtrack

RATE = 48_000
LENGTHS = (60, 45, 75)  # frames of the scenes, at 30 a second
CHAPTERS = [Chapter(0, "One"), Chapter(2 * RATE, "Two; three"), Chapter(3 * RATE + RATE // 2, "Vier")]


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The audio of three scenes: a click at the 9600th sample of each, without the encoder's first frame."""
    folder = tmp_path_factory.mktemp("sounds")
    paths = []
    for number, frames in enumerate(LENGTHS):
        samples = frames * RATE // 30
        path = folder / f"{number}.aac"
        click = f"aevalsrc='gte(n,9600)*lt(n,10080)*sin(n/4)*0.5':s=48000:d={samples / RATE + 0.1}"
        made(path, "-f", "lavfi", "-i", click, "-ac", "2", "-c:a", "aac", "-b:a", "128k", "-f", "adts")
        path.write_bytes(b"".join(adts.split(path.read_bytes())[1 : adts.frames_to_keep(samples) + 1]))
        paths.append(path)
    return paths


def step_of(root: Path, sounds: list[Path], encoding: str) -> Context:
    """The step for these scenes."""
    root.mkdir()
    inputs = {"chapters": root / "chapters.ffmeta"}
    end = sum(LENGTHS) * RATE // 30
    inputs["chapters"].write_text(ffmetadata.write(CHAPTERS, end), encoding="utf-8")
    for number, (sound, frames) in enumerate(zip(sounds, LENGTHS, strict=True)):
        inputs[f"audio:s{number}"], inputs[f"timing:s{number}"] = sound, root / f"{number}.json"
        timing = {"fps": 30, "frames": frames, "samples": frames * RATE // 30}
        inputs[f"timing:s{number}"].write_text(json.dumps(timing), encoding="utf-8")
    order = [{"scene": f"s{number}"} for number, _ in enumerate(sounds)]
    own = {"title": "Sound", "description": "Of it", "language": "en", "fps": 30}
    return context(root / "s", {**own, "order": order, "format": encoding}, inputs)


def run(root: Path, sounds: list[Path], encoding: str) -> Path:
    """Run the step and return the file."""
    step = step_of(root, sounds, encoding)
    soundtrack.run(step)
    assert json.loads((step.out / "render.json").read_text(encoding="utf-8"))["frames"] == sum(LENGTHS)
    return step.out / f"soundtrack.{encoding}"


def clicks(path: Path) -> tuple[list[int], int]:
    """At which samples a click begins, and how many samples there are."""
    args = ["-i", str(path), "-map", "0:a", "-ac", "1", "-ar", "48000", "-f", "s16le", "-"]
    data = ffmpeg.capture(args, cwd=path.parent, env=ENV, timeout=60, what="decode", loglevel="error").output
    levels, found = memoryview(data).cast("h"), list[int]()
    for at in range(len(levels)):
        if abs(levels[at]) > 4000 and (not found or at - found[-1] > 4000):
            found.append(at)
    return found, len(levels)


@pytest.mark.parametrize("encoding", ["m4a", "mp3"])
def test_all_scenes_are_heard_at_their_times(tmp_path: Path, sounds: list[Path], encoding: str) -> None:
    """Each scene's audio begins at its start to within half an AAC frame, and the file is as long as the video."""
    path = run(tmp_path / "a", sounds, encoding)
    found, samples = clicks(path)
    expected = [9600, 96_000 + 9600, 168_000 + 9600]
    assert len(found) == 3
    assert all(abs(at - wanted) <= 700 for at, wanted in zip(found, expected, strict=True))
    assert abs(samples - 288_000) <= 1200


@pytest.mark.parametrize("encoding", ["m4a", "mp3"])
def test_other_readers_find_the_chapters(tmp_path: Path, sounds: list[Path], encoding: str) -> None:
    """Title and chapters are in the file, the only stream that plays is audio, and nothing is damaged."""
    path = run(tmp_path / "a", sounds, encoding)
    read = ["-i", str(path), "-f", "ffmetadata", "-"]
    text = ffmpeg.capture(read, cwd=tmp_path, env=ENV, timeout=60, what="read").output.decode()
    found = ffmetadata.parse(text)
    assert [chapter.title for chapter in found] == [chapter.title for chapter in CHAPTERS]
    delay = 0 if encoding == "m4a" else 1200  # of the encoder, which ffmpeg takes off when it copies chapters
    assert all(abs(one.start - two.start) <= delay for one, two in zip(found, CHAPTERS, strict=True))
    assert "title=Sound\n" in text
    whole = ["-xerror", "-i", str(path), "-map", "0:a", "-f", "null", "-"]
    done = ffmpeg.capture(whole, cwd=tmp_path, env=ENV, timeout=60, what="decode", loglevel="warning")
    assert not done.text
    shown = ffmpeg.capture(["-i", str(path), "-f", "null", "-"], cwd=tmp_path, env=ENV, timeout=60, what="read").text
    assert "Video:" not in shown
    assert shown.count("Audio:") == 2, "the input and the output"
    assert seal.state_of(path) == "intact"


def test_an_m4a_has_the_frames_of_the_scenes(tmp_path: Path, sounds: list[Path]) -> None:
    """No AAC frame is encoded again, and the file says that it is an M4A."""
    data = run(tmp_path / "a", sounds, "m4a").read_bytes()
    assert data[4:12] == b"ftypM4A "
    for sound in sounds:
        for frame in adts.split(sound.read_bytes())[:40]:
            assert adts.payload(frame) in data


@pytest.mark.parametrize("encoding", ["m4a", "mp3"])
def test_the_same_bytes_are_made_again(tmp_path: Path, sounds: list[Path], encoding: str) -> None:
    """Two runs write the same bytes."""
    assert run(tmp_path / "a", sounds, encoding).read_bytes() == run(tmp_path / "b", sounds, encoding).read_bytes()


def test_audio_of_another_length_is_refused(tmp_path: Path, sounds: list[Path]) -> None:
    """A scene whose audio is not as long as its timing says would move all others."""
    step = step_of(tmp_path / "a", [sounds[1], *sounds[1:]], "m4a")
    with pytest.raises(StepError, match="wrong audio length"):
        soundtrack.run(step)


def test_an_mp3_says_that_its_speech_is_synthetic(tmp_path: Path, sounds: list[Path]) -> None:
    """Two texts of ID3 have the IPTC's term and the voices, as ffmpeg reads them; recordings of people have none."""
    step = step_of(tmp_path / "a", sounds, "mp3")
    marked = context(tmp_path / "b", {**step.params, "synthetic_voices": ["espeak:en-us"]}, step.inputs)
    for each, expected in ((marked, True), (step, False)):
        soundtrack.run(each)
        read = ["-i", str(each.out / "soundtrack.mp3"), "-f", "ffmetadata", "-"]
        text = ffmpeg.capture(read, cwd=tmp_path, env=ENV, timeout=60, what="read").output.decode()
        source = "DIGITAL_SOURCE_TYPE=http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic\n"
        assert (source in text) == expected
        assert ("AI_SYSTEM_USED=synthetic voices: espeak:en-us\n" in text) == expected
