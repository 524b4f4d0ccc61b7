"""An ffmpeg that succeeds with wrong output (another kind, truncated, too few or too many frames): the step fails."""

from __future__ import annotations

import array
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support.render_lab import SIZE, Drawing, context, fake_ffmpeg, render_context
from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.audio import wav
from vidbuild.media.ffmpeg import ffmpeg, tool_output
from vidbuild.media.h264.encode import PROFILES
from vidbuild.media.image import image_size
from vidbuild.media.render.motion import Effect, Motion, Track
from vidbuild.media.text.words import EngineWord, Speech
from vidbuild.steps import audio, render, speak, still, transition

LIE = """
import pathlib, re, shutil, subprocess
real = {real!r}
def find(name):
    return [pathlib.Path(arg) for arg in args if re.search(name, arg)]
def work():
    code = subprocess.run([real, *args]).returncode
    if code: sys.exit(code)
{body}
"""


@pytest.fixture
def lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a program in ffmpeg's place that runs the body, in which `work()` is the real work."""
    real = str(ffmpeg.executable())

    def put(body: str) -> None:
        monkeypatch.setenv(ffmpeg.VARIABLE, str(fake_ffmpeg(tmp_path / "lying", LIE.format(real=real, body=body))))

    return put


def picture(folder: Path, frames: int = 20, size: tuple[int, int] = SIZE) -> Any:
    """A small scene in which something comes."""
    drawing = Drawing(folder, size).add("background", colour=(10, 15, 31)).add("a", (10, 10, 60, 20))
    return drawing.picture(Motion(30, frames, {"a": Track(enter=Effect(3, 4, "fade"))}))


SMALL = (
    "work(); source = ['-f', 'lavfi', '-i', 'color=s=64x36', '-frames:v', '1', '-update', '1']; "
    "subprocess.run([real, '-v', 'error', '-y', *source, find(r'{}')[0]])"
)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("pass", r"wrote no video: 'band-0\.h264': no such file or directory"),
        ("[os.mkfifo(each) for each in find('band-')]", r"wrote no video: 'band-0\.h264' is not a regular file"),
        ("[os.mkdir(each) for each in find('band-')]", "is not a regular file"),
        ("[each.symlink_to('/etc/passwd') for each in find('band-')]", r"wrote no video: 'band-0\.h264': "),
        ("[os.truncate(os.open(each, os.O_CREAT | os.O_RDWR), 1 << 40) for each in find('band-')]", "wrote too much"),
        ("[each.write_bytes(b'') for each in find('band-')]", "a corrupt segment: no H.264 start code"),
        ("[each.write_bytes(os.urandom(9999)) for each in find('band-')]", "a corrupt segment"),
        ("work(); find('band-0')[0].write_bytes(2 * find('band-0')[0].read_bytes())", "a corrupt segment"),
        (r"work(); find(r'thumb\.jpg$')[0].unlink()", r"wrote no thumbnail: 'thumb\.jpg'"),
        (r"work(); find(r'thumb\.jpg$')[0].write_bytes(b'')", "a corrupt thumbnail: not a JPEG"),
        (r"work(); os.truncate(find(r'thumb\.jpg$')[0], 300)", "a corrupt thumbnail: truncated"),
        (
            SMALL.format(r"thumb\.jpg$"),
            "a wrong thumbnail: expected 480x270, got 64x36",
        ),
    ],
)
def test_a_segment_is_verified(tmp_path: Path, lie: Callable[[str], None], body: str, words: str) -> None:
    """V19: a rendered file has its frames and its size, or there is an error with the expected and actual values."""
    step = render_context(tmp_path / "step", picture(tmp_path / "d"))
    lie(body)
    with pytest.raises(StepError, match=words):
        render.run(step)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("pass", r"wrote no still: 'still\.png': no such file or directory"),
        (r"os.mkfifo(find(r'still\.png$')[0])", "is not a regular file"),
        (r"find(r'still\.png$')[0].write_bytes(b'PNG')", "a corrupt still: not a PNG"),
        (r"work(); os.truncate(find(r'still\.png$')[0], 200)", "a corrupt still: truncated"),
        (
            SMALL.format(r"still\.png$"),
            "a wrong still: expected 160x90, got 64x36",
        ),
    ],
)
def test_a_still_is_verified(tmp_path: Path, lie: Callable[[str], None], body: str, words: str) -> None:
    """V19: a still is a whole PNG of the video's size."""
    step = render_context(tmp_path / "step", picture(tmp_path / "d"), frame=0)
    lie(body)
    with pytest.raises(StepError, match=words):
        still.run(step)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("pass", "wrote no video"),
        (
            "work(); [each.write_bytes(each.read_bytes()[:-3000]) for each in find('band-')]",
            "corrupt segment|wrong segment",
        ),
    ],
)
def test_a_transition_is_verified(tmp_path: Path, lie: Callable[[str], None], body: str, words: str) -> None:
    """V19: a transition's pictures are counted like a scene's."""
    one, other = picture(tmp_path / "a", 8), picture(tmp_path / "b", 8)
    inputs: dict[str, Path] = {}
    for prefix, each in (("a.", one), ("b.", other)):
        motion = tmp_path / f"{prefix}json"
        motion.write_text(each.motion.to_json(), encoding="utf-8")
        inputs |= {f"{prefix}layers": each.folder, f"{prefix}motion": motion}
    params = {"effect": "fade", "frames": 8, "size": list(SIZE), "profile": dict(PROFILES["standard"])}
    lie(body)
    with pytest.raises(StepError, match=words):
        transition.run(context(tmp_path / "step", params, inputs))


