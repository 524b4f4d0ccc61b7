"""Limits on the files that a spec names and on what they may claim, each with its reason. This module opens no file.

A file over a limit is rejected with the limit and the value found. Media that people make stay below every limit; the
limits stop files made to exhaust a machine, and mistakes.
"""

from __future__ import annotations

MILLION = 1_000_000
HOUR = 3600.0

# Pixels of an image: phones take photographs of 200 megapixels. Decoding 250 takes 1 GB of memory, half of the smallest
# default limit of a step.
IMAGE_PIXELS = 250 * MILLION

# Image formats that Pillow reads: others, such as EPS, need external programs.
IMAGE_FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "TIFF", "BMP")

# Bytes of an image file: no more than its pixels take uncompressed.
IMAGE_BYTES = 1000 * MILLION

# Pixels of a clip's frame: the most that the highest level of H.264 and HEVC allows, 8192 x 4352. A decoder holds up
# to 17 frames.
CLIP_PIXELS = 139_264 * 256

# Pixels of a side of a clip's frame as displayed: a file can ask for pixels so wide that a frame has no end.
CLIP_SIDE = 16_384

# Ratio of the longer side of a clip's frame to the shorter one. To fill a box, a frame is scaled until its shorter side
# fits, and then its longer side must fit into memory.
CLIP_SHAPE = 32

# Seconds of a clip: its end is found by reading it, which takes a minute for this much.
CLIP_SECONDS = 12 * HOUR

# Frames per second of a clip: faster cameras write files meant for slow playback.
CLIP_RATE = 1000.0

# Streams of a media file: each gets buffers and decoders before any is selected.
STREAMS = 64

# Audio channels: 22.2, the largest named loudspeaker layout.
CHANNELS = 24

# Audio sample rate in Hz, lowest and highest: from below telephone quality to above any converter. Resampling takes
# memory in proportion to the ratio to 48,000 Hz.
SAMPLE_RATES = (4_000, 768_000)

# Seconds of a recorded narration, which belongs to one scene: its samples are in memory while it is normalized.
RECORDING_SECONDS = 2 * HOUR

# Bytes of a font file: twice the largest file that has all the characters of one language.
FONT_BYTES = 64 * MILLION

# Faces of a font collection: four times as many as the largest collection in use.
FONT_FACES = 256

# Characters that the maps of a font file name, all faces and maps taken together: Unicode has 1,114,112, and the
# largest collections in use name 2 million.
FONT_CHARACTERS = 8 * MILLION

# Font files of a theme: each is read for every scene that is drawn.
FONT_FILES = 200
