"""Programs that stand in for ffmpeg and misbehave, as scripts; only their version they take from the real one."""

from __future__ import annotations

from pathlib import Path

from vidbuild.media.ffmpeg import ffmpeg

SCRIPT = """\
#!/bin/sh
for each in "$@"; do [ "$each" = -version ] && exec "{real}" "$@"; done
{body}
"""
BODIES = {
    "slow": 'sleep 0.7; exec "{real}" "$@"',
    "hanging": "sleep 600",
    "deaf": "trap '' TERM INT; while :; do sleep 1; done",
    "flooding": 'head -c {flood} /dev/zero | tr "\\0" x | fold -w 4000 >&2; exit 1',
    "truncating": """\
touch .begun; "{real}" "$@"
find . -type f -newer .begun | while read -r made; do head -c 100 "$made" > .part; cat .part > "$made"; done""",
    "straying": 'echo x > ../stray; echo x > ../../stray; echo x > stray; exec "{real}" "$@"',
    "forking": 'sleep 600 & exec "{real}" "$@"',
}


def stand_in(folder: Path, name: str, flood: int = 0) -> Path:
    """Write one of BODIES as a program; flood: how many bytes one that floods writes to stderr."""
    real = str(ffmpeg.executable())
    path = folder / f"{name}-ffmpeg"
    path.write_text(SCRIPT.format(real=real, body=BODIES[name].format(real=real, flood=flood)))
    path.chmod(0o755)
    return path
