"""PCM, loudness and AAC."""
