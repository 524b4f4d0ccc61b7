"""A voice engine: a short tone for each word, higher with every syllable. It says nothing, but always in time."""

from __future__ import annotations

import math
import re
import struct
import wave
from collections.abc import Iterator, Mapping

from vidbuild.plugins import EngineWord, Speech, SpeechRequest, VoiceDefaults

RATE = 48_000  # samples per second
WORD, GAP = 0.22, 0.08  # seconds of a tone, and of the silence after it
PITCHES = {"low": 220.0, "high": 440.0}  # Hz, of each voice


class Chime(VoiceDefaults):
    """Its voices differ in pitch."""

    interface = 1  # the version of vidbuild's interface that this was written for
    name = "chime"
    reports_times = True  # else vidbuild searches for the words in the audio
    summary = "a tone for each word, to see a video's timing without a voice"

    def languages(self) -> Mapping[str, str]:
        """Return the voices, and the language of each."""
        return dict.fromkeys(PITCHES, "any language")

    def speak(self, request: SpeechRequest) -> Speech:
        """Write one WAV file of 48 kHz, mono, 16 bits, and say where its words are."""
        samples: list[int] = []
        words: list[EngineWord] = []
        for found in re.finditer(r"\w+", request.text):
            start = len(samples)
            samples.extend(tone(PITCHES[request.voice] + 20 * len(found[0]), WORD * 100 / request.rate))
            words.append(EngineWord(found[0], start, len(samples), found.start()))
            samples.extend([0] * round(GAP * RATE))
        with wave.open(str(request.wav_path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
        return Speech(words, len(samples), source="engine")


def tone(hertz: float, seconds: float) -> Iterator[int]:
    """Yield the samples of a tone that fades in and out."""
    count = round(seconds * RATE)
    for at in range(count):
        yield round(9000 * math.sin(math.pi * at / count) * math.sin(2 * math.pi * hertz * at / RATE))
