"""What builds cost, measured against plain ffmpeg and against each other: `make bench`."""
