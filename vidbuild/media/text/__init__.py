"""Texts: captions, word alignment, typesetting and languages."""
