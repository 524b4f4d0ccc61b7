"""The variables of the environment that vidbuild reads, and those that its steps receive."""

from __future__ import annotations

PASSED_ON = ("VIDBUILD_FFMPEG", "PATH", "SYSTEMROOT")
FIXED = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0"}
MEMORY, FILE_SIZE = "VIDBUILD_MEMORY", "VIDBUILD_FILE_SIZE"
