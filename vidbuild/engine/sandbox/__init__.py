"""Restricts what the process of a step may reach and use up, by means of the kernel."""
