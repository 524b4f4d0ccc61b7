"""Builds graphs of content-hashed steps into a store; knows nothing of video and could be lifted out."""
