"""Reads written text as a person does: what is written -> what is spoken."""
