"""The build engine: content-hashed steps, a store, a scheduler. It knows nothing of video."""
