"""Media formats and tools: ffmpeg, typst, AAC, H.264, captions. It knows nothing of specs, steps or graphs."""
