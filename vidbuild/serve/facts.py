"""What is kept of a version of a video beside its files, as JSON values."""

from __future__ import annotations

import time
from typing import Any

from vidbuild.api.live import LiveVideo
from vidbuild.api.result import Result
from vidbuild.serve.catalog import choice_name
from vidbuild.serve.revisions import MEDIA


def facts_of(live: LiveVideo, result: Result, reasons: dict[str, str]) -> dict[str, Any]:
    """Return the facts of a version; reasons: scene -> why it was built last."""
    scenes = [
        {
            "id": each.id,
            "type": each.type,
            "title": each.title,
            "narration": each.narration,
            "drawing": each.drawing,
            "picture": each.picture,
            "all": each.all,
        }
        for each in live.scenes
    ]
    kept = {each.id for each in live.scenes}
    return {
        "name": live.name,
        "choice": choice_name(live),
        "title": live.title,
        "seconds": result.video_seconds,
        "width": live.width,
        "height": live.height,
        "fps": live.fps,
        "language": live.language,
        "digest": live.digest,
        "built": round(time.time(), 3),
        "scenes": scenes,
        "reasons": {scene: reason for scene, reason in reasons.items() if scene in kept},
        "playable": any(each.kind in MEDIA for each in result.outputs),
    }
