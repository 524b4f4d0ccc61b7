"""Has espeak-ng speak in a process of its own and makes its events times of words; it knows no voice by name."""

from __future__ import annotations

import array
import json
import math
import subprocess
import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.errors import StepError
from vidbuild.media.audio import pcm, wav
from vidbuild.media.audio.loudness import SILENT, integrated
from vidbuild.media.ffmpeg import process, tool_output
from vidbuild.media.text.words import EngineWord
from vidbuild.voices.protocol import SAMPLE_RATE

WORDS_A_MINUTE = 165
"""100 %. The library's own 175 is quick for something heard for the first time while the eyes are busy."""

CREST, FULL_SCALE = 13.8, 32767
"""Decibels from the loudness to the highest peak. The library's voices have up to 18, of which the topmost are not
heard but would keep narration under -16 LUFS when its peaks must stay below -1.5 dBTP: 14.5 at most.
"""

VOLUME = 60
"""100 %. At 100 the library itself clips some voices; how loud narration is in the end is decided later."""

PITCH, RANGE, PITCH_HZ = 50, 55, 100
"""The library's middle pitch, which is about 100 Hz for its voices, and a little more melody than its 50."""

CONTROL = ("Cc", "Cs", "Zl", "Zp")
"""Characters that are not text. What is invisible but shapes text, such as a joiner, is not among them."""

MOST_TOLD, LOG_LINES = 64 << 20, 20
"""Bytes of events, of which there are about six of 20 bytes for a word, and lines of what the library complains of."""

WORD, END = 1, 5  # espeak_EVENT_TYPE


