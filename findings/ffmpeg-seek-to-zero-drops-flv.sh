#!/usr/bin/env bash
# ffmpeg -ss 0 of an FLV file drops its beginning, up to the second key frame; without -ss 0, every frame is there.
#
# Surprise: "-ss 0" before an input is no seek to where reading begins anyway. The FLV of a recorder, whose first frame is
# a key frame, loses its first second of pictures and sound that way, silently and with exit code 0. In MP4 and Matroska
# the same option drops nothing. A good guess would have been: seeking to the start of a file changes nothing in any
# format.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check imageio-ffmpeg==0.8.1
cd "$folder"
ffmpeg=$(venv/bin/python -c 'import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())')
"$ffmpeg" -version | head -1

frames() { # the number of frames that decoding with these input options finds
    "$ffmpeg" -nostdin -loglevel error "$@" -map 0:v -fps_mode passthrough -f framecrc - | grep -c '^0,'
}

for container in mp4 mkv flv; do
    "$ffmpeg" -nostdin -loglevel error -f lavfi -i testsrc2=s=64x36:r=25:d=3 -f lavfi -i sine=r=48000:d=3 \
        -c:v libx264 -preset veryfast -g 25 -c:a aac "a.$container"
    whole=$(frames -i "a.$container")
    from_zero=$(frames -ss 0 -i "a.$container")
    echo "$container: $whole frames, with -ss 0: $from_zero"
    case $container in
    flv) [[ $whole == 75 && $from_zero -lt 75 ]] || { echo "the behavior has changed"; exit 1; } ;;
    *) [[ $whole == 75 && $from_zero == 75 ]] || { echo "the behavior has changed"; exit 1; } ;;
    esac
done
