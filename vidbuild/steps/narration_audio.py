"""The audio of a scene's narration: each utterance leveled by itself, at its place in the scene."""

from __future__ import annotations

import array
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.frozen import dataclass
from vidbuild.media.audio import adts, mix, wav
from vidbuild.media.audio.loudness import Loudness, gain, measure
from vidbuild.steps.utterances import of_utterances
from vidbuild.timebase import SAMPLE_RATE

# Maximum gain in dB: a quiet recording must become audible.
MAX_GAIN = 30.0

# A narration this many LU below the target is audibly softer than the others.
WARNING_DIFFERENCE = 2.0

NORMAL_VOLUME = 100
AUDIBLE = 0.5  # dB by which a volume may be missed


@dataclass(frozen=True, slots=True)
class LeveledAudio:
    """Raw samples as long as the scene.

    loudness: as in the source; of a list, of its loudest and highest samples after leveling.
    gain: to apply to the source, in dB.
    shift: by how many dB the samples are louder than the source.
    utterances: of a narration that is a list, the facts of each; its samples need no gain.
    """

    path: Path
    loudness: Loudness
    gain: float
    shift: float = 0.0
    utterances: tuple[LeveledAudio, ...] = ()

    @property
    def remaining_gain(self) -> float:
        """The gain to apply to the samples, in dB."""
        return round(self.gain - self.shift, 4)

    def to_data(self) -> dict[str, Any]:
        """As JSON values."""
        measured = (self.loudness.integrated, self.loudness.peak)
        loudness, peak = (None if self.loudness.silent else value for value in measured)
        own = {"gain_db": self.gain, "loudness_in": loudness, "peak_in": peak}
        return {**own, **({"utterances": [each.to_data() for each in self.utterances]} if self.utterances else {})}


@dataclass(frozen=True, slots=True)
class _Source:
    """What was spoken for one utterance.

    suffix: of its fields and parameters, "" for a narration that is no list.
    """

    samples: array.array[int]
    level: LeveledAudio
    suffix: str


def narration_audio(context: Context, timing: Mapping[str, Any]) -> LeveledAudio | None:
    """Level what is spoken in a scene and write it as long as the scene; None for a silent scene."""
    files = of_utterances(context.inputs, "narration")
    if not files or timing["narration"] is None:
        return None
    path = context.scratch / "narration.raw"
    if "narration" in context.inputs:
        source = _leveled(context, files[0], path, "")
        path.write_bytes(wav.to_bytes(place_at(source.samples, timing["narration"]["start"], timing["samples"])))
        return source.level
    sources = [_leveled(context, file, path, f":{number}") for number, file in enumerate(files, 1)]
    scene = place_at(array.array("h"), 0, timing["samples"])
    for source, start in zip(sources, timing["utterances"], strict=True):
        part = _amplified(source.samples, source.level.remaining_gain)[: max(0, timing["samples"] - start)]
        scene[start : start + len(part)] = part
    path.write_bytes(wav.to_bytes(scene))
    levels = tuple(source.level for source in sources)
    made = [Loudness(each.loudness.integrated + each.gain, each.loudness.peak + each.gain) for each in levels]
    loudness = Loudness(max(each.integrated for each in made), max(each.peak for each in made))
    return LeveledAudio(path, loudness, 0.0, utterances=levels)


def place_at(audio: array.array[int], start: int, samples: int) -> array.array[int]:
    """Return mono audio at `start` in a scene of `samples` samples, padded with silence for the encoder."""
    scene = array.array("h", bytes(2 * padded_length(samples)))
    part = audio[: max(0, samples - start)]
    scene[start : start + len(part)] = part
    return scene


def padded_length(samples: int) -> int:
    """Return how many samples to encode: the frames to mux, and one more that completes the last of them."""
    return (adts.frames_to_keep(samples) + 1) * adts.FRAME_SAMPLES


def _leveled(context: Context, file: Path, path: Path, suffix: str) -> _Source:
    """Return an utterance with the gain that it needs. path: a file to use meanwhile."""
    audio = wav.declick(wav.read(file))
    path.write_bytes(wav.to_bytes(audio))
    level = context.inputs.get(f"level{suffix}")
    shift: float = json.loads(level.read_text(encoding="utf-8"))["shift_db"] if level else 0.0
    measured = measure(mix.raw_input(path, 1), len(audio) / SAMPLE_RATE, context.scratch, context.env)
    loudness = measured.softer(shift)
    decibels = gain(loudness, context.params["loudness"], MAX_GAIN, context.params["peak"])
    _warn_of_soft(context, loudness, decibels, f"narration{suffix}")
    decibels = _at_volume(context, loudness, decibels, suffix)
    return _Source(audio, LeveledAudio(path, loudness, decibels, shift), suffix)


def _at_volume(context: Context, loudness: Loudness, decibels: float, suffix: str) -> float:
    """Return the gain at the voice's volume, which is relative to the leveled narration."""
    volume: int = context.params.get(f"volume{suffix}", NORMAL_VOLUME)
    if volume == NORMAL_VOLUME or loudness.silent:
        return decibels
    wanted = 20 * math.log10(volume / NORMAL_VOLUME)
    peak: float = context.params["peak"]
    reached = min(wanted, peak - loudness.peak - decibels)
    if wanted - reached > AUDIBLE:
        message = f"volume {volume} makes the narration {max(reached, 0):.1f} dB louder instead of {wanted:.1f} dB"
        context.warn(
            "VB507",
            f"{message}: more gain would raise its peaks above {peak:g} dBTP",
            field=f"voice{suffix}",
            hint="lower the 'volume' of the other voices instead, and 'output.loudness' by as much",
        )
    return round(decibels + reached, 2)


def _warn_of_soft(context: Context, loudness: Loudness, decibels: float, field: str) -> None:
    target, peak = context.params["loudness"], context.params["peak"]
    difference = target - loudness.integrated - decibels
    if loudness.silent:
        context.warn("VB503", "this narration is silent", field=field)
    elif difference >= WARNING_DIFFERENCE:
        message = f"this narration is {difference:.1f} LU below the target of {target:g} LUFS"
        if decibels == MAX_GAIN:
            reason = f"recording too quiet: needs more than the maximum gain of {decibels:g} dB"
        else:
            reason = f"more gain would raise its peaks above {peak:g} dBTP"
        context.warn("VB508", f"{message}: {reason}", field=field)


def _amplified(audio: Sequence[int], decibels: float) -> array.array[int]:
    """Return samples with a gain, by a table of all values, which takes a tenth of the time of multiplying each."""
    factor = 10 ** (decibels / 20)
    values = (*range(32_768), *range(-32_768, 0))  # a negative sample finds its value from the table's end
    table = array.array("h", (max(-32_768, min(32_767, round(value * factor))) for value in values))
    return array.array("h", map(table.__getitem__, audio))
