"""The step that makes a scene's audio."""

from __future__ import annotations

import array
import math
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.support.audio_lab import ENV, WEB, context, delayed, heard, loudest, onset, result, silence, timing, tone
from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.audio import adts, loudness, mix, wav
from vidbuild.media.audio.clip_audio import ClipAudio
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.steps import audio, narration_audio

SECOND = 48_000


def made(folder: Path, params: dict[str, Any] = WEB, **inputs: Any) -> Context:
    """Return the context of a scene's audio step that has run."""
    step = context(folder, "audio:intro", params, **inputs)
    audio.run(step)
    return step


def clip(folder: Path, samples: array.array[int], *options: str, name: str = "clip.mp4") -> Path:
    """A clip with a small picture and these samples as its sound."""
    source, path = folder / "clip.wav", folder / name
    wav.write(source, samples)
    picture = ["-f", "lavfi", "-i", f"color=size=64x64:rate=30:duration={len(samples) / SECOND}"]
    args = [*picture, "-i", str(source), "-c:v", "libx264", "-c:a", "aac", "-b:a", "192k", *options, str(path)]
    ffmpeg.run(args, cwd=folder, env=ENV, timeout=60, what="make a clip")
    return path


def played(mode: str, start_ms: int = 0, end_ms: int | None = None) -> dict[str, Any]:
    """Parameters for a scene with a clip."""
    return {**WEB, "clip": {"mode": mode, "start_ms": start_ms, "end_ms": end_ms}}


def level(samples: array.array[float]) -> float:
    """Root mean square in dBFS."""
    return 10 * math.log10(sum(value * value for value in samples) / len(samples) + 1e-12)


def test_narration_begins_on_its_sample(tmp_path: Path) -> None:
    """V16: decoded, narration begins at the sample the timing gives, in both channels, and frames count samples."""
    samples, start = 3 * SECOND, 19_200
    step = made(tmp_path / "a", timing=timing(samples, start, SECOND), narration=tone(SECOND))
    for channel in (0, 1):
        decoded = heard(step.out / "sound.aac", tmp_path, channel)
        assert abs(onset(decoded, 0.03) - start) <= 24
        assert loudest(decoded[: start - 1024]) < -70
        assert loudest(decoded[start + SECOND + 1024 :]) < -70
        assert len(decoded) == (math.ceil(samples / 1024) + 1) * 1024
    facts = result(step, "sound.json")
    assert (facts["samples"], facts["aac_frames"]) == (samples, math.ceil(samples / 1024) + 1)


@pytest.mark.parametrize("target", [-16.0, -23.0])
def test_narration_is_levelled(tmp_path: Path, target: float) -> None:
    """V3: whatever level a voice or a recording has, it comes out at the target, within 0.3 LU."""
    for number, db in enumerate((-35.0, -14.0)):
        spoken = tone(2 * SECOND, level=db, hertz=1000)
        step = made(
            tmp_path / f"s{number}",
            {**WEB, "loudness": target},
            timing=timing(3 * SECOND, 4800, len(spoken)),
            narration=spoken,
        )
        found = loudness.measure(["-ss", "0.2", "-t", "1.8", "-i", str(step.out / "sound.aac")], 1.8, tmp_path, ENV)
        assert found.integrated == pytest.approx(target, abs=0.3)
        assert result(step, "sound.json")["loudness_in"] == pytest.approx(db, abs=0.2)


def test_peaks_stay_below_the_ceiling(tmp_path: Path) -> None:
    """Narration with high peaks is less loud rather than clipped: one gain, at most -1.5 dBTP when it is encoded."""
    spoken = tone(2 * SECOND, level=-40)
    for index in range(0, len(spoken), 4800):
        spoken[index] = 30_000
    step = made(tmp_path / "a", timing=timing(3 * SECOND, 4800, len(spoken)), narration=spoken)
    facts = result(step, "sound.json")
    assert facts["gain_db"] == pytest.approx(-1.5 - facts["peak_in"], abs=0.01)
    assert loudest(heard(step.out / "sound.aac", tmp_path)) < -0.5


