"""What every voice engine with a network shares."""

from __future__ import annotations

ENV = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "SSL_CERT_FILE")
"""The environment variables by which a network is reached and trusted."""
