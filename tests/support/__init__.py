"""Code that the tests share; it has no tests of its own beyond tests/unit."""
