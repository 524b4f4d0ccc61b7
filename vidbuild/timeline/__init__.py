"""Words, cues and reveals as frames."""
