"""Voice engines behind one Protocol. They know nothing of scenes or steps."""
