#!/usr/bin/env bash
# espeak-ng speaks only the beginning of a long run of digits, and does not say so.
#
# Surprise: up to 32 digits are read as numbers, and each further digit makes the speech longer. From 33 on the digits
# are spelled, until some limit on the phonemes of one word: 33 sevens, 45 and 60 of them all last 10 seconds (digits
# with shorter names get a bit further), and the next word follows. Neither a return code nor an event tells that digits
# were dropped. A good guess would have been: spelled to the end, as long runs of letters are read, or an error.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check espeakng-loader==0.2.4
"$folder/venv/bin/python" - <<'PYTHON'
import ctypes
import sys

import espeakng_loader

AUDIO_OUTPUT_SYNCHRONOUS, UTF8 = 2, 1
espeak = ctypes.CDLL(espeakng_loader.get_library_path())
rate = espeak.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
espeak.espeak_SetVoiceByName(b"en-us")
espeak.espeak_Info.restype = ctypes.c_char_p
samples = 0


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
def count(_wave, number, _events):
    global samples
    samples += number
    return 0


def seconds(text):
    global samples
    samples = 0
    data = text.encode()
    status = espeak.espeak_Synth(data, len(data) + 1, 0, 1, 0, UTF8, None, None)
    assert status == 0 and espeak.espeak_Synchronize() == 0, status
    return samples / rate


espeak.espeak_SetSynthCallback(count)
found = {digits: seconds("7" * digits + " end") for digits in (16, 32, 33, 45, 60)}
print(f"espeak-ng {espeak.espeak_Info(None).decode()} through espeakng-loader 0.2.4")
for digits, length in found.items():
    print(f"{digits:3} digits: {length:5.2f} s")
same = max(found[33], found[45], found[60]) - min(found[33], found[45], found[60]) < 0.1
sys.exit(0 if found[16] < found[32] and found[33] < found[32] / 2 and same else "the behavior has changed")
PYTHON
