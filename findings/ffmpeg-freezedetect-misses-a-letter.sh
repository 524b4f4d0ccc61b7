#!/usr/bin/env bash
# ffmpeg's freezedetect takes a picture in which a letter is typed for a frozen one.
#
# Surprise: it compares the mean difference of two whole frames with its limit (0.001 of full scale by default), so in
# 1280x720 a white square of 14 x 20 pixels that comes and goes is no change, and a terminal in which somebody types is
# reported as frozen throughout. A lower limit reports the new key frames of a still picture as changes. Blocks have to
# be compared one by one. A good guess would have been: frozen means that no pixel changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check imageio-ffmpeg==0.6.0
ffmpeg=$(venv/bin/python -c "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())")
"$ffmpeg" -version | head -1
square="drawbox=x=600:y=300:w=14:h=20:color=white:t=fill:enable='between(t,2,3.99)'"
"$ffmpeg" -v error -f lavfi -i "color=black:s=1280x720:r=25:d=6,$square" -c:v libx264 -preset ultrafast -qp 0 typed.mp4
found=$("$ffmpeg" -hide_banner -i typed.mp4 -vf freezedetect=d=1 -f null - 2>&1 | grep -o 'freeze_[a-z]*: .*')
echo "$found"
# one span that begins at 0 and never ends, although the picture changes at 2 s and at 4 s
[ "$found" = "freeze_start: 0" ]
