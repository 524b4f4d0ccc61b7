"""AAC frames in ADTS."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.media.audio import adts

STEREO = adts.Configuration(adts.LC, 48_000, 2)
MONO = adts.Configuration(adts.LC, 48_000, 1)

# One frame as a widely used encoder wrote it: LC, 44.1 kHz, two channels, 13 bytes in all.
FOREIGN = bytes.fromhex("fff15080 01bffc".replace(" ", "")) + bytes.fromhex("210010046000")


def test_a_header_another_program_wrote_is_read() -> None:
    """Profile, rate, channels and length stand where the standard has them."""
    assert adts.configuration(FOREIGN) == adts.Configuration(adts.LC, 44_100, 2)
    assert adts.split(FOREIGN) == [FOREIGN]
    assert adts.payload(FOREIGN) == bytes.fromhex("210010046000")


def test_a_frame_with_a_checksum_is_read() -> None:
    """Two bytes of CRC stand before the block where protection_absent is 0."""
    frame = bytearray(adts.wrap(b"\0\0" + b"block", STEREO))
    frame[1] &= 0xFE
    assert adts.payload(bytes(frame)) == b"block"


@given(
    st.lists(st.binary(min_size=0, max_size=300), max_size=8),
    st.sampled_from([STEREO, MONO, adts.Configuration(adts.LC, 44_100, 6)]),
)
def test_what_is_wrapped_is_found_again(blocks: list[bytes], kind: adts.Configuration) -> None:
    """Frames are split where they were put together, and nothing is lost between them."""
    found = adts.split(b"".join(adts.wrap(block, kind) for block in blocks))
    assert [adts.payload(frame) for frame in found] == blocks
    assert all(adts.configuration(frame) == kind for frame in found)


def test_a_block_too_long_is_refused() -> None:
    """The length has 13 bits."""
    longest = adts.wrap(bytes((1 << 13) - 8), STEREO)
    assert adts.split(longest) == [longest]
    with pytest.raises(adts.AdtsError, match="expected at most 8184 bytes, got 8185"):
        adts.wrap(bytes((1 << 13) - 7), STEREO)


GOOD = adts.wrap(b"abc", STEREO)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (GOOD + GOOD[:-1], "frame 1 is truncated: 9 of 10 bytes are left"),
        (GOOD + GOOD[:4], "frame 1 is truncated: 4 bytes are left"),
        (GOOD + b"\0" + GOOD, "frame 1 at byte 10 does not begin with a syncword"),
        (b"ID3\x04" + GOOD, "frame 0 at byte 0 does not begin with a syncword"),
        (GOOD + adts.wrap(b"x", MONO), "frame 1 is AAC LC 48000 Hz 1 ch, but the first is AAC LC 48000 Hz 2 ch"),
        (GOOD[:6] + bytes([GOOD[6] | 1]) + b"abc", "frame 0: expected 1 raw data block, got 2"),
        (GOOD[:3] + bytes([GOOD[3] & 0xFC, 0, GOOD[5] & 0x1F]) + GOOD[6:], "frame 0 has the invalid length of 0 bytes"),
        (bytes([*GOOD[:2], GOOD[2] | 0x3C, *GOOD[3:]]), "sampling_frequency_index 15 is reserved"),
    ],
)
def test_damage_is_found_and_placed(data: bytes, message: str) -> None:
    """What is not whole frames of one kind is refused with the number of the frame."""
    with pytest.raises(adts.AdtsError, match=message):
        adts.split(data)


def test_an_empty_stream_has_no_frames() -> None:
    """Nothing is nothing."""
    assert adts.split(b"") == []


@pytest.mark.parametrize(("sample", "frame"), [(0, 0), (511, 0), (512, 1), (1024, 1), (1535, 1), (1536, 2)])
def test_a_scene_begins_at_the_nearest_frame(sample: int, frame: int) -> None:
    """What begins at a sample is let in at most 512 samples off."""
    assert adts.nearest_frame(sample) == frame


@given(st.lists(st.integers(1, 10_000_000), min_size=1, max_size=60))
def test_errors_do_not_add_up(lengths: list[int]) -> None:
    """V14: whatever the scenes last, each begins within 512 samples of its place and needs at most one frame more."""
    start = 0
    for samples in lengths:
        assert abs(adts.nearest_frame(start) * 1024 - start) <= 512
        taken = adts.nearest_frame(start + samples) - adts.nearest_frame(start)
        assert taken <= adts.frames_to_cover(samples) + 1
        start += samples


@pytest.mark.parametrize(("samples", "frames"), [(0, 0), (1, 1), (1024, 1), (1025, 2)])
def test_frames_to_cover(samples: int, frames: int) -> None:
    """A frame that is begun counts."""
    assert adts.frames_to_cover(samples) == frames


def test_sampling_rates_are_those_of_the_standard() -> None:
    """Thirteen indexes have the rates of table 1.18 of ISO 14496-3; the other three are reserved or escape."""
    rates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350]
    frames = [bytes([*GOOD[:2], GOOD[2] & 0xC3 | index << 2, *GOOD[3:]]) for index in range(16)]
    assert [adts.configuration(frame).rate for frame in frames[:13]] == rates
    for index in (13, 14, 15):
        with pytest.raises(adts.AdtsError, match=f"index {index} is reserved"):
            adts.configuration(frames[index])
