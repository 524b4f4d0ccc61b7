"""Audio that exceeds full scale, or is far below it, comes out as it was recorded, only leveled."""

from __future__ import annotations

import array
import math
import struct
import subprocess

import pytest

from tests.support.workspace import Workspace
from vidbuild.media.ffmpeg import ffmpeg

RATE = 48_000
HERTZ = 1000
SPEC = """\
vidbuild: 1
title: T
output: {size: 160x90, fps: 25}
defaults: {pause_before: 0, pause_after: 0}
scenes:
"""
RECORDING = "  - {id: a, type: title, title: One, narration: {audio: %s, text: This is a tone.}}\n"
CLIP = "  - {id: a, type: clip, src: %s}\n"


def made(space: Workspace, name: str, level: float, *coding: str) -> str:
    """Write a file with a tone of 2 s. level: its peak in dBFS."""
    tone = f"aevalsrc=pow(10\\,{level}/20)*sin(2*PI*{HERTZ}*t):s={RATE}:d=2"
    picture = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=2", "-c:v", "libx264") if name.endswith("mkv") else ()
    command = [str(ffmpeg.executable()), "-v", "error", "-f", "lavfi", "-i", tone, *picture, *coding]
    subprocess.run([*command, str(space.root / name)], check=True)
    return name


def decoded(space: Workspace, scene: str) -> array.array[float]:
    """Build a video of one scene and return a second from the middle of its audio."""
    space.write("video.yaml", SPEC + scene)
    done = space.run("build", "video.yaml")
    assert done.code == 0, done.stderr
    video = str(space.root / "build" / "video.mp4")
    options = ("-v", "error", "-i", video, "-map", "0:a", "-af", "pan=mono|c0=c0", "-ar", str(RATE), "-f", "f32le", "-")
    audio = array.array(
        "f", subprocess.run([str(ffmpeg.executable()), *options], capture_output=True, check=True).stdout
    )
    return audio[RATE // 2 : RATE // 2 + RATE]


def amplitude(audio: array.array[float], hertz: float) -> float:
    """Return the amplitude at a frequency in dB: the discrete Fourier transform over whole periods."""
    angle = math.tau * hertz / RATE
    cosine = sum(sample * math.cos(angle * index) for index, sample in enumerate(audio))
    sine = sum(sample * math.sin(angle * index) for index, sample in enumerate(audio))
    return 20 * math.log10(max(1e-9, 2 * math.hypot(cosine, sine) / len(audio)))


@pytest.mark.parametrize(
    ("name", "coding", "scene"),
    [
        ("take.wav", ("-c:a", "pcm_f32le"), RECORDING),
        ("take64.wav", ("-c:a", "pcm_f64le"), RECORDING),
        ("take.m4a", ("-c:a", "aac", "-b:a", "256k"), RECORDING),
        ("clip.mkv", ("-c:a", "pcm_f32le"), CLIP),
    ],
)
def test_a_tone_over_full_scale_is_leveled_like_a_softer_one(
    workspace: Workspace, name: str, coding: tuple[str, ...], scene: str
) -> None:
    """A tone of +6 dBFS has the level and the purity of one of -12 dBFS: it is made softer before it is rounded."""
    loud = decoded(workspace, scene % made(workspace, name, 6, *coding))
    soft = decoded(workspace, scene % made(workspace, f"soft-{name}", -12, *coding))
    assert amplitude(loud, HERTZ) == pytest.approx(amplitude(soft, HERTZ), abs=0.2)
    for harmonic in (3, 5, 7):
        assert amplitude(loud, harmonic * HERTZ) < amplitude(loud, HERTZ) - 50


def test_a_soft_recording_keeps_its_details(workspace: Workspace) -> None:
    """A tone of -56 dBFS with 24 bits per sample is as pure as it was, and 30 dB louder, the maximum gain."""
    tone = decoded(workspace, RECORDING % made(workspace, "take.wav", -56, "-c:a", "pcm_s24le"))
    assert amplitude(tone, HERTZ) == pytest.approx(-26, abs=0.5)
    assert amplitude(tone, 3 * HERTZ) < amplitude(tone, HERTZ) - 60
    done = workspace.run("check", "video.yaml")
    assert "recording too quiet: needs more than the maximum gain of 30 dB" in done.stdout + done.stderr


def test_32_bits_per_sample_at_full_scale(workspace: Workspace) -> None:
    """Integers of 32 bits at full scale are no louder than full scale."""
    tone = decoded(workspace, RECORDING % made(workspace, "take.wav", 0, "-c:a", "pcm_s32le"))
    assert amplitude(tone, 3 * HERTZ) < amplitude(tone, HERTZ) - 50


def test_samples_that_are_not_numbers(workspace: Workspace) -> None:
    """A recording with NaN is an error at its field, in check and build."""
    made(workspace, "take.wav", -12, "-c:a", "pcm_f32le")
    data = bytearray((workspace.root / "take.wav").read_bytes())
    data[-4000:-3996] = b"\0\0\xc0\x7f"
    workspace.write("take.wav", bytes(data))
    workspace.write("video.yaml", SPEC + RECORDING % "take.wav")
    for command in ("check", "build"):
        done = workspace.run(command, "video.yaml")
        assert done.code == 2
        assert "video.yaml:6:" in done.stderr
        assert "samples that are not numbers (NaN or infinite)" in done.stderr


def test_samples_of_a_clip_that_are_not_numbers(workspace: Workspace) -> None:
    """A clip whose audio has infinite samples is an error at its file, in check and build."""
    made(workspace, "clip.mkv", -12, "-pix_fmt", "yuv420p", "-c:a", "pcm_f32le")
    data = (workspace.root / "clip.mkv").read_bytes()
    loud = struct.pack("<f", 10 ** (-12 / 20))
    assert loud in data, "a peak of the tone"
    workspace.write("clip.mkv", data.replace(loud, struct.pack("<f", math.inf)))
    workspace.write("video.yaml", SPEC + CLIP % "clip.mkv")
    for command in ("check", "build"):
        done = workspace.run(command, "video.yaml")
        assert done.code == 2
        assert "video.yaml:6:" in done.stderr
        assert "'clip.mkv' has samples that are not numbers (NaN or infinite)" in done.stderr
