"""Make for narrated video: a YAML spec in, an MP4 out, and only what changed is made again."""

__version__ = "0.1.0"
