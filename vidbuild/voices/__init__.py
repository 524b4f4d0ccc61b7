"""Voice engines behind one protocol, and recorded narrations."""
