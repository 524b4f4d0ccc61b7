#!/usr/bin/env bash
# ffmpeg -c copy of an MP4 that an edit list trims brings the trimmed frames back in Matroska.
#
# Surprise: ffmpeg honors the edit list when it decodes the file, so that 25 of 75 frames are presented. A copy to
# Matroska has no edit list, and ffmpeg copies the packets that the list excludes together with the others, so that all
# 75 frames play: what was trimmed off, back to the key frame, is seen again. ffmpeg exits with code 0 and logs no
# warning. A good guess would have been: packets that are marked to be discarded are dropped, or a warning says that the
# copy shows more than its source.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check imageio-ffmpeg==0.8.1
cd "$folder"
ffmpeg=$(venv/bin/python -c 'import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())')
"$ffmpeg" -version | head -1

frames() { # the number of frames that decoding finds
    "$ffmpeg" -nostdin -loglevel error -i "$1" -map 0:v -fps_mode passthrough -f framecrc - | grep -c '^0,'
}

# Three seconds with one key frame, of which the edit list presents the last.
"$ffmpeg" -nostdin -loglevel error -f lavfi -i testsrc2=s=64x36:r=25:d=3 -c:v libx264 -preset veryfast -g 250 -bf 0 \
    whole.mp4
"$ffmpeg" -nostdin -loglevel error -ss 2 -i whole.mp4 -c copy trimmed.mp4
log=$("$ffmpeg" -nostdin -loglevel warning -i trimmed.mp4 -c copy copied.mkv 2>&1)
presented=$(frames trimmed.mp4)
copied=$(frames copied.mkv)
echo "frames: trimmed.mp4 $presented, its copy in Matroska $copied; warnings: ${log:-none}"
[[ $presented == 25 && $copied -gt 25 && -z $log ]] || { echo "the behavior has changed"; exit 1; }
