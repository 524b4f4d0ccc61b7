"""Animated images: which frames they show, how these are encoded, and the files of WebP and GIF."""
