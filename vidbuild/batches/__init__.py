"""Many videos in one file: rows, and a matrix whose combinations are rows."""
