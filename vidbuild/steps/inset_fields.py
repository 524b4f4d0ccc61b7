"""The fields of a clip in a layer: what is wrong with its file is reported as of the clip of a scene, at `src`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vidbuild.errors import StepError
from vidbuild.frozen import replaced


def field_of_clip(overlay: str, field: str) -> str:
    """Return the field of an overlay, or of an entry of `clips`, that a clip scene has under this name.

    overlay: its own field; "" for the scene itself.
    """
    source = "src" if overlay.startswith("clips.") else "clip"
    return f"{overlay}.{source if field == 'src' else field}" if overlay else field


@contextmanager
def located(overlay: str) -> Iterator[None]:
    """Let errors about a clip name the fields of an overlay."""
    try:
        yield
    except StepError as error:
        if overlay:
            error.failure = replaced(error.failure, field=field_of_clip(overlay, error.failure.field or "src"))
        raise
