#!/usr/bin/env bash
# An AAC-LC frame can decode to other samples after a cut, even with all frames around it.
#
# Surprise: with perceptual noise substitution, an encoder writes only how loud the noise in a band is, and the decoder
# makes the noise. ffmpeg's decoder goes on with one random number generator from frame to frame, so the samples of a
# frame depend on how many noise bands all earlier frames had. ffmpeg's encoder uses the tool by default. Cut 50 frames
# off an ADTS stream of noise, and no later frame decodes to the samples that it had: they differ by as much as the
# signal itself. A good guess would have been that AAC-LC, whose frames overlap only their neighbors, decodes
# identically from the second frame on. It does with -aac_pns 0.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check imageio-ffmpeg==0.8.1
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import array
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg

folder, ffmpeg = Path(sys.argv[1]), imageio_ffmpeg.get_ffmpeg_exe()
print(subprocess.run([ffmpeg, "-version"], capture_output=True, text=True, check=True).stdout.splitlines()[0])


def run(*args):
    subprocess.run([ffmpeg, "-loglevel", "error", "-y", *args], check=True)


def decoded(path):
    out = path.with_suffix(".raw")
    run("-i", str(path), "-f", "f32le", str(out))
    return array.array("f", out.read_bytes())


def differing(noise_substitution):
    whole, cut = folder / "whole.aac", folder / "cut.aac"
    source = ["-f", "lavfi", "-i", "anoisesrc=d=4:a=0.2:r=48000:seed=1"]
    run(*source, "-c:a", "aac", "-b:a", "64k", "-aac_pns", str(noise_substitution), "-f", "adts", str(whole))
    data, frames = whole.read_bytes(), []
    while data:
        length = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
        frames.append(data[:length])
        data = data[length:]
    cut.write_bytes(b"".join(frames[50:]))
    before, after = decoded(whole)[50 * 1024 :], decoded(cut)
    pairs = [(before[at : at + 1024], after[at : at + 1024]) for at in range(0, len(after), 1024)]
    different = sum(max(abs(a - b) for a, b in zip(*pair)) > 0.001 for pair in pairs)
    print(f"aac_pns {noise_substitution}: {different} of {len(pairs)} frames differ after the cut")
    return different, len(pairs)


with_noise, total = differing(1)
without, _ = differing(0)
sys.exit(not (with_noise > 0.9 * total and without <= 1))
PYTHON
