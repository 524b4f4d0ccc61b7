"""Events, logs and reports of a run."""
