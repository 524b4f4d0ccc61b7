"""How large the files of a spec may be, and what they may say of themselves, each with its reason; it opens none.

What is over a limit is refused with the limit and what was found. None of them is met by what a person makes to be
seen: they are there for files that were made to exhaust a machine, and for mistakes.
"""

from __future__ import annotations

MILLION = 1_000_000
HOUR = 3600.0

IMAGE_PIXELS = 100 * MILLION
"""An image: 100 megapixels take 400 MB while they are scaled, which a small machine still has."""

IMAGE_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
"""Others, such as EPS, start programs to be read."""

IMAGE_BYTES = 400 * MILLION
"""An image's file: no more than its pixels would take uncompressed."""

CLIP_PIXELS = 139_264 * 256
"""A picture of a clip: what H.264 and HEVC have room for at their highest level, 8192 x 4352. A decoder holds up to
17 of them."""

CLIP_SIDE = 16_384
"""A side of a clip's picture as it is seen: pixels can be told to be so wide that a picture has no end."""

CLIP_SHAPE = 32
"""How many times as wide as high a clip's picture may be, or as high as wide: to fill a place it is scaled until its
shorter side fits, and then its longer one must fit into memory."""

CLIP_SECONDS = 12 * HOUR
"""A clip: where it ends is found by reading it, which takes a minute for so much."""

CLIP_RATE = 1000.0
"""Pictures a second of a clip: cameras that are faster write what is to be played slowly."""

STREAMS = 64
"""Streams of a media file: each has buffers and decoders, before any of them is chosen."""

CHANNELS = 24
"""Channels of a sound: 22.2, the largest arrangement of loudspeakers that has a name."""

SOUND_RATES = (4_000, 768_000)
"""Samples a second: from less than a telephone's to more than any converter's. Resampling takes memory by their ratio
to 48,000."""

RECORDING_SECONDS = 2 * HOUR
"""A recorded narration, which is of one scene: its samples are in memory while they are levelled."""

FONT_BYTES = 64 * MILLION
"""A font file: twice the largest that holds all of one language's characters."""

FONT_FACES = 256
"""Faces in a font collection: four times as many as any has that is in use."""

FONT_FILES = 200
"""Font files of a theme: each is read for every scene that is drawn."""
