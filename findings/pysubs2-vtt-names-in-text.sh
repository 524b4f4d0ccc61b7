#!/usr/bin/env bash
# pysubs2 reads the name of a WebVTT cue as text of the cue before it, and drops the speakers of voice spans.
#
# Surprise: with a line "middle-part" above the second cue's times, the first cue's text ends with "middle-part", so names
# are spoken or drawn; `<v Ann>` leaves no `name`. A good guess would have been: names are skipped, as the numbers of
# SubRip are, since the format has such a line for every cue, and Teams and others write one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check pysubs2==1.8.1
cat > "$folder/talk.vtt" <<'VTT'
WEBVTT

opening
00:00:01.000 --> 00:00:02.000
<v Ann>We begin.</v>

middle-part
00:00:03.000 --> 00:00:04.000
<v Bob>We go on.</v>
VTT
"$folder/venv/bin/python" - "$folder/talk.vtt" <<'PY'
import sys

import pysubs2

subtitles = pysubs2.load(sys.argv[1])
print("pysubs2", pysubs2.VERSION, "format", subtitles.format)
for event in subtitles:
    print(event.start, repr(event.name), repr(event.plaintext))
first, second = subtitles
sys.exit(0 if "middle-part" in first.plaintext and not first.name and second.plaintext == "We go on." else 1)
PY
