"""MP4 and chapter metadata."""
