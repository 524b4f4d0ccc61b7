#!/usr/bin/env bash
# Some variants of espeak-ng's voices never speak the same bytes twice.
#
# Surprise: "en-us" gives the same samples for the same text in every process, and so does "en-us+m3"; "en-us+f3" gives
# others a second later. Its variant has breath, which is noise from a generator that the library seeds with the time.
# A good guess would have been that a synthesizer of formants has no chance in it, and that all variants are alike. The
# function espeak_ng_SetRandSeed, which speak_lib.h declares, makes them repeatable.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check espeakng-loader==0.2.4
cat >"$folder/speak.py" <<'PYTHON'
import ctypes
import hashlib
import sys

import espeakng_loader

voice, seed = sys.argv[1], sys.argv[2]
library = ctypes.CDLL(espeakng_loader.get_library_path())
library.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0)
digest = hashlib.sha256()


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
def receive(wave, samples, _events):
    if wave:
        digest.update(ctypes.string_at(wave, 2 * samples))
    return 0


library.espeak_SetSynthCallback(receive)
if seed != "none":
    library.espeak_ng_SetRandSeed(ctypes.c_long(int(seed)))
library.espeak_SetVoiceByName(voice.encode())
text = b"One two three."
library.espeak_Synth(text, ctypes.c_size_t(len(text) + 1), 0, 1, 0, 1, None, None)
library.espeak_Synchronize()
print(digest.hexdigest()[:12])
PYTHON
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import subprocess
import sys
import time
from importlib.metadata import version

folder = sys.argv[1]


def digests(voice, seed="none"):
    """What two processes speak, more than a second apart."""
    found = []
    for wait in (0, 1.2):
        time.sleep(wait)
        command = [sys.executable, f"{folder}/speak.py", voice, seed]
        found.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())
    return found


print(f"espeakng-loader {version('espeakng-loader')}")
cases = {"en-us": digests("en-us"), "en-us+m3": digests("en-us+m3"), "en-us+f3": digests("en-us+f3")}
cases["en-us+f3 with a seed"] = digests("en-us+f3", "1")
for name, (first, second) in cases.items():
    print(f"{name}: {first} {second} {'same' if first == second else 'different'}")
sys.exit([first == second for first, second in cases.values()] != [True, True, False, True])
PYTHON
