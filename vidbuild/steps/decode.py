"""The step `decode:FILE`: a music file as raw samples, as much of it as the video can play, and its loudness."""

from __future__ import annotations

import json

from vidbuild.engine.graph.context import Context
from vidbuild.media.audio import music_file


def run(context: Context) -> None:
    """Write music.pcm (stereo, 48 kHz, s16le, half as loud) and music.json about it.

    Params: start: samples to leave out at the start of the file.
    """
    needed: int = json.loads(context.inputs["needed"].read_text(encoding="utf-8"))["samples"]
    source, out, start = context.inputs["file"], context.out / "music.pcm", context.params["start"]
    decoded = music_file.decode(source, out, needed, context.env, "file", start)
    loudness = decoded.loudness
    if loudness.silent:
        context.warn("VB503", "this music is silent", field="file")
    facts = {
        "samples": decoded.samples,
        "complete": decoded.complete,
        "loudness": None if loudness.silent else loudness.integrated,
        "peak": None if loudness.silent else loudness.peak,
    }
    text = json.dumps(facts, sort_keys=True, indent=1)
    (context.out / "music.json").write_text(text + "\n", encoding="utf-8")
