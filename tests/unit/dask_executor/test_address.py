"""What `--executor` accepts, and what it says of anything else."""

from __future__ import annotations

import importlib.util

import pytest

from vidbuild.dask_executor import address
from vidbuild.dask_executor.address import Scheduler, parse
from vidbuild.errors import UsageError

GOOD = {
    "local": None,
    "dask": Scheduler(),
    "dask:tls://host:8786": Scheduler("tls", "host", 8786),
    "dask:TLS://10.0.0.1:1/": Scheduler("tls", "10.0.0.1", 1),
    "dask:tls://[::1]:65535": Scheduler("tls", "[::1]", 65535),
}
BAD = {
    "": ("unknown executor ''", "expected 'local', 'dask' or 'dask:tls://HOST:8786'"),
    "dsak": ("unknown executor 'dsak'", "did you mean 'dask'?"),
    "ray": ("unknown executor 'ray'", "expected 'local', 'dask' or 'dask:tls://HOST:8786'"),
    "dask:": ("'dask:' has no address of a scheduler", None),
    "dask:host": ("'dask:host' has no address of a scheduler", None),
    "dask:tls://host": ("'dask:tls://host' has no address of a scheduler", None),
    "dask:tls://user@host:1": ("'dask:tls://user@host:1' has no address of a scheduler", None),
    "dask:ws://host:1": ("'dask:ws://host:1': a scheduler is reached by tls or tcp, not by 'ws'", None),
    "dask:tls://host:0": ("'dask:tls://host:0': expected a port from 1 to 65535, got 0", None),
    "dask:tls://host:70000": ("'dask:tls://host:70000': expected a port from 1 to 65535, got 70000", None),
}


@pytest.mark.parametrize("text", GOOD)
def test_what_is_accepted(text: str) -> None:
    """Each form gives the scheduler that it names."""
    assert parse(text) == GOOD[text]


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_an_error_with_the_value(text: str) -> None:
    """The message has the value, and the hint what is expected."""
    message, hint = BAD[text]
    with pytest.raises(UsageError) as raised:
        parse(text, allow_insecure=True)
    assert raised.value.message == message
    assert hint is None or raised.value.hint == hint


@pytest.mark.parametrize("text", ["dask:tcp://host:8786", "dask:host:8786"])
def test_a_scheduler_without_tls_must_be_allowed(text: str) -> None:
    """The refusal says what anyone can do there, and how to go on; once allowed, it is used."""
    with pytest.raises(UsageError, match="anyone who can reach that port can run any code on this cluster") as raised:
        parse(text)
    assert raised.value.hint == "use 'dask:tls://host:8786', or --insecure-executor on a network of your own"
    assert parse(text, allow_insecure=True) == Scheduler("tcp", "host", 8786)


def test_the_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Dask the hint is the command that installs it, and the local executor works."""

    def find(name: str) -> object:
        return None if name == "distributed" else importlib.util.find_spec(name)

    monkeypatch.setattr(address, "find_spec", find)
    with pytest.raises(UsageError, match="the executor 'dask' needs the package 'distributed'") as raised:
        parse("dask")
    assert (raised.value.hint, raised.value.code) == ("pip install 'vidbuild[dask]'", 2)
    assert parse("local") is None
