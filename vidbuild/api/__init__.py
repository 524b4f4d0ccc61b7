"""Everything the command line can do, as functions that print nothing, a module for each command."""
