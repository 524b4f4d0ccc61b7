"""Runs espeak-ng in a process of its own, and turns its events into the times of words."""

from __future__ import annotations

import array
import json
import re
import subprocess
import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.errors import StepError
from vidbuild.frozen import dataclass, replaced
from vidbuild.media.audio import pcm, wav
from vidbuild.media.ffmpeg import process, tool_output
from vidbuild.media.text.words import EngineWord, Speech
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices import ipa, levels
from vidbuild.voices.protocol import SpeechRequest

# At a rate of 100 %. The library's own 175 is too fast for viewers who also read the screen.
WORDS_PER_MINUTE, NORMAL_RATE = 165, 100

# At 100, the library itself clips some voices; the audio step normalizes the loudness anyway.
VOLUME = 60

# Slightly more melody than the library's default range of 50.
RANGE = 55

# Unicode categories that are no text. Invisible characters that shape text, such as joiners, are not among them.
CONTROL = ("Cc", "Cs", "Zl", "Zp")

# The most bytes of events, about six of 20 bytes for a word, and the most lines of the log.
MAX_ANSWER_BYTES, LOG_LINES = 64 << 20, 20

WORD, END = 1, 5  # espeak_EVENT_TYPE

Event = tuple[int, int, int]
"""Type, position in the text from 1, and sample."""

_Synthesis = tuple["array.array[int]", int, list[Event]]


