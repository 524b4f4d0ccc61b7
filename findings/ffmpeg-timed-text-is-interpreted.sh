#!/usr/bin/env bash
# ffmpeg takes a backslash and an n in the captions of an MP4 for the end of a line, though they are plain text.
#
# Surprise: a sample of timed text (3GPP TS 26.245, mov_text in ffmpeg) is a text without markup: styles are in boxes
# after it, so nothing in it needs an escape, and it has none. ffmpeg's decoder passes the text on as an event of
# SubStation Alpha without escaping it, and so do the players that use it. There `\N` and `\n` end a line: of
# `C:\new` a viewer sees `C:` and `ew`. What is written for a track has to avoid them as in SubRip, for example with a
# word joiner (U+2060) after the backslash.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check imageio-ffmpeg==0.8.1
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg

folder, ffmpeg = Path(sys.argv[1]), imageio_ffmpeg.get_ffmpeg_exe()
print(subprocess.run([ffmpeg, "-version"], capture_output=True, text=True, check=True).stdout.splitlines()[0])


def shown(text):
    """Return what ffmpeg reads in a track with this text, which replaces one of the same length in its file."""
    same = "x" * len(text.encode())
    (folder / "in.srt").write_text(f"1\n00:00:00,000 --> 00:00:01,000\n{same}\n", encoding="utf-8")
    track = folder / "track.mp4"
    subprocess.run([ffmpeg, "-v", "error", "-y", "-i", folder / "in.srt", "-c:s", "mov_text", track], check=True)
    track.write_bytes(track.read_bytes().replace(same.encode(), text.encode()))
    command = [ffmpeg, "-v", "error", "-i", track, "-f", "webvtt", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return "\n".join(done.stdout.strip().split("\n")[3:])


plain, joined = shown("C:\\new"), shown("C:\\\u2060new")
print(f"C:\\new is read as {plain!r}, with a word joiner as {joined!r}")
sys.exit(not (plain == "C:\new" and joined == "C:\\\u2060new"))
PYTHON
