"""What went wrong with a cluster, in words."""

from __future__ import annotations

import socket

from vidbuild.errors import VidbuildError, os_error_text


class ExecutorError(VidbuildError):
    """The machines that should run steps cannot be used; no result is wrong or lost."""

    code = 4


def explained(error: BaseException) -> str:
    """Return the first line of why an address cannot be reached."""
    if isinstance(error, socket.gaierror):
        return "the host is unknown"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, TimeoutError):
        return "it does not answer"
    if isinstance(error, OSError) and error.strerror:
        return os_error_text(error)
    return (str(error) or type(error).__name__).partition("\n")[0]
