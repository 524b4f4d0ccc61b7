"""Mounts file systems for tests, where that is allowed; elsewhere the test is left out and says why."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def mount(*args: str) -> None:
    """Run `mount ARGS`."""
    program = shutil.which("mount")
    if program is None:
        pytest.skip("there is no 'mount' here")
    done = subprocess.run([program, *args], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")


def unmount(folder: Path) -> None:
    """Undo it, whoever still has a file open there."""
    program = shutil.which("umount")
    assert program is not None
    subprocess.run([program, "--lazy", str(folder)], check=True)
