"""Where steps run: what `--executor` accepts. Nothing of Dask is imported here."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import NamedTuple

from vidbuild.errors import UsageError
from vidbuild.suggest import did_you_mean

EXTRA = "pip install 'vidbuild[dask]'"
LOCAL, DASK = "local", "dask"
_FORM = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?P<host>\[[0-9a-fA-F:.]+\]|[^\s/:@\[\]]+):(?P<port>[0-9]{1,5})/?"
)
_SCHEMES = ("tls", "tcp")
_PORTS = range(1, 1 << 16)
_EXAMPLE = "expected 'local', 'dask' or 'dask:tls://HOST:8786'"


class Scheduler(NamedTuple):
    """The address of a Dask scheduler; without a host, that of a cluster on this machine for this command."""

    scheme: str = ""
    host: str = ""
    port: int = 0

    @property
    def is_local(self) -> bool:
        """Whether it is a cluster that this command starts."""
        return not self.host

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}" if self.host else "a local cluster"


def parse(text: str, *, allow_insecure: bool = False) -> Scheduler | None:
    """Return the scheduler that `--executor` names; None for processes of this machine without one.

    Raises UsageError for anything else, for a scheduler without TLS unless that is allowed, and if the package that
    the executor needs is not installed.
    """
    if text == LOCAL:
        return None
    name, colon, address = text.partition(":")
    if name != DASK:
        raise UsageError(f"unknown executor '{text}'", hint=did_you_mean(name, [LOCAL, DASK]) or _EXAMPLE)
    found = _address(text, address) if colon else Scheduler()
    if found.scheme == "tcp" and not allow_insecure:
        raise UsageError(
            f"'{found}' has no TLS: anyone who can reach that port can run any code on this cluster and read what is "
            "sent, keys of online voices included",
            hint=f"use 'dask:tls://{found.host}:{found.port}', or --insecure-executor on a network of your own",
        )
    if find_spec("distributed") is None:
        raise UsageError("the executor 'dask' needs the package 'distributed'", hint=EXTRA)
    return found


def _address(text: str, address: str) -> Scheduler:
    form = _FORM.fullmatch(address)
    if form is None:
        raise UsageError(f"'{text}' has no address of a scheduler", hint=_EXAMPLE)
    scheme, port = (form["scheme"] or "tcp").lower(), int(form["port"])
    if scheme not in _SCHEMES:
        raise UsageError(f"'{text}': a scheduler is reached by tls or tcp, not by '{scheme}'", hint=_EXAMPLE)
    if port not in _PORTS:
        raise UsageError(f"'{text}': expected a port from 1 to {_PORTS[-1]}, got {port}", hint=_EXAMPLE)
    return Scheduler(scheme, form["host"], port)
