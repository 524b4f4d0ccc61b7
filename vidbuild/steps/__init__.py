"""The kinds of step, a file each: pure argument builders and one run(). They know nothing of graphs or keys."""
