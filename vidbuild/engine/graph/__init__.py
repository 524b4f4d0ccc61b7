"""Steps, kinds and their canonical form."""
