#!/usr/bin/env bash
# ffmpeg -ac 1 makes stereo 3 dB louder if samples are floating point, and not if they are 16-bit integers.
#
# Surprise: mixing the same two channels to one gives another level for another sample format of the output. With integers,
# ffmpeg scales the mixing matrix so that nothing can clip, which makes the mean of both channels; with floating point it
# leaves out that scaling, and a tone at full scale on both channels comes out at +3 dBFS. The option rematrix_maxval=1
# gives the same level for both. A good guess would have been: the sample format decides the precision, not the volume.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check imageio-ffmpeg==0.8.1
cd "$folder"
ffmpeg=$(venv/bin/python -c 'import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())')
"$ffmpeg" -version | head -1
"$ffmpeg" -nostdin -loglevel error -f lavfi -i 'aevalsrc=sin(2*PI*1000*t)/2|sin(2*PI*1000*t)/2:s=48000:d=1' \
    -c:a pcm_s16le stereo.wav

peak() { # the peak in dBFS of what these output options make of the stereo tone
    "$ffmpeg" -nostdin -loglevel error -y -i stereo.wav "$@" mono.wav
    "$ffmpeg" -nostdin -hide_banner -i mono.wav -af astats=measure_perchannel=none:measure_overall=Peak_level -f null - \
        2>&1 | sed -n 's/.*Peak level dB: //p' | cut -c1-5
}

integers=$(peak -ac 1 -c:a pcm_s16le)
floats=$(peak -ac 1 -c:a pcm_f32le)
limited=$(peak -af aresample=rematrix_maxval=1,aformat=channel_layouts=mono:sample_fmts=flt -c:a pcm_f32le)
echo "stereo at -6.02 dBFS; mono of 16 bits: $integers dBFS; of floats: $floats dBFS; with rematrix_maxval=1: $limited dBFS"
[[ $integers == -6.02 && $floats == -3.01 && $limited == -6.02 ]] || { echo "the behavior has changed"; exit 1; }
