"""Layers over time: animation, bands, clips, zooms and composition."""
