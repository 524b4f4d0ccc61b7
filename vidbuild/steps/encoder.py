"""The step `encoder`: check that ffmpeg has the encoders of a video whose codec is not H.264, before it renders."""

from __future__ import annotations

import re

from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.ffmpeg.binary import VARIABLE

NAME = "encoder.txt"
TIMEOUT = 60.0


def run(context: Context) -> None:
    """Write encoder.txt, the names of the encoders.

    Params: codec: of the video, for messages. encoders: their names in ffmpeg.
    Raise StepError with the field `output.codec` if one is missing.
    """
    listed = ffmpeg.capture(["-encoders"], cwd=context.scratch, env=context.env, timeout=TIMEOUT, what="list encoders")
    found = set(re.findall(rb"^ [VAS][F.][S.][X.][B.][D.] (\S+)", listed.output, re.MULTILINE))
    wanted = context.params["encoders"]
    if missing := [name for name in wanted if name.encode() not in found]:
        message = f"ffmpeg has no encoder '{missing[0]}', which the codec '{context.params['codec']}' needs"
        hint = f"unset {VARIABLE}: the ffmpeg that vidbuild brings has it; or choose another 'codec'"
        raise StepError(message, field="output.codec", hint=hint)
    (context.out / NAME).write_text("\n".join(wanted) + "\n", encoding="utf-8")
