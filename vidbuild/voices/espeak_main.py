"""The process that loads espeak-ng's C library: a request as JSON on stdin, audio to a file, events to stdout.

It is a script that imports nothing of vidbuild, so a crash or a hang of the library ends only this process. Names and
numbers are those of espeak-ng's speak_lib.h.
"""

from __future__ import annotations

import ctypes
import json
import sys

AUDIO_OUTPUT_SYNCHRONOUS = 2
POS_CHARACTER = 1
CHARS_UTF8, PHONEMES = 1, 0x100
PHONEMES_IPA = 2
SEED = 1
PARAMETERS = {"rate": 1, "volume": 2, "pitch": 3, "range": 4, "wordgap": 7}
LIST_TERMINATED = 0
PR_SET_PDEATHSIG, SIGKILL = 1, 9

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing, pathlib and signal takes as long as the synthesis
    from typing import Any


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


def phonemes(request: dict[str, Any]) -> dict[str, Any]:
    """Return the request's words with their phonemes in IPA."""
    library = ctypes.CDLL(request["library"])
    if library.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, request["data"].encode(), 0) <= 0:
        return {"error": "its data cannot be read"}
    if library.espeak_SetVoiceByName(request["voice"].encode()) != 0:
        return {"error": f"it has no voice '{request['voice']}'"}
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    found = {}
    for word in request["words"]:
        text = ctypes.create_string_buffer(word.encode())
        at = ctypes.c_void_p(ctypes.addressof(text))
        parts = []
        while at.value:  # the library moves it behind the clause that it has read, and to nothing at the end
            parts.append(library.espeak_TextToPhonemes(ctypes.byref(at), CHARS_UTF8, PHONEMES_IPA) or b"")
        found[word] = b" ".join(parts).decode()
    return {"phonemes": found}


def speak(request: dict[str, Any]) -> dict[str, Any]:
    """Write the audio to the request's file; return the sample rate and the events [type, text position, sample]."""
    library = ctypes.CDLL(request["library"])
    rate = library.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, request["data"].encode(), 0)
    if rate <= 0:
        return {"error": "its data cannot be read"}
    audio = bytearray()
    events: list[tuple[int, int, int]] = []

    def receive(wave: Any, samples: int, event: Any) -> int:  # noqa: ANN401 - C pointers have no useful type
        if wave:
            audio.extend(ctypes.string_at(wave, samples * ctypes.sizeof(ctypes.c_short)))
        index = 0
        while event[index].type != LIST_TERMINATED:
            events.append((event[index].type, event[index].text_position, event[index].sample))
            index += 1
        return 0

    callback = _Callback(receive)  # a reference that keeps it alive while the library calls it
    library.espeak_SetSynthCallback(callback)
    library.espeak_ng_SetRandSeed(ctypes.c_long(SEED))  # breathy variants have noise, seeded by the clock
    if library.espeak_SetVoiceByName(request["voice"].encode()) != 0:
        return {"error": f"it has no voice '{request['voice']}'"}
    for name, number in PARAMETERS.items():
        library.espeak_SetParameter(number, request[name], 0)
    text = request["text"].encode()
    flags = CHARS_UTF8 | (PHONEMES if request["phonemes"] else 0)
    status = library.espeak_Synth(text, ctypes.c_size_t(len(text) + 1), 0, POS_CHARACTER, 0, flags, None, None)
    library.espeak_Synchronize()
    if status != 0:
        return {"error": f"espeak_Synth returned {status}"}
    with open(request["sound"], "wb") as file:  # noqa: PTH123 - as above
        file.write(audio)
    return {"rate": rate, "events": events}


def _die_with_parent() -> None:
    """End with the worker, even if it is killed (Linux only; elsewhere the time limit ends this process)."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)
    except (OSError, AttributeError):  # importing contextlib takes long as well
        return


if __name__ == "__main__":
    _die_with_parent()
    given = json.load(sys.stdin)
    json.dump(phonemes(given) if "words" in given else speak(given), sys.stdout)
