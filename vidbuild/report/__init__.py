"""What a user reads: the live view, plain lines, the report page. It knows nothing of how things are built."""
