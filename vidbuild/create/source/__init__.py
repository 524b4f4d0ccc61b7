"""What importers share: the outline they read, the protocol they have, and the kinds of literal texts."""
