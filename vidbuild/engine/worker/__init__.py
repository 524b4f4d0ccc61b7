"""One request in, one result out: the worker's process, protocol and pool."""
