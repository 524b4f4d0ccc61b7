"""What a finished video or recording has, measured in a sandboxed process, and whether that is within limits."""
