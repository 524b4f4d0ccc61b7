"""Reads the headers in an H.264 stream from FFmpeg's trace, and checks them against the standard.

It decodes no picture: that is decoding.py. Clause numbers are those of Rec. ITU-T H.264 (08/2021).
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.h264 import h264

TIMEOUT = 120
MOST_SLICES = 32  # of a picture: FFmpeg gives hardware decoders (DXVA) no more, and refuses the picture
LEVELS = {
    10: (1485, 99), 11: (3000, 396), 12: (6000, 396), 13: (11880, 396), 20: (11880, 396), 21: (19800, 792),
    22: (20250, 1620), 30: (40500, 1620), 31: (108000, 3600), 32: (216000, 5120), 40: (245760, 8192),
    41: (245760, 8192), 42: (522240, 8704), 50: (589824, 22080), 51: (983040, 36864), 52: (2073600, 36864),
    60: (4177920, 139264), 61: (8355840, 139264), 62: (16711680, 139264),
}  # fmt: skip
"""level_idc -> the most macroblocks a second and a picture (Table A-1)."""


def read(path: Path) -> tuple[dict[str, int], list[list[dict[str, int]]]]:
    """The sequence parameter set, and each picture's slice headers: every syntax element, as FFmpeg traces it."""
    trace = ["-i", str(path), "-map", "0:v:0", "-c", "copy", "-bsf:v", "trace_headers", "-f", "null", "-"]
    command = [str(ffmpeg.executable()), "-nostdin", "-hide_banner", "-nostats", "-v", "info", *trace]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=True)
    sequence: dict[str, int] = {}
    pictures: list[list[dict[str, int]]] = []
    unit: dict[str, int] = {}
    for line in done.stderr.decode("utf-8", "replace").splitlines():
        text = re.sub(r"^\[trace_headers.*?\] ", "", line)
        if text.startswith("Packet:"):
            pictures.append([])
        elif text[:1].isalpha():  # the name of a unit
            unit = sequence if text == "Sequence Parameter Set" else {}
            if text == "Slice Header":
                pictures[-1].append(unit)
        elif element := re.fullmatch(r"\d+ +(\S+) +[01]+ = (-?\d+)", text):
            unit[element[1]] = int(element[2])
    return sequence, pictures


def check(path: Path) -> None:
    """The slice headers are those that the standard asks for where every picture is a reference and none is lost.

    7.4.3: frame_num rises by one, modulo its size, and is 0 in an IDR picture; of two IDR pictures in a row each has
    another idr_pic_id. All slices of a picture agree in what tells where a picture begins (7.4.1.2.4), the parameter
    set included: hardware decoders get these once for a picture, not for each slice.
    """
    sequence, pictures = read(path)
    _check_sequence(sequence)
    size = 1 << (sequence["log2_max_frame_num_minus4"] + 4)
    before: dict[str, int] = {}
    for number, picture in enumerate(pictures):
        starts = [one["first_mb_in_slice"] for one in picture]
        assert 0 < len(starts) <= MOST_SLICES, f"picture {number} has {len(starts)} slices"
        assert starts == sorted({0, *starts}), f"picture {number}: its slices start at macroblocks {starts}"
        for name in ("nal_unit_type", "nal_ref_idc", "pic_parameter_set_id", "frame_num", "idr_pic_id"):
            assert len({one.get(name) for one in picture}) == 1, f"picture {number}: its slices differ in {name}"
        first = picture[0]
        assert first["nal_ref_idc"], f"picture {number} is not a reference"
        idr = first["nal_unit_type"] == h264.IDR
        wanted = 0 if idr else (before["frame_num"] + 1) % size
        assert first["frame_num"] == wanted, f"picture {number} has frame_num {first['frame_num']}, not {wanted}"
        assert not idr or first["idr_pic_id"] != before.get("idr_pic_id"), f"picture {number}: the idr_pic_id again"
        before = first


def _check_sequence(sequence: Mapping[str, int]) -> None:
    """The level is one that allows so many macroblocks (A.3.1), and no decoder waits for pictures to be reordered."""
    size = (sequence["pic_width_in_mbs_minus1"] + 1) * (sequence["pic_height_in_map_units_minus1"] + 1)
    rate = size * sequence["time_scale"] / (2 * sequence["num_units_in_tick"])
    most = LEVELS[sequence["level_idc"]]
    for name, is_, at_most in zip(("a second", "a picture"), (rate, size), most, strict=True):
        assert is_ <= at_most, f"level {sequence['level_idc']} allows {at_most} macroblocks {name}, not {is_:.0f}"
    side = max(sequence["pic_width_in_mbs_minus1"], sequence["pic_height_in_map_units_minus1"]) + 1
    assert side**2 <= 8 * most[1], f"level {sequence['level_idc']} allows no side of {side} macroblocks"
    assert sequence["frame_mbs_only_flag"] == 1
    assert (sequence["pic_order_cnt_type"], sequence["max_num_reorder_frames"]) == (2, 0)
