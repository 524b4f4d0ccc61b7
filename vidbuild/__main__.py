"""`python -m vidbuild`: the same as `vidbuild`; it knows nothing else."""

from __future__ import annotations

import sys

from vidbuild.cli import main

if __name__ == "__main__":
    sys.exit(main())
