"""The store: blobs, traces and the files around them, and outputs on disk."""