def speak(library: Path, data: Path, request: SpeechRequest) -> Speech:
    """Write a narration.

    data: the library's data folder.
    request.voice: the name of a voice's file.
    request.pitch: on the library's scale.
    """
    text = "".join(" " if unicodedata.category(character) in CONTROL else character for character in request.text)
    spoken, places = ipa.inserted(text, request.ipa) if request.ipa else (text, range(len(text) + 1))
    audio, rate, events = _at_rate(library, data, spoken, request)
    words = [replaced(word, at=places[word.at or 0]) for word in _words(spoken, events, _ends(events, audio))]
    samples, cut = wav.trim(pcm.resample(audio, rate, request.scratch, request.env))
    if not samples:
        if any(map(str.isalpha, text)):
            raise StepError(f"the voice 'espeak:{request.voice}' makes no sound of this narration", field="voice")
        raise StepError("nothing in this narration can be spoken", field="narration")
    levels.write(request.wav_path, samples, request.scratch, request.env)

    def at(sample: int) -> int:
        return min(max(sample * SAMPLE_RATE // rate - cut, 0), len(samples))

    timed = tuple(replaced(word, start=at(word.start), end=at(word.end)) for word in words)
    return Speech(timed, len(samples))


def _at_rate(library: Path, data: Path, text: str, request: SpeechRequest) -> _Synthesis:
    """Return what is spoken at the request's rate.

    The library shortens pauses more than words, so that a text at 200 % can take a tenth less than half of its time:
    the first attempt shows which rate gives the right length.
    """
    if request.rate == NORMAL_RATE:
        return _synthesize(library, data, text, request, WORDS_PER_MINUTE)
    wanted = WORDS_PER_MINUTE * request.rate / NORMAL_RATE
    normal, first = (
        _length(_synthesize(library, data, text, request, round(each))) for each in (WORDS_PER_MINUTE, wanted)
    )
    found = normal / first * NORMAL_RATE if first else request.rate
    return _synthesize(library, data, text, request, round(wanted * request.rate / found))


def _length(synthesis: _Synthesis) -> int:
    audio, _, _ = synthesis
    return len(wav.trim(audio)[0])


def _synthesize(library: Path, data: Path, text: str, request: SpeechRequest, words_per_minute: int) -> _Synthesis:
    """Return audio, its sample rate and events from the process that loads the library."""
    message = {
        "library": str(library),
        "data": data.name,
        "voice": request.voice,
        "text": text,
        "rate": words_per_minute,
        "pitch": request.pitch,
        "range": RANGE,
        "volume": VOLUME,
        "wordgap": 0,
        "phonemes": bool(request.ipa),
        "sound": str(request.scratch / "espeak.raw"),
    }
    rate, events = _run_child(message, data.parent, request)
    limit = int(_audio_limit(text) * rate) * wav.SAMPLE_BYTES
    audio = wav.from_bytes(tool_output.read(request.scratch / "espeak.raw", limit, "sound", "espeak-ng"))
    return audio, rate, events


def time_limit(text: str) -> float:
    """Return the seconds after which the library must hang: it needs a thousandth of the time that its audio lasts."""
    return 20 + len(text) / 200


def _audio_limit(text: str) -> float:
    """Return the most seconds of audio: a tenth of the usual rate, and every character spelled out as a word."""
    return 60 + 10 * len(text)


def _run_child(message: Mapping[str, Any], folder: Path, request: SpeechRequest) -> tuple[int, list[Event]]:
    script = Path(__file__).with_name("espeak_main.py")
    command = [sys.executable, "-I", "-S", str(script)]
    limit = time_limit(message["text"])
    stdin = request.scratch / "espeak.json"
    answer, log = process.BoundedBuffer(MAX_ANSWER_BYTES), process.HeadTailLog(0, LOG_LINES)
    stdin.write_text(json.dumps(message), encoding="utf-8")
    try:
        with stdin.open("rb") as file:
            # The library has room for 160 bytes of its data's path, so the path is relative to the folder.
            code = process.run(command, cwd=folder, env=request.env, seconds=limit, out=answer, err=log, stdin=file)
    except (OSError, subprocess.SubprocessError) as error:
        raise StepError(f"espeak-ng could not be started: {error}", command=tuple(command)) from error
    except process.OutputLimitError as error:
        raise StepError(f"espeak-ng cannot speak: {error}", command=tuple(command), log=log.texts()) from error
    if code is None:
        late = f"espeak-ng did not finish in {limit:.0f} s and was stopped"
        raise StepError(late, field="narration", command=tuple(command), log=log.texts())
    if code != 0:
        out_of_memory = code == process.KILLED
        raise StepError(
            f"espeak-ng {process.describe_exit(code)}", command=tuple(command), log=log.texts(), transient=out_of_memory
        )
    return _decoded(answer.bytes(), log.texts())


def _decoded(answer: bytes, log: tuple[str, ...]) -> tuple[int, list[Event]]:
    """Return the sample rate and the events of the process's answer."""
    try:
        data = json.loads(answer)
        if "error" in data:
            raise StepError(f"espeak-ng cannot speak: {data['error']}", field="voice", log=log)
        return int(data["rate"]), [(int(kind), int(at), int(sample)) for kind, at, sample in data["events"]]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise StepError("espeak-ng ended without an error, but sent no valid answer", log=log) from error


@dataclass(frozen=True, slots=True)
class _WordEvent:
    """An event: the place in the text at which it stands, and when its sound starts and ends."""

    at: int
    start: int
    end: int


def _words(text: str, events: Sequence[Event], ends: Sequence[int]) -> Iterator[EngineWord]:
    """Yield the words of the text as the library divides it, at its sample rate: "2.1" by several events.

    An event can be misplaced: after "e.g.", a single hyphen or "URLs" it stands on the blank, the hyphen or the "s"
    before its word, which then has no event of its own.
    """
    spans = [match.span() for match in re.finditer(r"\S+", text)]
    starts = [start for start, _ in spans]
    by_word: dict[int, list[_WordEvent]] = {}
    for (_, position, sample), end in zip(_word_events(events), ends, strict=True):
        index = max(bisect_right(starts, position - 1) - 1, 0)
        by_word.setdefault(index, []).append(_WordEvent(position - 1, sample, end))
    found: list[_WordEvent] = []
    for index, (start, end) in enumerate(spans):
        own, before = by_word.setdefault(index, []), by_word.get(index - 1, [])
        speakable = any(map(str.isalnum, text[start:end]))
        if speakable and not own and before and _is_displaced(text, *spans[index - 1], before):
            own.append(replaced(before.pop(), at=start))
    for index, (start, end) in enumerate(spans):
        found += (replaced(word, at=min(max(word.at, start), end - 1)) for word in by_word[index])
    for word, following in zip(found, [*(word.at for word in found[1:]), len(text)], strict=False):
        first = text[word.at : following].split()[:1]
        yield EngineWord(first[0] if first else "", word.start, word.end, word.at)


def _is_displaced(text: str, start: int, end: int, words: Sequence[_WordEvent]) -> bool:
    """Return whether the last of a word's events can be that of the next word: behind it, or on its last letter."""
    last = max((index for index in range(start, end) if text[index].isalnum()), default=start - 1)
    return words[-1].at > last or (words[-1].at == last and len(words) > 1)


def _word_events(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if event[0] == WORD]


def _ends(events: Sequence[Event], audio: array.array[int]) -> list[int]:
    """Return the sample at which each word ends: the next event, less the silence before it."""
    starts = sorted(sample for kind, _, sample in events if kind in (WORD, END))
    floor = int(max(audio, default=0) * wav.SILENCE_RATIO)
    ends = []
    for _, _, sample in _word_events(events):
        index = bisect_right(starts, sample)
        following = min(starts[index], len(audio)) if index < len(starts) else len(audio)
        ends.append(max(sample, wav.loud_end(audio, following, floor)))
    return ends
