"""H.264 streams: syntax, skipped slices, segments and stitching."""
