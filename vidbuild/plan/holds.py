"""Which scenes are rendered without their holds, the frames in which nothing changes: the mux then adds them."""

from __future__ import annotations

from vidbuild.media.codecs import profiles
from vidbuild.model import Scene
from vidbuild.plan import burned
from vidbuild.plan.variant import VideoSpec


def are_left_out(video: VideoSpec, scene: Scene) -> bool:
    """Whether a scene is rendered without its holds, so that its rendering does not depend on its length.

    Not if captions are composed with it, since they change meanwhile, nor if whole frames are encoded.
    """
    output = video.variant.output
    composed = burned.place(video, scene) is not None and burned.rows(video, scene) is None
    return profiles.profile(output.codec, output.profile)["holds"] == "skipped" and not composed
