"""Plug-ins: what other installed distributions add to vidbuild, found by their entry points.

Nothing here is imported, and no entry point read, before a name is used that vidbuild itself does not have.
"""
