"""One channel made two, and silence."""

from __future__ import annotations

import array
import random
from pathlib import Path

import pytest

from tests.support.audio_lab import ENV, heard, silence, speech_request, tone
from vidbuild.media.audio import aac, adts, mix, wav
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.voices.registry import ENGINES

STEREO = adts.Configuration(adts.LC, 48_000, 2)
DECODERS = ["aac", "aac_fixed"]  # two implementations, in floating and in fixed point


def lively(seconds: int) -> array.array[int]:
    """Tones, noise, clicks and silence: long and short windows, full and empty bands."""
    chance = random.Random(7)
    sound = tone(48_000, level=-3) + silence(9_000)
    sound.extend(chance.randrange(-20_000, 20_000) for _ in range(24_000))
    sound.extend(silence(seconds * 48_000 - len(sound)))
    for index in range(0, len(sound), 7_001):
        sound[index] = 32_000
    return sound


def encoded(sound: array.array[int], scratch: Path) -> list[bytes]:
    """The frames of a mono encode, as a sound step asks for it."""
    (scratch / "in.raw").write_bytes(wav.to_bytes(sound))
    out = scratch / "mono.aac"
    args = mix.encode(mix.raw_input(scratch / "in.raw", 1), 0.0, len(sound), pairable=True, out=out)
    ffmpeg.run(args, cwd=scratch, env=ENV, timeout=60, what="encode a test sound")
    return adts.split(out.read_bytes())


@pytest.mark.parametrize("decoder", DECODERS)
def test_both_channels_are_the_one_to_the_last_bit(scratch: Path, decoder: str) -> None:
    """A channel pair made from a single channel decodes, strictly, to that channel twice."""
    frames = encoded(lively(4), scratch)
    windows = {int.from_bytes(adts.payload(frame)[:3], "big") >> 6 & 3 for frame in frames}
    assert windows == {0, 1, 2, 3}  # long, start, short, stop: every form of ics_info
    pairs = [adts.wrap(aac.to_channel_pair(adts.payload(frame)), STEREO) for frame in frames]
    (scratch / "pair.aac").write_bytes(b"".join(pairs))
    args = ["-c:a", decoder, "-i", str(scratch / "mono.aac"), "-f", "f32le", "-"]
    decoded = ffmpeg.capture(args, cwd=scratch, env=ENV, timeout=60, what="decode the one channel")
    one = array.array("f", decoded.output)
    assert max(one) > 0.5
    assert heard(scratch / "pair.aac", scratch, 0, decoder) == one
    assert heard(scratch / "pair.aac", scratch, 1, decoder) == one


def test_a_pair_is_hardly_longer_than_its_channel(scratch: Path) -> None:
    """The second channel costs a few bytes a frame."""
    frames = encoded(lively(3), scratch)
    growth = [len(aac.to_channel_pair(adts.payload(frame))) - len(adts.payload(frame)) for frame in frames]
    assert max(growth) <= 15


def test_a_pair_begins_as_the_standard_says(scratch: Path) -> None:
    """A pair has its element's id and tag, one ics_info for both channels, and mid/side in all bands (table 4.4)."""
    for frame in encoded(lively(4), scratch):
        single = "".join(f"{byte:08b}" for byte in adts.payload(frame))
        pair = "".join(f"{byte:08b}" for byte in aac.to_channel_pair(adts.payload(frame)))
        gain, info = single[7:15], single[15:30] if single[16:18] == "10" else single[15:26]
        assert pair.startswith(f"001{single[3:7]}1{info}10{gain}")


def test_a_pair_is_not_paired_again() -> None:
    """What is not a single channel element is refused."""
    with pytest.raises(aac.AacError, match="got element 1"):
        aac.to_channel_pair(aac.silent_block())


@pytest.mark.parametrize("element", range(1, 8))
def test_only_a_single_channel_is_paired(scratch: Path, element: int) -> None:
    """A block that begins with any other element of table 4.85 is refused, whatever its tag."""
    block = adts.payload(encoded(tone(24_000), scratch)[3])
    other = bytes([block[0] & 0x1F | element << 5]) + block[1:]
    with pytest.raises(aac.AacError, match=f"got element {element}"):
        aac.to_channel_pair(other)


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (b"", "the block is empty"),
        (bytes(9), "the block is empty"),
        (b"\x00\x07", "too short for a channel"),
        (b"\x01\x40\x22\x00\x00", "has no end element"),
    ],
)
def test_a_damaged_block_is_refused(block: bytes, message: str) -> None:
    """A block without its end is not copied into a track."""
    with pytest.raises(aac.AacError, match=message):
        aac.to_channel_pair(block)


@pytest.mark.parametrize("decoder", DECODERS)
def test_silence_is_silent(scratch: Path, decoder: str) -> None:
    """The silent frame that is written here decodes, strictly, to zeros in both channels."""
    (scratch / "silence.aac").write_bytes(adts.wrap(aac.silent_block(), STEREO) * 20)
    for channel in (0, 1):
        samples = heard(scratch / "silence.aac", scratch, channel, decoder)
        assert len(samples) == 20 * 1024
        assert max(map(abs, samples)) < 1 / 32768  # the decoder in fixed point rounds up by half a bit


def test_a_voice_costs_what_it_needs(scratch: Path) -> None:
    """Narration takes less than 80 kbit/s at a noise level of -30 dB, and silence next to nothing."""
    text = "First install it with pip, which takes a few seconds. Then run it, and see what it says!"
    ENGINES["espeak"].speak(speech_request(scratch, text))
    said = wav.read(scratch / "said.wav")
    frames = encoded(said + silence(48_000), scratch)
    spoken = -(-len(said) // 1024)
    blocks = [aac.to_channel_pair(adts.payload(frame)) for frame in frames]
    assert 8 * sum(map(len, blocks[: spoken + 1])) / (len(said) / 48_000) < 80_000
    assert sum(map(len, blocks[spoken + 3 :])) <= 24 * len(blocks[spoken + 3 :])
    (scratch / "pair.aac").write_bytes(b"".join(adts.wrap(block, STEREO) for block in blocks))
    decoded = heard(scratch / "pair.aac", scratch)[1024:]
    middle = range(1024, len(said) - 1024)
    power = sum((said[index] / 32768) ** 2 for index in middle)
    assert power / sum((said[index] / 32768 - decoded[index]) ** 2 for index in middle) > 10**3


def test_no_frame_is_longer_than_it_may_be(scratch: Path) -> None:
    """A quality has no rate to keep to, but even of full-scale noise no frame has half of the 6,144 bits there are."""
    chance = random.Random(2)
    loud = array.array("h", (chance.choice((-32768, 32767)) for _ in range(48_000)))
    for sound in (loud, lively(3)):
        assert max(len(adts.payload(frame)) for frame in encoded(sound, scratch)) * 8 < 6144 // 2


def test_a_block_that_ends_within_its_head_is_refused() -> None:
    """V19: eight short windows have a longer head, and a block may end before it does."""
    whole = 0b000_0000_01100100_0_10_0_0000_0000000 << 3 | 0b111
    bits = 3 + 4 + 8 + 15 - 1
    block = ((whole >> 4 << 3 | 0b111) << (-(bits + 3) % 8)).to_bytes(-(-(bits + 3) // 8), "big")
    with pytest.raises(aac.AacError, match="too short"):
        aac.to_channel_pair(block)
