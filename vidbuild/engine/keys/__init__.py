"""What a key is made of, whether the cache has it, and why not."""
