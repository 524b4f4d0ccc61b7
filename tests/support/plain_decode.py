"""What a file presents, by ffmpeg's plain decoding of all of its packets: no seeking, and no code of vidbuild's."""

from __future__ import annotations

import array
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

RATE = 48_000
COLUMNS = 8
WIDTH, HEIGHT = 64, 36


@dataclass(frozen=True)
class Plain:
    """The pictures and the sound of a file, on the clock of the decoder.

    pictures: (time in seconds, length in seconds, number that the picture shows).
    sound: mono samples at 48 kHz, silence where there are none.
    sound_end: when the last sample ends, in seconds; 0 without sound.
    """

    pictures: tuple[tuple[float, float, int], ...]
    sound: array.array[int]
    sound_end: float

    @property
    def end(self) -> float:
        """When the last picture and the last sample have been presented."""
        return max(max((start + length for start, length, _ in self.pictures), default=0.0), self.sound_end)

    def number_at(self, time: float) -> int:
        """The picture on the screen at a time: the last that came, and before the first, that one."""
        shown = [number for start, _, number in self.pictures if start <= time]
        return shown[-1] if shown else self.pictures[0][2]


def plain(path: Path, track: int = 1) -> Plain:
    """Decode a file from its first packet to its last, video and one audio track together."""
    raw, pcm, frames, blocks = (
        path.with_suffix(f"{path.suffix}.{kind}") for kind in ("gray", "pcm", "frames", "blocks")
    )
    picture = ["-map", "0:V:0", "-fps_mode", "passthrough", "-enc_time_base", "demux"]
    args = ["-nostdin", "-hide_banner", "-y", "-threads", "1", "-i", str(path), *picture, "-f", "framecrc", str(frames)]
    args += [*picture, "-vf", f"scale={WIDTH}:{HEIGHT},format=gray", "-f", "rawvideo", str(raw)]
    if _has_sound(path):
        sound = ["-map", f"0:a:{track - 1}", "-c:a", "pcm_s16le"]
        args += [*sound, "-f", "framecrc", str(blocks), *sound, "-ar", str(RATE), "-ac", "1", "-f", "s16le", str(pcm)]
    subprocess.run([get_ffmpeg_exe(), *args], check=True, capture_output=True, timeout=120)
    size, data, listed = WIDTH * HEIGHT, raw.read_bytes(), _listed(frames)
    assert len(listed) == len(data) // size
    numbers = [number_of(data[at * size : (at + 1) * size], WIDTH, HEIGHT) for at in range(len(listed))]
    pictures = tuple((start, length, number) for (start, length), number in zip(listed, numbers, strict=True))
    if not blocks.exists():
        return Plain(pictures, array.array("h"), 0.0)
    return Plain(pictures, *_placed(_listed(blocks), pcm))


def _has_sound(path: Path) -> bool:
    asked = [get_ffmpeg_exe(), "-hide_banner", "-i", str(path)]
    return b": Audio: " in subprocess.run(asked, check=False, capture_output=True, timeout=60).stderr


def _listed(path: Path) -> list[tuple[float, float]]:
    """The start and length in seconds of each frame or block of samples that ffmpeg lists."""
    text = path.read_text(encoding="utf-8")
    base = re.search(r"^#tb 0: (\d+)/(\d+)$", text, re.MULTILINE)
    if base is None:
        return []
    tick = int(base[1]) / int(base[2])
    found = re.findall(r"^0, *-?\d+, *(-?\d+), *(\d+),", text, re.MULTILINE)
    return [(int(start) * tick, int(length) * tick) for start, length in found]


def number_of(gray: bytes, width: int, height: int) -> int:
    """The number that a gray picture shows in eight columns, the lowest bit first."""
    row = gray[height // 2 * width :]
    return sum((row[int((bit + 0.5) * width / COLUMNS)] > 128) << bit for bit in range(COLUMNS))


def _placed(blocks: list[tuple[float, float]], pcm: Path) -> tuple[array.array[int], float]:
    """Put each decoded block of samples at its time; later ones replace what they overlap."""
    decoded = array.array("h", pcm.read_bytes())
    end = max((start + length for start, length in blocks), default=0.0)
    placed, done = array.array("h", bytes(2 * (round(end * RATE) + RATE))), 0.0
    for start, length in blocks:
        part = decoded[round(done) : round(done + length * RATE)]
        done += length * RATE
        at = round(start * RATE)
        part = part[max(0, -at) :]
        placed[max(0, at) : max(0, at) + len(part)] = part
    return placed, end


def onsets(sound: array.array[int], *, quiet: float = 0.1) -> list[float]:
    """When each sound begins, in seconds: louder than a fifth of the loudest, after `quiet` seconds of less."""
    peak = max((abs(sample) for sample in sound), default=0)
    found, last = [], -RATE
    for at, sample in enumerate(sound):
        if abs(sample) > peak // 5:
            if at - last > quiet * RATE:
                found.append(at / RATE)
            last = at
    return found
