"""Compile a spec into a graph of steps, without reading or writing any file."""
