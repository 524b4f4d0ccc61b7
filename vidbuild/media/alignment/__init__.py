"""Find when the words of a text are spoken in audio."""
