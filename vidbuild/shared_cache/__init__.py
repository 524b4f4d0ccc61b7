"""A cache that several machines share: signed records and blobs in a place for files."""
