"""Mounts file systems for tests; skips the test with a reason if mounting is not allowed."""

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
    """Unmount it, even while files on it are open."""
    program = shutil.which("umount")
    assert program is not None
    subprocess.run([program, "--lazy", str(folder)], check=True)