def sound_context(root: Path, *, clip: bool = False) -> Context:
    """A scene of a second with narration, over a clip's sound where that is wanted."""
    span, spoken = root / "span.json", root / "narration.wav"
    root.mkdir()
    timing = {"fps": 30, "frames": 30, "samples": 48000, "narration": {"start": 0, "samples": 24000}}
    timing["clip"] = {"track": 1, "regular": True, "origin": 0.0}
    span.write_text(json.dumps(timing), encoding="utf-8")
    wav.write(spoken, array.array("h", [(index % 100) * 200 - 10_000 for index in range(24_000)]))
    params: dict[str, Any] = {"loudness": -16.0, "peak": -1.5}
    inputs = {"timing": span, "narration": spoken}
    if clip:
        params["clip"] = {"mode": "keep", "start_ms": 0, "end_ms": None}
        inputs["clip"] = root / "clip.wav"
        wav.write(inputs["clip"], array.array("h", [(index % 80) * 100 - 4_000 for index in range(48_000)]))
    return context(root / "step", params, inputs)


ENCODED = "made = find('encoded.aac$')\nif made:\n    made = made[0]\n    "


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("if not find('encoded'): work()", r"wrote no audio: 'encoded\.aac': no such file or directory"),
        ("work()\n" + ENCODED + "made.unlink(); os.mkfifo(made)", "is not a regular file"),
        ("work()\n" + ENCODED + "os.truncate(made, 1 << 30)", "wrote too much"),
        ("work()\n" + ENCODED + "made.write_bytes(b'')", r"expected 50 frames for 48000 samples, got 0"),
        ("work()\n" + ENCODED + "os.truncate(made, made.stat().st_size - 9)", "corrupt audio: frame .* is truncated"),
        ("work()\n" + ENCODED + "made.write_bytes(b'x' * 999)", "corrupt audio: .* syncword"),
        (
            "if find('encoded'): args[:] = ['-t', '0.3', *args]\nwork()",
            r"expected 50 frames for 48000 samples, got 1\d$",
        ),
        (
            ENCODED + "args[-1:-1] = ['-ac', '2']\nwork()",
            "wrong audio: expected AAC LC 48000 Hz 1 ch, got AAC LC 48000 Hz 2 ch",
        ),
        (ENCODED + "args[-1:-1] = ['-ar', '44100']\nwork()", "expected 50 frames|got AAC LC 44100 Hz 1 ch"),
        ("sys.exit(0)", "ffmpeg reported no loudness"),
        ("sys.stderr.write('    I:         nan LUFS\\n    Peak:  inf dBFS\\n')", "wrote no audio"),
    ],
)
def test_a_sound_is_verified(tmp_path: Path, lie: Callable[[str], None], body: str, words: str) -> None:
    """V19: a scene's sound has the frames of its samples, of the kind that was asked for."""
    step = sound_context(tmp_path / "scene")
    lie(body)
    with pytest.raises(StepError, match=words):
        audio.run(step)
    assert not (step.out / "sound.aac").exists()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("if not find('clip.raw'): work()", r"wrote no audio of the clip: 'clip\.raw'"),
        ("work()\nfor each in find('clip.raw$'): os.truncate(each, 1 << 30)", "wrote too much|wrong mixed audio"),
        (
            "work()\nfor each in find('mixed.raw$'): os.truncate(each, 4096)",
            "wrong mixed audio: expected 401408 bytes, got 4096",
        ),
        (
            "work()\nfor each in find('mixed.raw$'): each.unlink(missing_ok=True)",
            "wrong mixed audio: expected 401408 bytes, got 0",
        ),
    ],
)
def test_a_mixture_is_verified(tmp_path: Path, lie: Callable[[str], None], body: str, words: str) -> None:
    """V19: mixed sound has as many samples as what was mixed."""
    step = sound_context(tmp_path / "scene", clip=True)
    lie(body)
    with pytest.raises(StepError, match=words):
        audio.run(step)


