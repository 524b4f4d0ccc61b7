"""The process that espeak-ng's C library lives in: a request as JSON on stdin, sound to a file, events to stdout.

It is started as a script of its own and imports nothing of vidbuild, so that a crash or a hang of the library ends
here. Names and numbers are those of espeak-ng's speak_lib.h.
"""

from __future__ import annotations

import ctypes
import json
import sys

AUDIO_OUTPUT_SYNCHRONOUS = 2
POS_CHARACTER = 1
CHARS_UTF8 = 1
PARAMETERS = {"rate": 1, "volume": 2, "pitch": 3, "range": 4, "wordgap": 7}
LIST_TERMINATED = 0
PR_SET_PDEATHSIG, SIGKILL = 1, 9

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing, pathlib and signal would take as long to import as speaking does
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


def speak(request: dict[str, Any]) -> dict[str, Any]:
    """Speak the request's text into its file; the sample rate and the events [type, text position, sample]."""
    library = ctypes.CDLL(request["library"])
    rate = library.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, request["data"].encode(), 0)
    if rate <= 0:
        return {"error": "its data cannot be read"}
    sound = bytearray()
    events: list[tuple[int, int, int]] = []

    def receive(wave: Any, samples: int, event: Any) -> int:  # noqa: ANN401 - C pointers have no useful type
        if wave:
            sound.extend(ctypes.string_at(wave, samples * ctypes.sizeof(ctypes.c_short)))
        index = 0
        while event[index].type != LIST_TERMINATED:
            events.append((event[index].type, event[index].text_position, event[index].sample))
            index += 1
        return 0

    callback = _Callback(receive)  # a name of its own: the library does not keep it alive
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(request["voice"].encode()) != 0:
        return {"error": f"it has no voice '{request['voice']}'"}
    for name, number in PARAMETERS.items():
        library.espeak_SetParameter(number, request[name], 0)
    text = request["text"].encode()
    status = library.espeak_Synth(text, ctypes.c_size_t(len(text) + 1), 0, POS_CHARACTER, 0, CHARS_UTF8, None, None)
    library.espeak_Synchronize()
    if status != 0:
        return {"error": f"espeak_Synth returned {status}"}
    with open(request["sound"], "wb") as file:  # noqa: PTH123 - as above
        file.write(sound)
    return {"rate": rate, "events": events}


def _die_with_parent() -> None:
    """A killed worker must not leave this process behind (Linux only; elsewhere the time limit has to do)."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)
    except (OSError, AttributeError):  # contextlib is one of those
        return


if __name__ == "__main__":
    _die_with_parent()
    json.dump(speak(json.load(sys.stdin)), sys.stdout)
