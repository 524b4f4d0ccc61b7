#!/usr/bin/env bash
# espeak-ng reports some words at the place of the word before them, and loses SSML marks after the end of a sentence.
#
# Surprise: in "The URLs and - more" the event of "and" stands on the "s" of "URLs", and that of "more" on the hyphen;
# after "etc." followed by a small letter it stands on the space. A program that looks up words by where events stand
# gives the time to the neighbor. SSML marks, which would be the way around, are not reported where a sentence begins.
# A good guess would have been: each event at the first letter of its word, and each mark reported once.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check espeakng-loader==0.2.4
"$folder/venv/bin/python" - <<'PYTHON'
import ctypes
import sys

import espeakng_loader

SYNCHRONOUS, UTF8, SSML, WORD, MARK = 2, 1, 0x10, 1, 3


class Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("identifier", ctypes.c_uint),
        ("position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
    ]


espeak = ctypes.CDLL(espeakng_loader.get_library_path())
espeak.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
espeak.espeak_SetVoiceByName(b"en-us")
espeak.espeak_Info.restype = ctypes.c_char_p
events = []


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(Event))
def receive(_wave, _samples, event):
    index = 0
    while event[index].type:
        name = event[index].name.decode() if event[index].type == MARK else ""
        events.append((event[index].type, event[index].position - 1, name))
        index += 1
    return 0


def speak(text, flags=0):
    events.clear()
    data = text.encode()
    assert espeak.espeak_Synth(data, ctypes.c_size_t(len(data) + 1), 0, 1, 0, UTF8 | flags, None, None) == 0
    espeak.espeak_Synchronize()
    return list(events)


espeak.espeak_SetSynthCallback(receive)
text = "The URLs and - more etc. here."
places = [place for kind, place, _ in speak(text) if kind == WORD]
marked = '<speak><mark name="a"/>One is here. <mark name="b"/>Two is <mark name="c"/>there.</speak>'
names = [name for kind, _, name in speak(marked, SSML) if kind == MARK]
print(f"espeak-ng {espeak.espeak_Info(None).decode()} through espeakng-loader 0.2.4")
print(f"{text!r}: words are reported at {[(place, text[place]) for place in places]}")
print(f"marks set: a b c, reported: {' '.join(names)}")
misplaced = {text.index("s and"), text.index("- more"), text.index(" here")} <= set(places)
missing = not {text.index("and"), text.index("more"), text.index("here")} & set(places)
sys.exit(0 if misplaced and missing and "b" not in names and "c" in names else "the behavior has changed")
PYTHON
