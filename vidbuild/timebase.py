"""Convert between seconds, frames and samples; a spec's seconds become whole numbers only here.

Audio is 48 kHz everywhere. 48,000 is a multiple of every allowed frame rate (24, 25, 30, 50, 60), so a frame is a whole
number of samples and nothing drifts.
"""

from __future__ import annotations

SAMPLE_RATE = 48_000


def samples(seconds: float) -> int:
    """Seconds as the nearest whole number of samples."""
    return round(seconds * SAMPLE_RATE)


def samples_per_frame(fps: int) -> int:
    """The length of a frame in samples; raise ValueError for a rate that does not divide 48,000."""
    count, remainder = divmod(SAMPLE_RATE, fps)
    if remainder:
        raise ValueError(f"{fps} fps does not divide {SAMPLE_RATE} Hz")
    return count


def frames_to_hold(length: int, fps: int) -> int:
    """The least number of frames that last at least `length` samples."""
    return -(-length // samples_per_frame(fps))


def frame_at(sample: int, fps: int) -> int:
    """The frame nearest to a sample, counted from 0."""
    per_frame = samples_per_frame(fps)
    return (2 * sample + per_frame) // (2 * per_frame)


def frames(seconds: float, fps: int) -> int:
    """Seconds as the nearest whole number of frames."""
    return round(seconds * fps)


def even_frames(seconds: float, fps: int) -> int:
    """Seconds as the nearest even number of frames, at least two: a transition takes half from each neighbor."""
    return max(2, 2 * round(seconds * fps / 2))


def seconds_text(sample: int, digits: int = 1) -> str:
    """Samples as seconds for a message: "12.4 s"."""
    return f"{sample / SAMPLE_RATE:.{digits}f} s"
