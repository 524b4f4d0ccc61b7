#!/usr/bin/env bash
# ffmpeg's conversion to a constant frame rate can show a frame one frame too early.
#
# Surprise: with `-fps_mode cfr`, the default for many formats, ffmpeg repeats the last frame over a gap, but the last
# repetition before the next frame already is that next one. A video with frames 0 to 10 and then 31 to 35, at 24 frames
# per second, shows frame 31 at the time of frame 30. A good guess would have been that each frame is shown from its time
# on, as players do it, and as the filter `fps` does.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check imageio-ffmpeg==0.8.1
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import subprocess
import sys

import imageio_ffmpeg

folder, ffmpeg = sys.argv[1], imageio_ffmpeg.get_ffmpeg_exe()
print(subprocess.run([ffmpeg, "-version"], capture_output=True, text=True, check=True).stdout.splitlines()[0])
video = f"{folder}/gap.mkv"


def run(*args):
    return subprocess.run([ffmpeg, "-loglevel", "error", "-y", *args], check=True, capture_output=True, text=True).stdout


def shown(*options):
    lines = run("-i", video, *options, "-f", "framemd5", "-").splitlines()
    fields = [line.split(",") for line in lines if not line.startswith("#")]
    return {int(field[2]): field[5].strip() for field in fields}


source = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=24:duration=1.5", "-vf", "select='lt(n,11)+gte(n,31)'"]
run(*source, "-fps_mode", "passthrough", "-c:v", "ffv1", video)
stored = shown("-fps_mode", "passthrough")
names = {digest: frame for frame, digest in stored.items()}
print("stored frames:", *stored)
found = {}
for options in (("-fps_mode", "cfr", "-r", "24"), ("-vf", "fps=24")):
    frames = shown(*options)
    found[options[0]] = [names[frames[at]] for at in (28, 29, 30, 31)]
    print(f"{' '.join(options)}: at frames 28 to 31:", *found[options[0]])
sys.exit(found != {"-fps_mode": [10, 10, 31, 31], "-vf": [10, 10, 10, 31]})
PYTHON