def speak(
    library: Path,
    data: Path,
    text: str,
    voice: Mapping[str, Any],
    wav_path: Path,
    scratch: Path,
    env: Mapping[str, str],
) -> tuple[int, tuple[EngineWord, ...]]:
    """Speak into a WAV file; how many samples it has, and its words."""
    text = "".join(" " if unicodedata.category(character) in CONTROL else character for character in text)
    sound, rate, events = _ask(library, data, text, voice, scratch, env)
    words = list(_words(text, events, _ends(events, sound)))
    samples, cut = wav.trim(pcm.resample(sound, rate, scratch, env))
    if not samples:
        raise StepError("nothing in this narration can be spoken", field="narration")
    _write(samples, wav_path, scratch, env)

    def at(sample: int) -> int:
        return min(max(sample * SAMPLE_RATE // rate - cut, 0), len(samples))

    return len(samples), tuple(EngineWord(word, at(start), at(end)) for word, start, end in words)


def _write(samples: array.array[int], wav_path: Path, scratch: Path, env: Mapping[str, str]) -> None:
    """Write the sound with its few highest peaks brought down, so that they don't keep all the rest of it soft."""
    wav.write(wav_path, samples)
    loudness = integrated(["-i", str(wav_path)], len(samples) / SAMPLE_RATE, scratch, env)
    ceiling = FULL_SCALE * 10 ** ((loudness + CREST) / 20)
    if loudness >= SILENT and ceiling < FULL_SCALE:
        wav.write(wav_path, wav.limited(samples, int(ceiling)))


def _ask(
    library: Path, data: Path, text: str, voice: Mapping[str, Any], scratch: Path, env: Mapping[str, str]
) -> tuple[array.array[int], int, list[tuple[int, int, int]]]:
    """Sound, its rate, and events (type, text position, sample) from the process that loads the library."""
    request = {
        "library": str(library),
        "data": data.name,
        "voice": voice["name"],
        "text": text,
        "rate": round(WORDS_A_MINUTE * voice.get("rate", 100) / 100),
        "pitch": _pitch(voice.get("pitch", 0)),
        "range": RANGE,
        "volume": round(VOLUME * voice.get("volume", 100) / 100),
        "wordgap": 0,
        "sound": str(scratch / "espeak.raw"),
    }
    rate, events = _run_child(request, data.parent, scratch, env)
    most = int(_limit_of_sound(text) * rate) * wav.SAMPLE_BYTES
    sound = wav.from_bytes(tool_output.read(scratch / "espeak.raw", most, "sound", "espeak-ng"))
    return sound, rate, events


def time_limit(text: str) -> float:
    """Seconds after which the library must hang: it takes a thousandth of the time its sound lasts."""
    return 20 + len(text) / 200


def _limit_of_sound(text: str) -> float:
    """Seconds that its sound lasts at most: at a tenth of the usual rate, every character a word that is spelt out."""
    return 60 + 10 * len(text)


def _run_child(
    request: Mapping[str, Any], folder: Path, scratch: Path, env: Mapping[str, str]
) -> tuple[int, list[tuple[int, int, int]]]:
    script = Path(__file__).with_name("espeak_main.py")
    command = [sys.executable, "-I", "-S", str(script)]
    limit = time_limit(request["text"])
    asked, told, log = scratch / "espeak.json", process.BoundedBuffer(MOST_TOLD), process.HeadTailLog(0, LOG_LINES)
    asked.write_text(json.dumps(request), encoding="utf-8")
    try:
        with asked.open("rb") as stdin:
            # the library has room for 160 bytes of its data's path, so that is told from there
            code = process.run(command, cwd=folder, env=env, seconds=limit, out=told, err=log, stdin=stdin)
    except (OSError, subprocess.SubprocessError) as error:
        raise StepError(f"espeak-ng could not be started: {error}", command=tuple(command)) from error
    except process.OutputLimitError as error:
        raise StepError(f"espeak-ng cannot speak: {error}", command=tuple(command), log=log.texts()) from error
    if code is None:
        message = f"espeak-ng did not finish in {limit:.0f} s and was stopped"
        raise StepError(message, field="narration", command=tuple(command), log=log.texts())
    if code != 0:
        message, memory = f"espeak-ng {process.describe_exit(code)}", code == process.KILLED
        raise StepError(message, command=tuple(command), log=log.texts(), transient=memory)
    return _answer(told.bytes(), log.texts())


def _answer(told: bytes, log: tuple[str, ...]) -> tuple[int, list[tuple[int, int, int]]]:
    """The sample rate and the events that the process told."""
    try:
        answer = json.loads(told)
        if "error" in answer:
            raise StepError(f"espeak-ng cannot speak: {answer['error']}", field="voice", log=log)
        return int(answer["rate"]), [(int(kind), int(at), int(sample)) for kind, at, sample in answer["events"]]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise StepError("espeak-ng ended without an error, but its answer is none", log=log) from error


def _pitch(hertz: int) -> int:
    """The library's scale: 0 is half of the voice's pitch, 50 its own, 99 about twice."""
    factor = max(1, PITCH_HZ + hertz) / PITCH_HZ
    return min(99, max(0, round(PITCH + PITCH * math.log2(factor))))


def _words(text: str, events: Sequence[tuple[int, int, int]], ends: Sequence[int]) -> Iterator[tuple[str, int, int]]:
    """Each word of the text with its first and last sample: "2.1" is several events of the library, but one word."""
    spans = list(_spans(text))
    index = 0
    found: dict[int, tuple[int, int]] = {}
    for (_, position, sample), end in zip(_of_words(events), ends, strict=True):
        while index + 1 < len(spans) and spans[index + 1][0] < position:
            index += 1
        start, _ = found.get(index, (sample, end))
        found[index] = (start, end)
    for index, (start, end) in found.items():
        yield text[slice(*spans[index])], start, end


def _spans(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    for word in text.split():
        start = text.index(word, position)
        position = start + len(word)
        yield start, position


def _of_words(events: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    return [event for event in events if event[0] == WORD]


def _ends(events: Sequence[tuple[int, int, int]], sound: array.array[int]) -> list[int]:
    """Where each word event's sound ends: at the next event, less the silence before it."""
    starts = sorted(sample for kind, _, sample in events if kind in (WORD, END))
    floor = int(max(sound, default=0) * wav.SILENCE)
    ends = []
    for _, _, sample in _of_words(events):
        index = bisect_right(starts, sample)
        following = min(starts[index], len(sound)) if index < len(starts) else len(sound)
        ends.append(max(sample, wav.loud_end(sound, following, floor)))
    return ends
