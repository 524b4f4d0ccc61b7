#!/usr/bin/env bash
# A frame that ffmpeg takes from a BT.709 video as a PNG looks darker in a browser than the video itself.
#
# Surprise: the PNG gets chunks cICP, cHRM and gAMA with the video's primaries and transfer function, and browsers obey
# them in images: they convert from BT.709's curve to the screen's, while they show the video's samples as if they were
# sRGB. So a poster, a thumbnail or a still beside its own video is darker, and by bytes alone the pixels are the same.
# Files without color tags get none of the chunks. `-vf format=rgb24,setparams=color_primaries=unknown:color_trc=unknown`
# leaves them out. A good guess would have been: a PNG from ffmpeg holds pixels, and says nothing about their color.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check imageio-ffmpeg==0.6.0
ffmpeg=$(venv/bin/python -c "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())")
"$ffmpeg" -version | head -1
tags=(-color_primaries bt709 -color_trc bt709 -colorspace bt709)
source="color=0x808080:s=320x180:r=25:d=1,format=yuv420p,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709"
"$ffmpeg" -v error -f lavfi -i "$source" -c:v libx264 "${tags[@]}" tagged.mp4
"$ffmpeg" -v error -i tagged.mp4 -frames:v 1 tagged.png
"$ffmpeg" -v error -i tagged.mp4 -vf format=rgb24,setparams=color_primaries=unknown:color_trc=unknown -frames:v 1 plain.png
cat >chunks.py <<'PY'
import struct
import sys
import zlib

for name in sys.argv[1:]:
    data, at, chunks, pixels = open(name, "rb").read(), 8, {}, b""
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        kind, content = data[at + 4 : at + 8].decode(), data[at + 8 : at + 8 + size]
        pixels += content if kind == "IDAT" else b""
        chunks[kind] = content
        at += size + 12
    colors = [kind for kind in ("cICP", "cHRM", "gAMA") if kind in chunks]
    shown = f"cICP {list(chunks['cICP'])}, gAMA {struct.unpack('>I', chunks['gAMA'])[0]}" if "cICP" in chunks else ""
    print(name, colors, shown, "pixels", zlib.crc32(zlib.decompress(pixels)))
PY
found=$(venv/bin/python chunks.py tagged.png plain.png)
echo "$found"
grep -q "^tagged.png .*'cICP'.*'gAMA'.* cICP \[1, 1, 0, 1\]" <<<"$found"
grep -q "^plain.png \[\]" <<<"$found"
[ "$(grep -o 'pixels .*' <<<"$found" | sort -u | wc -l)" = 1 ]
