"""The variables of the environment that vidbuild reads, and those that its steps receive."""

from __future__ import annotations

PASSED_ON = ("VIDBUILD_FFMPEG", "PATH", "SYSTEMROOT")
FOR_NETWORK = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "SSL_CERT_FILE", "VIDBUILD_EDGE_ENDPOINT")
FIXED = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0"}
SANDBOX, MEMORY, FILE_SIZE = "VIDBUILD_SANDBOX", "VIDBUILD_MEMORY", "VIDBUILD_FILE_SIZE"
