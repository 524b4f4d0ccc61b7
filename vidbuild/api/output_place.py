"""Where the outputs of a build go: a folder, or beside the video's own file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vidbuild.errors import UsageError
from vidbuild.platforms import shell_command
from vidbuild.project import OUTPUT_FOLDER

VIDEO = ".mp4"
FILES = (VIDEO, ".webm", ".webp", ".gif", ".m4a", ".mp3", ".pdf")  # of the formats that are one file
_OTHERS = frozenset({*FILES, ".avi", ".flv", ".m4v", ".mkv", ".mov", ".mpeg", ".mpg", ".ogv", ".ts", ".wmv"})


def video_file(output: Path | None) -> bool:
    """Return whether `output` names the video's file instead of the folder of all outputs."""
    return output is not None and output.suffix in FILES and not output.is_dir()


def folder_of(output: Path | None, spec: Path) -> Path:
    """Return the folder of a spec's outputs."""
    if output is None:
        return spec.parent / OUTPUT_FOLDER
    return output.parent if video_file(output) else output


def name_of_file(output: Path | None) -> str | None:
    """Return what the names of the outputs have in common if the video's file is named; otherwise None."""
    return output.stem if output is not None and video_file(output) else None


def refuse_format(output: Path | None, suffix: str, *, draft: bool = False) -> None:
    """Raise UsageError if `output` names a file of another format than the video's, whose file ends with `suffix`.

    draft: whether it is a draft, which is an MP4 of a WebM too.
    """
    if draft and suffix == VIDEO and output is not None and output.suffix == ".webm":
        return
    if output is not None and video_file(output) and output.suffix != suffix:
        message = f"cannot write '{output}': the format of the video is '{suffix.rpartition('.')[2]}'"
        hint = f"set 'output: {{format: {output.suffix[1:]}}}' in the spec"
        if suffix in FILES:
            hint = f"-o {shell_command(output.with_suffix(suffix))}, or {hint}"
        raise UsageError(message, hint=hint)


def refuse_output(output: Path | None, specs: Sequence[object]) -> None:
    """Raise UsageError for an output that these specs cannot be built to."""
    if output is None or output.is_dir():
        return
    if video_file(output):
        if len(specs) > 1:
            raise UsageError(
                f"'{output}' is one file: expected a folder for {len(specs)} videos",
                hint=f"-o {shell_command(output.with_suffix(''))}",
            )
    elif output.suffix.lower() in _OTHERS:
        mp4 = output.with_suffix(VIDEO)
        convert = "" if output.suffix.lower() == VIDEO else f", then {shell_command('ffmpeg', '-i', mp4, output)}"
        raise UsageError(
            f"cannot write '{output}': expected a folder or a file that ends with '{VIDEO}'",
            hint=f"-o {shell_command(mp4)}{convert}",
        )
    elif output.exists():
        raise UsageError(
            f"cannot write '{output}': is a file: expected a folder, or a file that ends with '{VIDEO}'",
            hint="-o another folder",
        )
