"""Crash-safe files: durable writes, checksummed JSON, locks, private build directories."""
