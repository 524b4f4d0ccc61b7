#!/usr/bin/env bash
# ffmpeg writes the audio of a file as raw samples without the silence before its first one, which players keep.
#
# Surprise: audio that an edit list lets begin at 0.5 s begins at once in raw PCM and in WAV, so whatever is measured in
# it (onsets, captions against speech) is 0.5 s early, without a warning. The filter aresample=async=1:first_pts=0 keeps
# the clock. A good guess would have been: the gap becomes silence, since neither format can hold a start time.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check imageio-ffmpeg==0.6.0
ffmpeg=$(venv/bin/python -c "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())")
"$ffmpeg" -version | head -1
"$ffmpeg" -v error -f lavfi -i color=s=64x64:r=10:d=2 -f lavfi -i sine=r=48000:d=1 -c:v libx264 -c:a aac both.mp4
"$ffmpeg" -v error -i both.mp4 -itsoffset 0.5 -i both.mp4 -map 0:v -map 1:a -c copy late.mp4
start=$("$ffmpeg" -hide_banner -i late.mp4 2>&1 | grep Audio || true)
echo "the file: $start"
raw() { "$ffmpeg" -v error -i late.mp4 -map 0:a "$@" -f s16le -ac 1 -ar 48000 - | wc -c; }
plain=$(raw) padded=$(raw -af aresample=async=1:first_pts=0)
echo "raw audio: $((plain / 96)) ms, with first_pts=0: $((padded / 96)) ms"
# 1 s of sound either way; the half second before it is there only if asked for
[ $((plain / 96)) -lt 1100 ] && [ $((padded / 96)) -gt 1450 ]