def test_a_real_mixture_passes(tmp_path: Path) -> None:
    """What is checked is true of what ffmpeg really makes, with and without a clip."""
    for clip in (False, True):
        step = sound_context(tmp_path / f"scene-{clip}", clip=clip)
        audio.run(step)
        assert (step.out / "sound.aac").stat().st_size > 1000


@pytest.mark.parametrize(
    ("samples", "words", "message"),
    [
        (100, (), "'test': expected 100 samples, as reported, got 99"),
        (99, (EngineWord("a", 0, 100),), "'test': expected 'a' between samples 0 and 99, got 0 to 100"),
        (99, (EngineWord("a", 50, 40),), "expected 'a' between samples 0 and 99, got 50 to 40"),
        (99, (EngineWord("a", -1, 40),), "expected 'a' between samples 0 and 99, got -1 to 40"),
        (
            99,
            (EngineWord("a", 50, 60), EngineWord("b", 40, 45)),
            "expected 'b' between samples 50 and 99, got 40 to 45",
        ),
    ],
)
def test_words_lie_in_their_audio(tmp_path: Path, samples: int, words: tuple[EngineWord, ...], message: str) -> None:
    """V19: an engine whose audio is shorter than it reports, or whose words lie outside of it, is refused."""
    path = tmp_path / "narration.wav"
    wav.write(path, array.array("h", bytes(2 * 99)))
    with pytest.raises(StepError, match=message):
        speak.check(Speech(words, samples), "test", path)
    speak.check(Speech((EngineWord("a", 0, 50), EngineWord("b", 50, 99)), 99), "test", path)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"only words, no sound"])
def test_an_engine_without_sound_is_named(tmp_path: Path, data: bytes) -> None:
    """V19: no file, an empty one or another's in place of narration is an error that names the voice."""
    path = tmp_path / "narration.wav"
    with pytest.raises(StepError, match="'test': wrote no audio"):
        speak.check(Speech((), 0), "test", path)
    path.write_bytes(data)
    with pytest.raises(StepError, match="'test': wrote no audio"):
        speak.check(Speech((), 0), "test", path)


def test_a_cut_narration_is_noticed(tmp_path: Path) -> None:
    """V19: a WAV file whose head promises more than there is."""
    path = tmp_path / "narration.wav"
    wav.write(path, array.array("h", bytes(2000)))
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(StepError, match=r"'narration\.wav' is truncated: expected 1000 samples, got 850"):
        speak.check(Speech((), 1000), "test", path)


def test_sizes_of_image_files(tmp_path: Path) -> None:
    """A size is read from every kind of PNG and JPEG that Pillow writes, and of no part of one."""
    image = Image.effect_noise((123, 45), 50)
    for name, options in (
        ("a.png", {}),
        ("b.jpg", {}),
        ("c.jpg", {"progressive": True}),
        ("d.jpg", {"exif": b"Exif" * 99}),
    ):
        image.save(tmp_path / name, **options)
        data = (tmp_path / name).read_bytes()
        size = image_size.png_size if name.endswith("png") else image_size.jpeg_size
        assert size(data) == (123, 45), name
        for end in range(0, len(data), 7):
            with pytest.raises(image_size.ImageFileError):
                size(data[:end])


def test_a_product_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    """A file up to the limit is read; a larger one, a pipe, a link or a folder is named and not waited for."""
    path = tmp_path / "made.bin"
    path.write_bytes(b"12345")
    assert tool_output.read(path, 5, "thing") == b"12345"
    assert tool_output.read(path, 1 << 60, "thing") == b"12345", "it takes no memory for what might have been"
    with pytest.raises(StepError, match=r"'made\.bin': expected at most 4 bytes, got 5"):
        tool_output.read(path, 4, "thing", "a tool")
