"""The command line: options, a call of the API, an exit code. The only place that prints."""