def test_the_same_scene_gives_the_same_bytes(tmp_path: Path) -> None:
    """V5: a scene's sound depends on nothing but its own narration and timing."""
    inputs: dict[str, Any] = {"timing": timing(2 * SECOND, 4800, SECOND), "narration": tone(SECOND)}
    first, second = (made(tmp_path / name, **inputs) for name in ("a", "b"))
    for name in ("sound.aac", "sound.json"):
        assert (first.out / name).read_bytes() == (second.out / name).read_bytes()


@pytest.mark.parametrize("samples", [800, 1600, 480_000, 1_000_000])
def test_a_scene_without_sound_is_silent_and_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, samples: int
) -> None:
    """V15: silence is written, not encoded, and has as many frames as any other sound."""
    monkeypatch.setattr(ffmpeg, "_execute", lambda *_: pytest.fail("a process was started"))
    step = made(tmp_path / "a", timing=timing(samples))
    monkeypatch.undo()
    frames = adts.split((step.out / "sound.aac").read_bytes())
    assert len(frames) == math.ceil(samples / 1024) + 1
    assert loudest(heard(step.out / "sound.aac", tmp_path)) == -math.inf


def test_every_scene_has_one_configuration(tmp_path: Path) -> None:
    """V15: silence, narration, a clip of one channel and one of two at 44.1 kHz can all be joined by copying."""
    spoken: dict[str, Any] = {"timing": timing(2 * SECOND, 4800, SECOND), "narration": tone(SECOND)}
    quiet = timing(2 * SECOND)
    one = clip(tmp_path, tone(2 * SECOND), "-ac", "1")
    two = clip(tmp_path, tone(2 * SECOND), "-ac", "2", "-ar", "44100", name="two.mp4")
    steps = [
        made(tmp_path / "a", timing=quiet),
        made(tmp_path / "b", **spoken),
        made(tmp_path / "c", played("keep"), timing=quiet, clip=one),
        made(tmp_path / "d", played("duck"), clip=two, **spoken),
    ]
    joined = b"".join((step.out / "sound.aac").read_bytes() for step in steps)
    assert {adts.configuration(frame) for frame in adts.split(joined)} == {adts.Configuration(adts.LC, 48_000, 2)}


@pytest.mark.parametrize("options", [("-ac", "1"), ("-ac", "2"), ("-ac", "1", "-ar", "44100"), ("-c:a", "libmp3lame")])
def test_a_clips_audio_is_at_its_time(tmp_path: Path, options: tuple[str, ...]) -> None:
    """V15: from its start on, to the sample except for what its encoder smears, whatever its channels and its rate."""
    beep = silence(SECOND)
    beep.extend(tone(SECOND))
    beep.extend(silence(SECOND))
    source = clip(tmp_path, beep, *options)
    step = made(tmp_path / "a", played("keep", 400), timing=timing(4 * SECOND), clip=source)
    for channel in (0, 1):
        decoded = heard(step.out / "sound.aac", tmp_path, channel)
        assert abs(onset(decoded, 0.1) - 28_800) < 240
        assert loudest(decoded[int(2.7 * SECOND) :]) < -60


