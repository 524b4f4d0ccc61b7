"""Runs the commands of a scene in a pseudo-terminal, and records what they print."""
