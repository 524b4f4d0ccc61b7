"""When espeak itself says that places of a text are spoken: SSML marks, in a process that loads the library alone.

The library loses a mark after the end of a sentence; there its own event for the sentence counts.
"""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

SENTENCE, MARK = 2, 3
CHARS_UTF8, SSML, POS_CHARACTER, SYNCHRONOUS = 1, 0x10, 1, 2
PARAMETERS = {1: 165, 2: 60, 3: 50, 4: 55, 7: 0}
SILENCE = 1 / 100  # of the highest sample


@dataclass(frozen=True)
class Mark:
    """A mark of the library, in seconds from the first sound. sound: the first sound after it."""

    at: float
    sound: float


def marks(text: str, voice: str, places: Sequence[int]) -> dict[int, Mark]:
    """Return place in the text -> mark, for the places that the library reports."""
    request = json.dumps({"text": text, "voice": voice, "places": list(places)})
    done = subprocess.run([sys.executable, "-m", __name__], input=request, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {int(place): Mark(*times) for place, times in json.loads(done.stdout).items()}


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
    )


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class _Library:
    def __init__(self, voice: str) -> None:
        import espeakng_loader

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.rate = self._library.espeak_Initialize(SYNCHRONOUS, 0, data, 0)
        assert self._library.espeak_SetVoiceByName(voice.encode()) == 0
        for number, value in PARAMETERS.items():
            self._library.espeak_SetParameter(number, value, 0)

    def speak(self, text: str, flags: int) -> tuple[list[tuple[int, int, int, str]], memoryview[int]]:
        """Return events (type, position, sample, name) and samples."""
        events: list[tuple[int, int, int, str]] = []
        audio = bytearray()

        def receive(wave: Any, samples: int, event: Any) -> int:
            audio.extend(ctypes.string_at(wave, samples * 2) if wave else b"")
            index = 0
            while event[index].type:
                each = event[index]
                name = each.name.decode() if each.type == MARK else ""
                events.append((each.type, each.text_position, each.sample, name))
                index += 1
            return 0

        self._library.espeak_SetSynthCallback(callback := _CALLBACK(receive))
        data = text.encode()
        size = ctypes.c_size_t(len(data) + 1)
        assert self._library.espeak_Synth(data, size, 0, POS_CHARACTER, 0, CHARS_UTF8 | flags, None, None) == 0
        self._library.espeak_Synchronize()
        del callback
        return events, memoryview(bytes(audio)).cast("h")


def _answer(text: str, voice: str, places: Sequence[int]) -> dict[int, tuple[float, float]]:
    """Return place -> mark and sound. A mark can change what is spoken after it, so each is asked for alone."""
    library = _Library(voice)
    events, whole = library.speak(text, 0)
    sentences = {position - 1: sample for kind, position, sample, _ in events if kind == SENTENCE}
    first = _sound(whole, 0)
    times = {}
    for place in places:
        ssml = f'<speak>{escape(text[:place])}<mark name="here"/>{escape(text[place:])}</speak>'
        events, audio = library.speak(ssml, SSML)
        marked = next((sample for kind, _, sample, _ in events if kind == MARK), None)
        if marked is not None:
            times[place] = (marked, _sound(audio, marked))
        elif place in sentences:
            times[place] = (sentences[place], _sound(whole, sentences[place]))
    return {at: ((mark - first) / library.rate, (sound - first) / library.rate) for at, (mark, sound) in times.items()}


def _sound(audio: memoryview[int], start: int) -> int:
    floor = max(audio) * SILENCE
    return next((index for index in range(start, len(audio)) if abs(audio[index]) > floor), len(audio))


if __name__ == "__main__":
    json.dump(_answer(**json.load(sys.stdin)), sys.stdout)
