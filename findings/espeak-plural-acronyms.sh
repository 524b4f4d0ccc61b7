#!/usr/bin/env bash
# espeak-ng drops the plural's "s" of some acronyms: "PDFs" and "IDs" sound exactly like "PDF" and "ID".
#
# Surprise: "APIs" and "URLs" end with the sound z, but "PDFs", "PRs" and "IDs" have the phonemes of their singular, and
# so have the possessives "PDF's" and "ID's". No event or return code tells it. A good guess would have been: an audible
# ending for every acronym, or for none. "A.P.Is" and "A.P.I's" are worse, so a plural needs its last letter written out.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check espeakng-loader==0.2.4
"$folder/venv/bin/python" - <<'PYTHON'
import ctypes
import sys

import espeakng_loader

AUDIO_OUTPUT_SYNCHRONOUS, UTF8, IPA = 2, 1, 2
espeak = ctypes.CDLL(espeakng_loader.get_library_path())
espeak.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
espeak.espeak_SetVoiceByName(b"en-us")
espeak.espeak_Info.restype = espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p


def phonemes(text):
    rest, found = ctypes.c_char_p(text.encode()), []
    while rest.value:
        found.append(espeak.espeak_TextToPhonemes(ctypes.byref(rest), UTF8, IPA).decode())
    return " ".join(found)


print(f"espeak-ng {espeak.espeak_Info(None).decode()} through espeakng-loader 0.2.4")
silent = []
for one in ("API", "URL", "PDF", "PR", "ID"):
    forms = {form: phonemes(form) for form in (one, f"{one}s", f"{one}'s")}
    print(", ".join(f"{form} /{sounds}/" for form, sounds in forms.items()))
    if forms[one] == forms[f"{one}s"]:
        silent.append(one)
sys.exit(0 if silent == ["PDF", "PR", "ID"] else "the behavior has changed")
PYTHON
