"""Translations of a spec's texts: their state, and the files in which translators have them."""