def test_a_clip_ends_where_it_is_cut(tmp_path: Path) -> None:
    """A clip's audio that is cut off fades within 20 ms and is silent afterwards."""
    source = clip(tmp_path, tone(3 * SECOND))
    step = made(tmp_path / "a", played("keep", 500, 1500), timing=timing(3 * SECOND), clip=source)
    decoded = heard(step.out / "sound.aac", tmp_path)
    assert level(decoded[SECOND // 2 : SECOND - 960]) > -25
    assert loudest(decoded[SECOND + 1024 :]) < -70


def test_a_clip_with_less_sound_than_picture_is_filled(tmp_path: Path) -> None:
    """V15: sound that ends early is followed by silence, and the scene has all its samples."""
    source, path = clip(tmp_path, tone(SECOND)), tmp_path / "longer.mp4"
    args = ["-f", "lavfi", "-i", "color=size=64x64:rate=30:duration=3", "-i", str(source), "-map", "0:v", "-map", "1:a"]
    ffmpeg.run([*args, "-c:a", "copy", str(path)], cwd=tmp_path, env=ENV, timeout=60, what="make a clip")
    step = made(tmp_path / "a", played("keep"), timing=timing(3 * SECOND), clip=path)
    decoded = heard(step.out / "sound.aac", tmp_path)
    assert len(decoded) >= 3 * SECOND
    assert loudest(decoded[SECOND + 2048 :]) < -70


def test_sound_that_starts_late_in_a_clip_stays_late(tmp_path: Path) -> None:
    """V15: a clip whose sound begins half a second after its picture is not moved to the front."""
    source, path = clip(tmp_path, tone(SECOND)), tmp_path / "late.mkv"
    args = ["-f", "lavfi", "-i", "color=size=64x64:rate=30:duration=2", "-itsoffset", "0.5", "-i", str(source)]
    ffmpeg.run(
        [*args, "-map", "0:v", "-map", "1:a", "-c:a", "copy", str(path)], cwd=tmp_path, env=ENV, timeout=60, what="late"
    )
    step = made(tmp_path / "a", played("keep"), timing=timing(3 * SECOND), clip=path)
    assert abs(onset(heard(step.out / "sound.aac", tmp_path), 0.1) - SECOND // 2) < 1500


@pytest.mark.parametrize("mode", ["keep", "duck", "mute"])
def test_a_clip_without_sound_is_silent(tmp_path: Path, mode: str) -> None:
    """V15: a clip that has no sound is not an error."""
    path = tmp_path / "mute.mp4"
    picture = ["-f", "lavfi", "-i", "color=size=64x64:rate=30:duration=1", str(path)]
    ffmpeg.run(picture, cwd=tmp_path, env=ENV, timeout=60, what="make a clip")
    step = made(tmp_path / "a", played(mode), timing=timing(SECOND), clip=path)
    assert loudest(heard(step.out / "sound.aac", tmp_path)) == -math.inf
    assert result(step, "sound.json")["clip"] is None


def test_a_muted_clip_is_silent(tmp_path: Path) -> None:
    """`audio: mute` leaves the narration alone, byte for byte."""
    inputs: dict[str, Any] = {"timing": timing(2 * SECOND, 4800, SECOND), "narration": tone(SECOND)}
    source = clip(tmp_path, tone(2 * SECOND))
    muted, plain = made(tmp_path / "a", played("mute"), clip=source, **inputs), made(tmp_path / "b", **inputs)
    assert (muted.out / "sound.aac").read_bytes() == (plain.out / "sound.aac").read_bytes()


def test_a_ducked_clip_goes_down_under_narration_and_comes_up(tmp_path: Path) -> None:
    """A clip is 15 dB lower during narration, and the change takes about a third of a second without a step."""
    source = clip(tmp_path, tone(8 * SECOND, hertz=3000))
    spoken = tone(2 * SECOND, level=-80, hertz=200)  # all but silent, so that the clip can be measured under it
    inputs = {"timing": timing(8 * SECOND, 3 * SECOND, len(spoken)), "narration": spoken}
    step = made(tmp_path / "a", played("duck"), clip=source, **inputs)
    decoded = heard(step.out / "sound.aac", tmp_path)
    before, under, after = (
        level(decoded[int(begin * SECOND) : int((begin + 1) * SECOND)]) for begin in (1.0, 3.5, 6.0)
    )
    assert before - under == pytest.approx(15, abs=0.5)
    assert after == pytest.approx(before, abs=0.2)
    ramp = [level(decoded[index : index + 480]) for index in range(int(2.6 * SECOND), int(3.1 * SECOND), 480)]
    assert all(-1.2 < later - sooner < 0.3 for sooner, later in pairwise(ramp))


def test_narration_over_a_kept_clip_does_not_clip(tmp_path: Path) -> None:
    """Both at full level together are lowered together until the ceiling holds."""
    source = clip(tmp_path, tone(3 * SECOND, level=-3))
    inputs = {"timing": timing(3 * SECOND, 4800, 2 * SECOND), "narration": tone(2 * SECOND, level=-3)}
    loud = {**played("keep"), "loudness": -5.0}
    step = made(tmp_path / "a", loud, clip=source, **inputs)
    peaks = loudest(heard(step.out / "sound.aac", tmp_path))
    assert -4 < peaks < -1.0


def loudness_of(path: Path, scratch: Path, *times: float) -> list[float]:
    """The level of a sound in 20 ms around these times."""
    decoded = heard(path, scratch)
    return [level(decoded[round((at - 0.01) * SECOND) : round((at + 0.01) * SECOND)]) for at in times]


def test_a_clips_sound_fades_with_the_picture(tmp_path: Path) -> None:
    """At a transition a clip's sound comes and goes over the samples asked for, and is whole between."""
    source = clip(tmp_path, tone(4 * SECOND, level=-12))
    fades = {"fade_in": SECOND // 2, "fade_out": SECOND}
    plain = made(tmp_path / "a", played("keep"), timing=timing(3 * SECOND), clip=source)
    faded = made(tmp_path / "b", {**played("keep"), **fades}, timing=timing(3 * SECOND), clip=source)
    times = (0.1, 0.25, 0.4, 0.6, 1.9, 2.2, 2.5, 2.8)
    before, after = (loudness_of(step.out / "sound.aac", tmp_path, *times) for step in (plain, faded))
    shares = [1 if not share else math.sin(math.pi / 2 * share) for share in (0.2, 0.5, 0.8, 0, 0, 0.8, 0.5, 0.2)]
    wanted = [whole + 20 * math.log10(share) for whole, share in zip(before, shares, strict=True)]
    assert after == pytest.approx(wanted, abs=0.5)
    assert result(faded, "sound.json")["clip"] == result(plain, "sound.json")["clip"], "measured without the fades"


def test_narration_does_not_fade_with_the_picture(tmp_path: Path) -> None:
    """Narration at a scene's very start or end is at full level, alone or over a clip that fades."""
    fades = {"fade_in": SECOND, "fade_out": SECOND}
    inputs = {"timing": timing(2 * SECOND, 0, 2 * SECOND), "narration": tone(2 * SECOND)}
    plain, faded = made(tmp_path / "a", WEB, **inputs), made(tmp_path / "b", {**WEB, **fades}, **inputs)
    assert (plain.out / "sound.aac").read_bytes() == (faded.out / "sound.aac").read_bytes()
    source = clip(tmp_path, tone(2 * SECOND, level=-80, hertz=3000))
    both = made(tmp_path / "c", {**played("keep"), **fades}, clip=source, **inputs)
    early, middle, late = loudness_of(both.out / "sound.aac", tmp_path, 0.1, 1.0, 1.9)
    assert early == pytest.approx(middle, abs=0.3)
    assert late == pytest.approx(middle, abs=0.3)


def test_no_fade_and_fades_longer_than_the_scene(tmp_path: Path) -> None:
    """Fades of no samples change not a byte, and ones that are longer than the scene begin or end in its middle."""
    source = clip(tmp_path, tone(2 * SECOND))
    plain = made(tmp_path / "a", played("keep"), timing=timing(SECOND), clip=source)
    none = made(tmp_path / "b", {**played("keep"), "fade_in": 0, "fade_out": 0}, timing=timing(SECOND), clip=source)
    assert (plain.out / "sound.aac").read_bytes() == (none.out / "sound.aac").read_bytes()
    long = made(tmp_path / "c", {**played("keep"), "fade_in": 2 * SECOND}, timing=timing(SECOND), clip=source)
    whole, part = (loudness_of(step.out / "sound.aac", tmp_path, 0.9)[0] for step in (plain, long))
    assert part - whole == pytest.approx(20 * math.log10(math.sin(math.pi / 2 * 0.45)), abs=0.5)


def test_room_noise_is_not_raised_to_speech(tmp_path: Path) -> None:
    """A clip is made at most 12 dB louder."""
    source = clip(tmp_path, tone(2 * SECOND, level=-50))
    step = made(tmp_path / "a", played("keep"), timing=timing(2 * SECOND), clip=source)
    assert result(step, "sound.json")["clip"]["gain_db"] == 12.0
    assert loudest(heard(step.out / "sound.aac", tmp_path)) < -35


def test_a_scene_that_starts_and_ends_with_sound_is_faded(tmp_path: Path) -> None:
    """Without pauses the first and last 1,024 samples are faded, so that no joint clicks."""
    spoken = tone(SECOND, level=-12)
    step = made(tmp_path / "a", timing=timing(SECOND, 0, SECOND), narration=spoken)
    decoded = heard(step.out / "sound.aac", tmp_path)
    middle = level(decoded[8192:32_768])
    assert level(decoded[:256]) < middle - 15
    assert level(decoded[SECOND - 200 : SECOND]) < middle - 15
    assert level(decoded[1024:2048]) == pytest.approx(middle, abs=1)


def test_a_damaged_clip_is_an_error(tmp_path: Path) -> None:
    """A clip that can't be read fails the step with ffmpeg's own words."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"not a clip")
    with pytest.raises(StepError, match="ffmpeg could not read the clip's audio") as caught:
        made(tmp_path / "a", played("keep"), timing=timing(SECOND), clip=path)
    assert caught.value.failure.log


@pytest.mark.parametrize(("start", "samples"), [(0, 1600), (100, 1600), (1500, 1600), (2000, 1600)])
def test_samples_are_placed_and_never_moved(start: int, samples: int) -> None:
    """Placing a sound pads to whole frames and drops what is past the scene's end."""
    spoken = array.array("h", range(1, 1001))
    whole = narration_audio.place_at(spoken, start, samples)
    kept = max(0, min(1000, samples - start))
    assert len(whole) == narration_audio.padded_length(samples)
    assert len(whole) % 1024 == 0
    assert whole[start : start + kept] == spoken[:kept]
    assert sum(map(bool, whole)) == kept


def test_no_text_of_a_user_is_in_a_graph(tmp_path: Path) -> None:
    """V18: a clip's path is an argument of its own, behind walls that keep it a single file."""
    path = tmp_path / "a'b;[0:v],c.mp4"
    args = ClipAudio(path, 1, 0.0, regular=True).extract(1500, 4800, tmp_path / "out.raw", ENV)
    assert args.count(f"file:{path}") == 1
    assert not any("a'b" in argument for argument in args if argument != f"file:{path}")
    assert any("PTS-(1.500000)/TB" in argument for argument in args)


def test_delayed_sounds_are_all_at_their_time(tmp_path: Path) -> None:
    """V17: of ten sounds in five scenes, each later than the one before, none is lost and none begins early."""
    for scene in delayed(tmp_path, 5):
        for found, planned in zip((scene.narration, scene.clip), scene.planned, strict=True):
            assert found == pytest.approx(planned, abs=1100)


def test_no_filter_delays_fills_or_cuts(tmp_path: Path) -> None:
    """V17: some ffmpeg give wrong times to what they fill in: all sounds are whole before they are mixed."""
    args = mix.mix_narration(tmp_path / "a", 0.0, tmp_path / "b", 0.0, (100, 200), tmp_path / "c")
    graph = args[args.index("-filter_complex") + 1]
    assert not {"adelay", "apad", "atrim", "aevalsrc", "acrossfade"} & set(re.findall(r"\w+", graph))
    assert graph.count("amix=inputs=2:normalize=0") == 1
