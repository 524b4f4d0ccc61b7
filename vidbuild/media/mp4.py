"""The arguments that put coded pictures and sound into an MP4 as they are; it starts nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from vidbuild.media.language import iso639_2

RAW_TIMEBASE = 1_200_000  # of ffmpeg's reader of raw H.264; a whole number of ticks per frame at every allowed rate


def mux_arguments(
    video: Path, audio: Path, chapters: Path | None, *, fps: int, metadata: Mapping[str, str], language: str, name: str
) -> list[str]:
    """Put both streams into `name` by copy: each frame's time is counted, not read; both start at 0, no edit list."""
    ticks = RAW_TIMEBASE // fps
    return [
        *("-f", "h264", "-framerate", str(fps), "-i", f"file:{video}"),
        *("-f", "aac", "-i", f"file:{audio}"),
        *(("-f", "ffmetadata", "-i", f"file:{chapters}") if chapters else ()),
        *("-map", "0:v:0", "-map", "1:a:0", "-c", "copy"),
        *("-map_metadata:g", "-1", "-map_metadata:s", "-1", "-map_chapters", "2" if chapters else "-1"),
        *("-bsf:v", f"setts=pts=N*{ticks}:dts=N*{ticks}:duration={ticks}"),
        *("-video_track_timescale", str(fps * 1000)),
        *(part for key, text in metadata.items() if text for part in ("-metadata", f"{key}={text}")),
        *("-metadata:s:a:0", f"language={iso639_2(language)}"),
        *("-fflags", "+bitexact", "-flags", "+bitexact"),
        *("-use_editlist", "0", "-max_interleave_delta", "0", "-movflags", "+faststart", "-f", "mp4", name),
    ]
