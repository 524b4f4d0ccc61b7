"""What a step's process may reach, and how the kernel enforces it."""
