"""Processing audio: WAV, PCM, loudness, mixing and AAC."""
