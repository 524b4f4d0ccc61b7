"""What runs when: the only room of the engine that sees all others."""
