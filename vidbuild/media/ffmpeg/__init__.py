"""Running ffmpeg: processes, filter graphs, probing and limits."""
